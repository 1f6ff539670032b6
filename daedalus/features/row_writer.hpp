#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/columnar/table.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/feature_column.hpp"

namespace daedalus {

/// Numbers of a wide table's last rows, row by row: its columns lie in hundreds of pages, so they
/// are written to together, many rows at a time.
class RowBlock {
 public:
  explicit RowBlock(size_t columns) : columns_(columns), values_(columns * kRows) {}

  /// Where the next row's numbers go, by column.
  double* next_row() { return values_.data() + rows_ * columns_; }
  /// The row is written. Full: all go to the table.
  void end_row(Table& table) {
    if (++rows_ == kRows) flush(table);
  }
  void flush(Table& table) {
    for (size_t i = 0; i < columns_; ++i) {
      Column& column = table.columns[i];
      if (column.type != ColumnType::float64) continue;
      const size_t before = column.doubles.size();
      column.doubles.resize(before + rows_);
      const double* from = values_.data() + i;
      for (double* to = column.doubles.data() + before;
           to != column.doubles.data() + before + rows_; ++to, from += columns_) {
        *to = std::isfinite(*from) ? *from : kNull;
      }
    }
    rows_ = 0;
  }

 private:
  static constexpr size_t kRows = 32;

  size_t columns_;
  size_t rows_ = 0;
  std::vector<double> values_;
};

/// Appends one row to a table, column by column from the left. With a block, which wide tables
/// have, its numbers go to their columns with those of other rows.
class RowWriter {
 public:
  /// `has_aliases`: whether the table has the columns that are declared as aliases.
  explicit RowWriter(Table& table, bool has_aliases = true)
      : table_(table), has_aliases_(has_aliases) {}
  RowWriter(Table& table, RowBlock& block, bool has_aliases)
      : table_(table), block_(&block), numbers_(block.next_row()), has_aliases_(has_aliases) {}
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;
  ~RowWriter() {
    if (block_ != nullptr) block_->end_row(table_);
  }

  /// Not finite: null.
  void number(double value) {
    if (block_ != nullptr) {
      numbers_[at_++] = value;
    } else {
      next().append_double(std::isfinite(value) ? value : kNull);
    }
  }
  void numbers(std::span<const double> values) {
    if (block_ == nullptr) {
      for (const double value : values) number(value);
      return;
    }
    std::copy(values.begin(), values.end(), numbers_ + at_);
    at_ += values.size();
  }
  /// Of a column that is declared as an alias.
  void alias(double value) {
    if (has_aliases_) number(value);
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
  /// A levels column, whose row the caller fills and ends.
  Column& levels() { return next(); }
  void null() {
    if (table_.columns[at_].type == ColumnType::float64) return number(kNull);
    next().append_null();
  }
  /// Of columns of numbers.
  void nulls(size_t count) {
    for (; count > 0; --count) number(kNull);
  }

  size_t written() const { return at_; }

 private:
  Column& next() { return table_.columns[at_++]; }

  Table& table_;
  RowBlock* block_ = nullptr;
  double* numbers_ = nullptr;  ///< Of this row in the block.
  bool has_aliases_;
  size_t at_ = 0;
};

}  // namespace daedalus
