#pragma once

#include <array>
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

/// Appends one row to a table, column by column from the left. Numbers are gathered and go to their
/// columns together, when the row ends.
class RowWriter {
 public:
  explicit RowWriter(Table& table) : table_(table) {}
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;
  ~RowWriter() { flush(); }

  /// Not finite: null.
  void number(double value) {
    if (gathered_ == kGathered) flush();
    if (gathered_ == 0) first_ = at_;
    values_[gathered_++] = value;
    ++at_;
  }
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
  /// Of columns of numbers.
  void nulls(size_t count) {
    for (; count > 0; --count) number(kNull);
  }

  size_t written() const { return at_; }

 private:
  static constexpr size_t kGathered = 256;

  Column& next() {
    flush();
    return table_.columns[at_++];
  }
  void flush() {
    Column* column = table_.columns.data() + first_;
    for (size_t i = 0; i < gathered_; ++i, ++column) {
      column->doubles.push_back(std::isfinite(values_[i]) ? values_[i] : kNull);
    }
    gathered_ = 0;
  }

  Table& table_;
  size_t at_ = 0;
  size_t first_ = 0;  ///< The column of values_[0].
  size_t gathered_ = 0;
  std::array<double, kGathered> values_;
};

}  // namespace daedalus
