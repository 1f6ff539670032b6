#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "daedalus/columnar/table.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/row_block.hpp"

namespace daedalus {

/// Appends one row to a table, column by column from the left. With a block, which tables of many
/// rows have, it goes there with other rows; else to the table when it is whole.
class RowWriter {
 public:
  /// `has_aliases`: whether the table has the columns that are declared as aliases.
  explicit RowWriter(Table& table, bool has_aliases = true)
      : own_block_(std::in_place, table.columns.size(), 1),
        table_(table),
        block_(*own_block_),
        has_aliases_(has_aliases) {}
  RowWriter(Table& table, RowBlock& block, bool has_aliases = true)
      : table_(table), block_(block), has_aliases_(has_aliases) {}
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;
  ~RowWriter() { block_.end_row(table_); }

  /// Not finite: null.
  void number(double value) { *next_++ = std::bit_cast<int64_t>(value); }
  void numbers(std::span<const double> values) {
    static_assert(sizeof(double) == sizeof(int64_t));
    std::memcpy(next_, values.data(), values.size_bytes());
    next_ += values.size();
  }
  /// Of a column that is declared as an alias.
  void alias(double value) {
    if (has_aliases_) number(value);
  }
  void integer(int64_t value) { *next_++ = value; }
  void integer(const std::optional<int64_t>& value) { value ? integer(*value) : null_integer(); }
  void boolean(bool value) { integer(value ? 1 : 0); }
  void text(std::string_view value) {
    integer(static_cast<int64_t>(table_.columns[written()].text.append(value).size()));
  }
  /// Empty: null.
  void text_or_null(std::string_view value) { value.empty() ? null_text() : text(value); }
  /// A levels column, whose row the caller fills and ends.
  Column& levels() {
    Column& column = table_.columns[written()];
    ++next_;
    return column;
  }
  void null() {
    switch (table_.columns[written()].type) {
      case ColumnType::float64:
        return number(kNull);
      case ColumnType::levels:
        return levels().append_null();
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
    if (before_ != cells_) std::copy_n(before_ + written(), count, next_);
    next_ += count;
  }

  size_t written() const { return static_cast<size_t>(next_ - cells_); }

 private:
  void null_integer() {
    block_.mark_null(written());
    integer(0);
  }
  void null_text() {
    block_.mark_null(written());
    text({});
  }

  std::optional<RowBlock> own_block_;
  Table& table_;
  RowBlock& block_;
  int64_t* const cells_ = block_.next_row();
  const int64_t* const before_ = block_.last_row();  ///< May be the same memory.
  int64_t* next_ = cells_;
  const bool has_aliases_;
};

}  // namespace daedalus
