#include "daedalus/etl/part_writer.hpp"

#include <fmt/format.h>

#include "daedalus/base/check.hpp"
#include "daedalus/base/version.hpp"

namespace daedalus {
namespace {

/// The first row behind `first` whose label lies in another partition.
size_t end_of_partition(const std::vector<int64_t>& labels_us, size_t first, int64_t step_us) {
  const int64_t partition = floor_divide(labels_us[first], step_us);
  size_t last = first + 1;
  while (last < labels_us.size() && floor_divide(labels_us[last], step_us) == partition) ++last;
  return last;
}

}  // namespace

PartWriter::PartWriter(PartTarget target, SymbolKey symbol, int number)
    : target_(std::move(target)), symbol_(std::move(symbol)), number_(number) {}

Result<void> PartWriter::write(EngineTables& tables, size_t at_least) {
  const DataRoot relative{.path = ""};
  if (target_.is_bars_only) {
    for (Table* table : {&tables.orderbook, &tables.trades, &tables.ticker}) table->clear();
  }
  const auto write = [&](const std::string& layer, Table& table, int64_t partition_ns) {
    return table.rows() < at_least ? Result<void>() : write_table(layer, table, partition_ns);
  };
  DAEDALUS_OK(write(relative.silver("orderbook"), tables.orderbook, kNanosPerHour));
  DAEDALUS_OK(write(relative.silver("trades"), tables.trades, kNanosPerDay));
  DAEDALUS_OK(write(relative.silver("ticker"), tables.ticker, kNanosPerDay));
  for (BarTable& bars : tables.bars) {
    const std::string layer = relative.gold_bars(channel_name(bars.channel), bars.duration_s);
    DAEDALUS_OK(write(layer, bars.table, kNanosPerDay));
  }
  for (InformationBarTable& bars : tables.information_bars) {
    const std::string layer = relative.gold_information_bars(information_bar_name(bars.spec.kind),
                                                             bars.spec.threshold_text());
    DAEDALUS_OK(write(layer, bars.table, kNanosPerDay));
  }
  return {};
}

Result<void> PartWriter::write_table(const std::string& layer, Table& table, int64_t partition_ns) {
  const size_t rows = table.columns.front().rows();
  if (rows == 0) return {};
  const Column* labels = table.find("capture_ts");
  DAEDALUS_CHECK(labels != nullptr && labels->type == ColumnType::timestamp_us);
  const int64_t step_us = partition_ns / 1000;
  for (size_t first = 0; first < rows;) {
    const size_t last = end_of_partition(labels->integers, first, step_us);
    const UnixNanos label{labels->integers[first] * 1000};
    const std::string partition = partition_ns == kNanosPerHour
                                      ? hour_partition(symbol_.first, symbol_.second, label)
                                      : day_partition(symbol_.first, symbol_.second, label);
    // Layers begin with "/", since they were named below an empty root.
    const std::string path = fmt::format("{}/{}/part_{}_{}.parquet", layer.substr(1), partition,
                                         target_.source, target_.segment);
    if (first == 0 && last == rows) {
      DAEDALUS_OK(write_rows(path, table));
    } else {
      Table slice(table.schema);
      slice.append_rows(table, first, last);
      DAEDALUS_OK(write_rows(path, slice));
    }
    first = last;
  }
  table.clear();
  return {};
}

Result<void> PartWriter::write_rows(const std::string& path, const Table& rows) {
  auto part = parts_.find(path);
  if (part == parts_.end()) {
    const DataRoot relative{.path = ""};
    const std::string folder = target_.staging.empty()
                                   ? staging_folder(relative, target_.source).substr(1)
                                   : target_.staging;
    const std::string staged =
        fmt::format("{}/{:04}_{:04}.parquet.tmp", folder, number_, next_file_++);
    DAEDALUS_TRY(ParquetWriter writer,
                 ParquetWriter::open(target_.root.path + "/" + staged, rows.schema));
    part = parts_.emplace(path, OpenPart{.staged = staged, .writer = std::move(writer)}).first;
  }
  return part->second.writer.write(rows);
}

Result<std::vector<ManifestOutput>> PartWriter::finish() {
  std::vector<ManifestOutput> outputs;
  const Metadata metadata = {{"daedalus.segment", target_.segment},
                             {"daedalus.source", target_.source},
                             {"daedalus.writer", std::string(kWriter)}};
  for (auto& [path, part] : parts_) {
    DAEDALUS_TRY(WrittenFile written, part.writer.close(metadata, FileSync::by_caller));
    outputs.push_back({.staged = part.staged,
                       .path = path,
                       .rows = written.rows,
                       .bytes = written.bytes,
                       .xxh3_128 = std::move(written.xxh3_128)});
  }
  parts_.clear();
  return outputs;
}

}  // namespace daedalus
