#include "daedalus/columnar/levels_reader.hpp"

#include <parquet/column_reader.h>
#include <parquet/schema.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace daedalus {
namespace {

constexpr size_t kBatch = 1024;
using Levels = std::span<const int16_t>;

/// Appends a leaf's values; `visit(definitions)` is told the levels of each batch, and
/// `repetitions`, where given, hold its.
template <class Visit>
arrow::Status read_leaf(parquet::RowGroupReader& group, int leaf, UnsetVector<double>& values,
                        int16_t* repetitions, Visit&& visit) {
  const auto reader = group.Column(leaf);
  auto& doubles = static_cast<parquet::DoubleReader&>(*reader);
  const auto expected = static_cast<size_t>(group.metadata()->ColumnChunk(leaf)->num_values());
  std::array<int16_t, kBatch> definitions;
  std::array<double, kBatch> batch;
  size_t levels = 0;
  values.reserve(values.size() + expected);
  while (levels < expected && doubles.HasNext()) {
    int64_t values_read = 0;
    const auto count = static_cast<size_t>(
        doubles.ReadBatch(static_cast<int64_t>(std::min(kBatch, expected - levels)),
                          definitions.data(), repetitions, batch.data(), &values_read));
    visit(Levels(definitions).first(count));
    levels += count;
    values.insert(values.end(), batch.begin(), batch.begin() + values_read);
  }
  if (levels != expected) return arrow::Status::Invalid("pages of a column are missing");
  return arrow::Status::OK();
}

/// Levels that are all alike are their own copy, shifted by one.
bool are_all(Levels levels, int16_t level) {
  return !levels.empty() && levels.front() == level &&
         std::memcmp(levels.data(), levels.data() + 1, levels.size_bytes() - sizeof(int16_t)) == 0;
}

}  // namespace

arrow::Status read_levels(parquet::RowGroupReader& group, int price_leaf, int size_leaf,
                          Column& column) {
  const parquet::SchemaDescriptor& schema = *group.metadata()->schema();
  // Definition levels ascend: an absent list (if there can be one), an empty list, an entry that is
  // null or not whole, an entry.
  const int16_t empty = schema.GetColumnRoot(price_leaf)->is_optional() ? 1 : 0;
  const int16_t entry = schema.Column(price_leaf)->max_definition_level();
  auto entries = static_cast<int64_t>(column.prices.size());
  bool is_whole = true;
  std::vector<size_t> absent_rows;
  std::array<int16_t, kBatch> repetitions;
  bool has_row = false;
  const auto visit = [&](Levels definitions) {
    is_whole &= has_row || repetitions.front() == 0;
    const bool are_entries = are_all(definitions, entry);
    for (size_t i = 0; i < definitions.size(); ++i) {
      if (repetitions[i] == 0) {
        if (has_row) column.ends.push_back(entries);
        has_row = true;
      }
      if (are_entries || definitions[i] == entry) {
        ++entries;
      } else if (definitions[i] < empty) {
        absent_rows.push_back(column.ends.size());
      } else {
        is_whole &= definitions[i] == empty;
      }
    }
  };
  ARROW_RETURN_NOT_OK(read_leaf(group, price_leaf, column.prices, repetitions.data(), visit));
  if (has_row) column.ends.push_back(entries);
  ARROW_RETURN_NOT_OK(read_leaf(group, size_leaf, column.sizes, nullptr, [&](Levels definitions) {
    is_whole &= are_all(definitions, entry) ||
                std::none_of(definitions.begin(), definitions.end(),
                             [&](int16_t level) { return level > empty && level < entry; });
  }));
  if (!is_whole || column.sizes.size() != column.prices.size()) {
    return arrow::Status::Invalid("a level without price or size");
  }
  if (!absent_rows.empty() || !column.present.empty()) column.present.resize(column.rows(), 1);
  for (const size_t row : absent_rows) column.present[row] = 0;
  return arrow::Status::OK();
}

}  // namespace daedalus
