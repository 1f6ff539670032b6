#include "daedalus/features/row_block.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "daedalus/features/exact.hpp"

namespace daedalus {
namespace {

using TwoDoubles = double __attribute__((vector_size(16)));
using TwoMasks = int64_t __attribute__((vector_size(16)));

/// Null (NaN) where a value is not finite.
TwoDoubles finite_or_null(TwoDoubles values) {
  const TwoDoubles nought = values - values;
  // Of what is not finite all bits become ones: a NaN.
  return std::bit_cast<TwoDoubles>(std::bit_cast<TwoMasks>(values) | (nought != nought));
}

/// A column's end lies in memory of its own, long out of the cache.
void fetch_end(const UnsetVector<double>& values, size_t rows) {
  constexpr size_t kLine = 64 / sizeof(double);
  // Not a pointer: room for the rows may have to be found first.
  const auto end = reinterpret_cast<uintptr_t>(values.data() + values.size());
  for (size_t i = 0; i < rows; i += kLine) {
    __builtin_prefetch(reinterpret_cast<const void*>(end + i * sizeof(double)), 1);
  }
}

}  // namespace

void RowBlock::append_numbers(size_t column, UnsetVector<double>& to) const {
  const size_t before = to.size();
  to.resize(before + rows_);
  for (size_t row = 0; row < rows_; ++row) {
    const auto value = std::bit_cast<double>(cells_[row * columns_ + column]);
    to[before + row] = finite_or_null(TwoDoubles{value, 0})[0];
  }
}

void RowBlock::append_two(size_t column, UnsetVector<double>& first,
                          UnsetVector<double>& second) const {
  const auto room_in = [&](UnsetVector<double>& values) {
    values.resize(values.size() + rows_);
    return values.data() + values.size() - rows_;
  };
  double* firsts = room_in(first);
  double* seconds = room_in(second);
  const int64_t* cell = cells_.data() + column;
  const size_t columns = columns_;
  const size_t rows = rows_;
  for (size_t row = 0; row < rows; row += 2, cell += 2 * columns) {
    TwoDoubles here, next;
    std::memcpy(&here, cell, sizeof(here));
    std::memcpy(&next, cell + columns, sizeof(next));
    here = finite_or_null(here);
    next = finite_or_null(next);
    const TwoDoubles left = {here[0], next[0]};
    const TwoDoubles right = {here[1], next[1]};
    std::memcpy(firsts + row, &left, sizeof(left));
    std::memcpy(seconds + row, &right, sizeof(right));
  }
}

void RowBlock::append_integers(size_t column, std::vector<int64_t>& to) const {
  std::array<int64_t, kMostRows> values;
  const int64_t* cell = cells_.data() + column;
  for (size_t row = 0; row < rows_; ++row, cell += columns_) values[row] = *cell;
  to.insert(to.end(), values.data(), values.data() + rows_);
}

/// Before the column's values are there.
void RowBlock::append_presence(size_t column, Column& to) {
  const uint32_t nulls = nulls_[column];
  if (nulls == 0 && to.present.empty()) return;
  if (to.present.empty()) to.present.assign(to.rows(), 1);
  for (size_t row = 0; row < rows_; ++row) to.present.push_back((nulls >> row & 1) == 0);
  nulls_[column] = 0;
}

void RowBlock::flush(Table& table) {
  if (rows_ == 0) return;
  constexpr size_t kAhead = 8;
  size_t fetched = 0;
  for (size_t i = 0; i < columns_; ++i) {
    Column& column = table.columns[i];
    for (; fetched < std::min(i + kAhead, columns_); ++fetched) {
      fetch_end(table.columns[fetched].doubles, rows_);
    }
    if (column.type == ColumnType::float64) {
      const bool has_next = i + 1 < columns_ && table.columns[i + 1].type == ColumnType::float64;
      if (has_next && rows_ % 2 == 0) {
        append_two(i, column.doubles, table.columns[i + 1].doubles);
        ++i;
      } else {
        append_numbers(i, column.doubles);
      }
    } else if (column.type != ColumnType::levels) {
      append_presence(i, column);
      append_integers(i, column.type == ColumnType::utf8 ? column.ends : column.integers);
    }
  }
  rows_ = 0;
}

}  // namespace daedalus
