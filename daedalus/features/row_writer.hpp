#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "daedalus/columnar/table.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/row_block.hpp"

namespace daedalus {

/// Appends one row to a table, column by column from the left. With a block, which wide tables
/// have, it goes there with other rows.
class RowWriter {
 public:
  /// `has_aliases`: whether the table has the columns that are declared as aliases.
  explicit RowWriter(Table& table, bool has_aliases = true)
      : table_(table), has_aliases_(has_aliases) {}
  RowWriter(Table& table, RowBlock& block, bool has_aliases = true)
      : table_(table),
        block_(&block),
        cells_(block.next_row()),
        before_(block.last_row()),
        has_aliases_(has_aliases) {}
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;
  ~RowWriter() {
    if (block_ != nullptr) block_->end_row(table_);
  }

  /// Not finite: null.
  void number(double value) {
    if (block_ != nullptr) {
      cells_[at_++] = std::bit_cast<int64_t>(value);
    } else {
      next().append_double(std::isfinite(value) ? value : kNull);
    }
  }
  void numbers(std::span<const double> values) {
    if (block_ == nullptr) {
      for (const double value : values) number(value);
      return;
    }
    static_assert(sizeof(double) == sizeof(int64_t));
    std::memcpy(cells_ + at_, values.data(), values.size_bytes());
    at_ += values.size();
  }
  /// Of a column that is declared as an alias.
  void alias(double value) {
    if (has_aliases_) number(value);
  }
  void integer(int64_t value) {
    if (block_ != nullptr) {
      cells_[at_++] = value;
    } else {
      next().append_integer(value);
    }
  }
  void integer(const std::optional<int64_t>& value) { value ? integer(*value) : null_integer(); }
  void boolean(bool value) { integer(value ? 1 : 0); }
  void text(std::string_view value) {
    if (block_ != nullptr) {
      cells_[at_] = static_cast<int64_t>(table_.columns[at_].text.append(value).size());
      ++at_;
    } else {
      next().append_text(value);
    }
  }
  /// Empty: null.
  void text_or_null(std::string_view value) { value.empty() ? null_text() : text(value); }
  /// A levels column, whose row the caller fills and ends.
  Column& levels() { return next(); }
  void null() {
    switch (table_.columns[at_].type) {
      case ColumnType::float64:
        return number(kNull);
      case ColumnType::levels:
        return next().append_null();
      case ColumnType::utf8:
        return null_text();
      default:
        return null_integer();
    }
  }
  /// Of columns of numbers.
  void nulls(size_t count) {
    for (; count > 0; --count) number(kNull);
  }

  /// Whether the row before this one is still at hand.
  bool has_row_before() const { return before_ != nullptr; }
  /// The next columns, all of numbers, are as in the row before.
  void repeat(size_t count) {
    if (before_ != cells_) std::copy_n(before_ + at_, count, cells_ + at_);
    at_ += count;
  }

  size_t written() const { return at_; }

 private:
  Column& next() { return table_.columns[at_++]; }
  void null_integer() {
    if (block_ == nullptr) return next().append_null();
    block_->mark_null(at_);
    integer(0);
  }
  void null_text() {
    if (block_ == nullptr) return next().append_null();
    block_->mark_null(at_);
    text({});
  }

  Table& table_;
  RowBlock* block_ = nullptr;
  int64_t* cells_ = nullptr;         ///< Of this row in the block.
  const int64_t* before_ = nullptr;  ///< Of the row before; may be the same memory.
  bool has_aliases_;
  size_t at_ = 0;
};

}  // namespace daedalus
