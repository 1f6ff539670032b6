#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daedalus/base/unset_vector.hpp"

namespace daedalus {

enum class ColumnType {
  int32,
  int64,
  float64,  ///< NaN in memory is null in the file.
  boolean,
  utf8,
  timestamp_us,  ///< timestamp[us, UTC], as int64.
  levels,        ///< list<struct<price: double, size: double>>.
};

/// As the documents write it: "int32", "double", "timestamp[us, UTC]", ...
std::string_view column_type_name(ColumnType type);

struct ColumnSpec {
  std::string name;
  ColumnType type = ColumnType::float64;

  bool operator==(const ColumnSpec&) const = default;
};

using Schema = std::vector<ColumnSpec>;
/// Key-value metadata of a file.
using Metadata = std::map<std::string, std::string>;

/// One column's values, appended row by row. Which members are filled depends on the type:
/// integers (int32, int64, boolean, timestamp_us), doubles (float64), text + ends (utf8),
/// prices, sizes and ends (levels; a row's entries lie between the end before and its own).
struct Column {
  ColumnType type = ColumnType::float64;
  std::vector<int64_t> integers;
  UnsetVector<double> doubles;
  std::string text;
  UnsetVector<double> prices;
  UnsetVector<double> sizes;
  std::vector<int64_t> ends;
  /// 1 = present, one a row; empty: all present. Not used by float64, whose null is NaN.
  std::vector<uint8_t> present;

  explicit Column(ColumnType column_type) : type(column_type) {}

  size_t rows() const;
  void append_integer(int64_t value) {
    integers.push_back(value);
    if (!present.empty()) present.push_back(1);
  }
  void append_double(double value) { doubles.push_back(value); }
  void append_text(std::string_view value);
  /// Into the open row of a levels column.
  void append_level(double price, double size) {
    prices.push_back(price);
    sizes.push_back(size);
  }
  void end_levels();   ///< Closes the row.
  void append_null();  ///< Levels: an absent list.

  bool is_null(size_t row) const;
  std::string_view text_at(size_t row) const;
  /// [first, last) indices into prices and sizes.
  std::pair<size_t, size_t> levels_at(size_t row) const;
  /// Appends rows [first, last) of a column of the same type.
  void append_rows(const Column& from, size_t first, size_t last);
  void clear();
  /// About how much memory its values take.
  size_t bytes() const;
};

/// Rows by column, in the order of a schema.
struct Table {
  Schema schema;
  std::vector<Column> columns;

  explicit Table(Schema table_schema);
  size_t rows() const;
  size_t bytes() const;
  /// Appends rows [first, last) of a table of the same schema.
  void append_rows(const Table& from, size_t first, size_t last);
  void clear();
  /// The column of that name; null if there is none.
  const Column* find(std::string_view name) const;
};

}  // namespace daedalus
