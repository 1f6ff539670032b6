#include "daedalus/columnar/table.hpp"

#include <cmath>
#include <cstddef>
#include <limits>

#include "daedalus/base/check.hpp"

namespace daedalus {

std::string_view column_type_name(ColumnType type) {
  switch (type) {
    case ColumnType::int32:
      return "int32";
    case ColumnType::int64:
      return "int64";
    case ColumnType::float64:
      return "double";
    case ColumnType::boolean:
      return "bool";
    case ColumnType::utf8:
      return "string";
    case ColumnType::timestamp_us:
      return "timestamp[us, UTC]";
    case ColumnType::levels:
      return "list<struct<price: double, size: double>>";
  }
  return "";
}

size_t Column::rows() const {
  switch (type) {
    case ColumnType::float64:
      return doubles.size();
    case ColumnType::utf8:
    case ColumnType::levels:
      return ends.size();
    default:
      return integers.size();
  }
}

void Column::append_text(std::string_view value) {
  text.append(value);
  ends.push_back(static_cast<int64_t>(text.size()));
  if (!present.empty()) present.push_back(1);
}

void Column::end_levels() {
  ends.push_back(static_cast<int64_t>(prices.size()));
  if (!present.empty()) present.push_back(1);
}

void Column::append_null() {
  if (type == ColumnType::float64) {
    doubles.push_back(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  if (present.empty()) present.assign(rows(), 1);
  present.push_back(0);
  if (type == ColumnType::utf8) {
    ends.push_back(static_cast<int64_t>(text.size()));
  } else if (type == ColumnType::levels) {
    ends.push_back(static_cast<int64_t>(prices.size()));
  } else {
    integers.push_back(0);
  }
}

bool Column::is_null(size_t row) const {
  if (type == ColumnType::float64) return std::isnan(doubles[row]);
  return !present.empty() && present[row] == 0;
}

std::string_view Column::text_at(size_t row) const {
  const auto first = static_cast<size_t>(row == 0 ? 0 : ends[row - 1]);
  return std::string_view(text).substr(first, static_cast<size_t>(ends[row]) - first);
}

std::pair<size_t, size_t> Column::levels_at(size_t row) const {
  return {static_cast<size_t>(row == 0 ? 0 : ends[row - 1]), static_cast<size_t>(ends[row])};
}

void Column::append_rows(const Column& from, size_t first, size_t last) {
  const auto slice = [&](auto& into, const auto& values, size_t begin, size_t end) {
    into.insert(into.end(), values.begin() + static_cast<ptrdiff_t>(begin),
                values.begin() + static_cast<ptrdiff_t>(end));
  };
  if (first == last) return;
  if (present.empty() && !from.present.empty()) present.assign(rows(), 1);
  if (!from.present.empty()) {
    slice(present, from.present, first, last);
  } else if (!present.empty()) {
    present.resize(present.size() + last - first, 1);
  }
  if (type == ColumnType::float64) return slice(doubles, from.doubles, first, last);
  if (type != ColumnType::utf8 && type != ColumnType::levels) {
    return slice(integers, from.integers, first, last);
  }
  const auto begin = static_cast<size_t>(first == 0 ? 0 : from.ends[first - 1]);
  const auto end = static_cast<size_t>(from.ends[last - 1]);
  const size_t at = type == ColumnType::utf8 ? text.size() : prices.size();
  for (size_t row = first; row < last; ++row) {
    ends.push_back(from.ends[row] + static_cast<int64_t>(at) - static_cast<int64_t>(begin));
  }
  if (type == ColumnType::utf8) {
    text.append(from.text, begin, end - begin);
  } else {
    slice(prices, from.prices, begin, end);
    slice(sizes, from.sizes, begin, end);
  }
}

void Column::clear() {
  integers.clear();
  doubles.clear();
  text.clear();
  prices.clear();
  sizes.clear();
  ends.clear();
  present.clear();
}

size_t Column::bytes() const {
  return 8 * (integers.size() + doubles.size() + prices.size() + sizes.size() + ends.size()) +
         text.size() + present.size();
}

Table::Table(Schema table_schema) : schema(std::move(table_schema)) {
  columns.reserve(schema.size());
  for (const ColumnSpec& spec : schema) columns.emplace_back(spec.type);
}

size_t Table::rows() const {
  if (columns.empty()) return 0;
  const size_t count = columns.front().rows();
  for (const Column& column : columns) DAEDALUS_CHECK(column.rows() == count);
  return count;
}

size_t Table::bytes() const {
  size_t sum = 0;
  for (const Column& column : columns) sum += column.bytes();
  return sum;
}

void Table::append_rows(const Table& from, size_t first, size_t last) {
  DAEDALUS_CHECK(schema.size() == from.schema.size());
  for (size_t i = 0; i < columns.size(); ++i) columns[i].append_rows(from.columns[i], first, last);
}

void Table::clear() {
  for (Column& column : columns) column.clear();
}

const Column* Table::find(std::string_view name) const {
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema[i].name == name) return &columns[i];
  }
  return nullptr;
}

}  // namespace daedalus
