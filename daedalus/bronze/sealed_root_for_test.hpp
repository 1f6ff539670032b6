#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "daedalus/base/file.hpp"
#include "daedalus/base/hash.hpp"
#include "daedalus/bronze/recordings_for_test.hpp"
#include "daedalus/columnar/parquet.hpp"

namespace daedalus {

/// Hashes of all files below a folder, by relative path.
inline std::map<std::string, std::string> hashes_below(const std::string& folder) {
  std::map<std::string, std::string> hashes;
  if (!std::filesystem::exists(folder)) return hashes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    hashes[std::filesystem::relative(entry.path(), folder)] =
        hash_file(entry.path()).value_or("unreadable");
  }
  return hashes;
}

/// A source's segment records in ready, in their order.
inline std::vector<SegmentRecord> ready_records(const DataRoot& root, const std::string& source) {
  std::vector<SegmentRecord> records;
  const auto files = list_files(root.ready_records(source));
  EXPECT_TRUE(files);
  for (const std::string& file : *files) {
    const auto json = read_file(root.ready_records(source) + '/' + file);
    const auto record = parse_segment_record(*json);
    EXPECT_TRUE(record) << record.error().message;
    records.push_back(*record);
  }
  return records;
}

/// One orderbook row as bronze holds it.
struct BronzeBookRow {
  int64_t capture_time_ns = 0;
  int64_t recv_seq = 0;
  std::string kind;
  BookMessage message;
};

inline void read_side(const Column& column, size_t row, std::vector<PriceLevel>& levels) {
  const auto [first, last] = column.levels_at(row);
  for (size_t i = first; i < last; ++i) {
    levels.push_back({*shortest_decimal(column.prices[i]), *shortest_decimal(column.sizes[i])});
  }
}

/// The rows of one orderbook file, in file order.
inline std::vector<BronzeBookRow> read_book_rows(const std::string& path) {
  std::vector<BronzeBookRow> rows;
  auto reader = ParquetReader::open(path, {});
  EXPECT_TRUE(reader) << reader.error().message;
  for (int group = 0; group < reader->row_groups(); ++group) {
    const auto table = reader->read_row_group(group);
    EXPECT_TRUE(table) << table.error().message;
    for (size_t i = 0; i < table->rows(); ++i) {
      BronzeBookRow& row = rows.emplace_back();
      row.capture_time_ns = table->find("capture_time_ns")->integers[i];
      row.recv_seq = table->find("recv_seq")->integers[i];
      row.kind = table->find("kind")->text_at(i);
      row.message.is_snapshot = row.kind != "delta";
      read_side(*table->find("bids"), i, row.message.bids);
      read_side(*table->find("asks"), i, row.message.asks);
    }
  }
  return rows;
}

}  // namespace daedalus
