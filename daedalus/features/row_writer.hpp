#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/columnar/table.hpp"
#include "daedalus/features/exact.hpp"

namespace daedalus {

/// What a family declares of a column: the schema and the catalog are made of this.
struct FeatureColumn {
  std::string name;
  std::string_view unit;
  std::string_view formula;
  std::string_view source = "";  ///< Where the definition comes from; empty: ours.
  ColumnType type = ColumnType::float64;
};

/// Appends one row to a table, column by column from the left.
class RowWriter {
 public:
  explicit RowWriter(Table& table) : table_(table) {}

  /// Not finite: null.
  void number(double value) { next().doubles.push_back(std::isfinite(value) ? value : kNull); }
  void integer(int64_t value) { next().append_integer(value); }
  void integer(const std::optional<int64_t>& value) {
    value ? next().append_integer(*value) : next().append_null();
  }
  void boolean(bool value) { next().append_integer(value ? 1 : 0); }
  void text(std::string_view value) { next().append_text(value); }
  /// Empty: null.
  void text_or_null(std::string_view value) {
    value.empty() ? next().append_null() : next().append_text(value);
  }
  void null() { next().append_null(); }
  void nulls(size_t count) {
    for (; count > 0; --count) null();
  }

  size_t written() const { return at_; }

 private:
  Column& next() { return table_.columns[at_++]; }

  Table& table_;
  size_t at_ = 0;
};

}  // namespace daedalus
