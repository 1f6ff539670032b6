#pragma once

#include <cstdint>
#include <vector>

#include "daedalus/columnar/table.hpp"

namespace daedalus {

/// A wide table's last rows, row by row: its columns lie in hundreds of pages, so they are written
/// to together, many rows at a time. Only what has no fixed width (a text's bytes, levels) goes to
/// its column at once.
class RowBlock {
 public:
  static constexpr size_t kMostRows = 32;  ///< As many as marks of nulls have bits.

  /// Goes to the table after so many rows.
  explicit RowBlock(size_t columns, size_t most_rows = kMostRows)
      : columns_(columns), most_rows_(most_rows), cells_(columns * most_rows), nulls_(columns) {}

  /// Where the next row goes, a cell a column: a double's bits (not finite: null), an integer, or
  /// where a text ends; not of levels.
  int64_t* next_row() { return cells_.data() + rows_ * columns_; }
  /// The cells of the row that was last written; null before the first.
  const int64_t* last_row() const {
    return has_last_row_ ? &cells_[last_row_ * columns_] : nullptr;
  }
  /// The next row's integer or text is null; its cell is filled like any other.
  void mark_null(size_t column) { nulls_[column] |= uint32_t{1} << rows_; }
  /// The row is written. Full: all go to the table.
  void end_row(Table& table) {
    has_last_row_ = true;
    last_row_ = rows_;
    if (++rows_ == most_rows_) flush(table);
  }
  void flush(Table& table);

 private:
  void append_numbers(size_t column, UnsetVector<double>& to) const;
  /// The same of two columns side by side, rows two by two.
  void append_two(size_t column, UnsetVector<double>& first, UnsetVector<double>& second) const;
  void append_integers(size_t column, std::vector<int64_t>& to) const;
  void append_presence(size_t column, Column& to);

  size_t columns_;
  size_t most_rows_;
  size_t rows_ = 0;
  std::vector<int64_t> cells_;
  std::vector<uint32_t> nulls_;  ///< By column, a bit a row.
  bool has_last_row_ = false;
  size_t last_row_ = 0;
};

}  // namespace daedalus
