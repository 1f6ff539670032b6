#include "daedalus/features/row_block.hpp"

#include <array>
#include <bit>
#include <cmath>

#include "daedalus/features/exact.hpp"

namespace daedalus {
namespace {

/// A column's end lies in memory of its own, long out of the cache.
void fetch_end(const std::vector<double>& values, size_t rows) {
  constexpr size_t kLine = 64 / sizeof(double);
  // Not a pointer: room for the rows may have to be found first.
  const auto end = reinterpret_cast<uintptr_t>(values.data() + values.size());
  for (size_t i = 0; i < rows; i += kLine) {
    __builtin_prefetch(reinterpret_cast<const void*>(end + i * sizeof(double)), 1);
  }
}

}  // namespace

void RowBlock::append_numbers(size_t column, std::vector<double>& to) const {
  std::array<double, kRows> values;
  const int64_t* cell = cells_.data() + column;
  for (size_t row = 0; row < rows_; ++row, cell += columns_) {
    const auto value = std::bit_cast<double>(*cell);
    values[row] = std::isfinite(value) ? value : kNull;
  }
  to.insert(to.end(), values.data(), values.data() + rows_);
}

void RowBlock::append_integers(size_t column, std::vector<int64_t>& to) const {
  std::array<int64_t, kRows> values;
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
  constexpr size_t kAhead = 8;
  for (size_t i = 0; i < columns_; ++i) {
    Column& column = table.columns[i];
    if (i + kAhead < columns_) fetch_end(table.columns[i + kAhead].doubles, rows_);
    if (column.type == ColumnType::float64) {
      append_numbers(i, column.doubles);
    } else if (column.type != ColumnType::levels) {
      append_presence(i, column);
      append_integers(i, column.type == ColumnType::utf8 ? column.ends : column.integers);
    }
  }
  rows_ = 0;
}

}  // namespace daedalus
