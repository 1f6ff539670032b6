#include "daedalus/columnar/parquet.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
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

const char* const kPath = "/tmp/daedalus_columnar_bench.parquet";

/// Rows of 138 columns (130 doubles) to a file on disk, fsync included. Shows a slower encoding.
void BM_WriteWideRows(benchmark::State& state) {
  const Table table = wide_table();
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
BENCHMARK(BM_WriteWideRows)->Unit(benchmark::kMillisecond)->UseRealTime();

/// The same rows back into a Table.
void BM_ReadWideRows(benchmark::State& state) {
  {
    const Table table = wide_table();
    auto writer = ParquetWriter::open(kPath, table.schema).value();
    DAEDALUS_CHECK(writer.write(table));
    DAEDALUS_CHECK(writer.close({}));
  }
  for (auto _ : state) {
    auto reader = ParquetReader::open(kPath, {}).value();
    benchmark::DoNotOptimize(reader.read_row_group(0).value().rows());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRows));
  std::remove(kPath);
}
BENCHMARK(BM_ReadWideRows)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
