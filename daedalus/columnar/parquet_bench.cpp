#include "daedalus/columnar/parquet.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <random>

#include "daedalus/base/check.hpp"

namespace daedalus {
namespace {

constexpr size_t kRows = 100'000;

/// Rows like silver/orderbook's: keys, then 180 doubles that walk, some often null.
Table wide_table() {
  Schema schema = {{"collected_at", ColumnType::int64},
                   {"capture_ts", ColumnType::timestamp_us},
                   {"exchange", ColumnType::utf8},
                   {"symbol", ColumnType::utf8},
                   {"year", ColumnType::int32},
                   {"hour", ColumnType::int32},
                   {"capture_time_ns", ColumnType::int64},
                   {"book_state", ColumnType::utf8}};
  for (int i = 0; i < 130; ++i)
    schema.push_back({"value_" + std::to_string(i), ColumnType::float64});
  Table table(schema);
  std::mt19937_64 random(1);
  std::vector<double> walk(130, 65000);
  for (size_t row = 0; row < kRows; ++row) {
    const auto ns = static_cast<int64_t>(1'721'347'200'000'000'000 + row * 1'000'003);
    table.columns[0].append_integer(ns / 1'000'000);
    table.columns[1].append_integer(ns / 1000);
    table.columns[2].append_text("binance_usdm");
    table.columns[3].append_text("BTC-USDT");
    table.columns[4].append_integer(2024);
    table.columns[5].append_integer(23);
    table.columns[6].append_integer(ns);
    table.columns[7].append_text(row % 100 == 0 ? "one_sided" : "ok");
    for (size_t i = 0; i < walk.size(); ++i) {
      if (random() % 3 == 0) walk[i] += static_cast<double>(random() % 100) / 10 - 5;
      const bool is_null = i % 20 == 0 && row % 50 == 0;
      table.columns[8 + i].append_double(is_null ? std::nan("") : walk[i]);
    }
  }
  return table;
}

/// Rows like bronze/orderbook's images: 20 levels a side around a price that walks, of which one
/// changes a row.
Table image_table() {
  Table table({{"recv_seq", ColumnType::int64},
               {"kind", ColumnType::utf8},
               {"bids", ColumnType::levels},
               {"asks", ColumnType::levels}});
  std::mt19937_64 random(1);
  const auto size = [&] { return static_cast<double>(1 + random() % 5000) / 1000; };
  std::vector<double> sizes[2];
  for (std::vector<double>& side : sizes) std::generate_n(std::back_inserter(side), 20, size);
  int64_t mid = 650'000;
  for (size_t row = 0; row < kRows; ++row) {
    if (random() % 20 == 0) mid += static_cast<int64_t>(random() % 11) - 5;
    sizes[random() % 2][random() % 20] = size();
    table.columns[0].append_integer(static_cast<int64_t>(row) * 65'536);
    table.columns[1].append_text("snapshot");
    for (int64_t level = 0; level < 20; ++level) {
      const auto at = static_cast<size_t>(level);
      table.columns[2].append_level(static_cast<double>(mid - level) / 10, sizes[0][at]);
      table.columns[3].append_level(static_cast<double>(mid + 1 + level) / 10, sizes[1][at]);
    }
    table.columns[2].end_levels();
    table.columns[3].end_levels();
  }
  return table;
}

const char* const kPath = "/tmp/daedalus_columnar_bench.parquet";

/// To a file on disk, fsync included. Shows a slower encoding.
void write_rows(benchmark::State& state, const Table& table) {
  int64_t bytes = 0;
  for (auto _ : state) {
    auto writer = ParquetWriter::open(kPath, table.schema).value();
    DAEDALUS_CHECK(writer.write(table));
    bytes = writer.close({}).value().bytes;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRows));
  state.counters["file_bytes_per_row"] = static_cast<double>(bytes) / kRows;
  std::remove(kPath);
}

/// Back into a table that is used again. Shows a slower decoding.
void read_rows(benchmark::State& state, const Table& table) {
  auto writer = ParquetWriter::open(kPath, table.schema).value();
  DAEDALUS_CHECK(writer.write(table));
  DAEDALUS_CHECK(writer.close({}));
  Table read(table.schema);
  for (auto _ : state) {
    auto reader = ParquetReader::open(kPath, {}).value();
    DAEDALUS_CHECK(reader.read_row_group(0, read));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRows));
  std::remove(kPath);
}

void BM_WriteWideRows(benchmark::State& state) {
  write_rows(state, wide_table());
}
void BM_ReadWideRows(benchmark::State& state) {
  read_rows(state, wide_table());
}
void BM_WriteBookImages(benchmark::State& state) {
  write_rows(state, image_table());
}
void BM_ReadBookImages(benchmark::State& state) {
  read_rows(state, image_table());
}
#define COLUMNAR_BENCHMARK(name) BENCHMARK(name)->Unit(benchmark::kMillisecond)
COLUMNAR_BENCHMARK(BM_WriteWideRows);
COLUMNAR_BENCHMARK(BM_ReadWideRows);
COLUMNAR_BENCHMARK(BM_WriteBookImages);
COLUMNAR_BENCHMARK(BM_ReadBookImages);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
