#include "daedalus/columnar/levels_reader.hpp"

#include <parquet/column_reader.h>
#include <parquet/schema.h>

#include <algorithm>
#include <array>
#include <span>

namespace daedalus {
namespace {

constexpr size_t kBatch = 4096;
using Levels = std::span<const int16_t>;

/// Appends a leaf's values; `visit(repetitions, definitions)` is told the levels of each batch.
template <class Visit>
arrow::Status read_leaf(parquet::RowGroupReader& group, int leaf, std::vector<double>& values,
                        Visit&& visit) {
  const auto reader = group.Column(leaf);
  auto& doubles = static_cast<parquet::DoubleReader&>(*reader);
  const auto expected = static_cast<size_t>(group.metadata()->ColumnChunk(leaf)->num_values());
  std::array<int16_t, kBatch> definitions;
  std::array<int16_t, kBatch> repetitions;
  size_t levels = 0;
  size_t at = values.size();
  values.resize(at + expected);
  while (levels < expected && doubles.HasNext()) {
    int64_t values_read = 0;
    const auto count = static_cast<size_t>(doubles.ReadBatch(
        static_cast<int64_t>(std::min(kBatch, expected - levels)), definitions.data(),
        repetitions.data(), values.data() + at, &values_read));
    visit(Levels(repetitions).first(count), Levels(definitions).first(count));
    levels += count;
    at += static_cast<size_t>(values_read);
  }
  values.resize(at);
  if (levels != expected) return arrow::Status::Invalid("pages of a column are missing");
  return arrow::Status::OK();
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
  ARROW_RETURN_NOT_OK(
      read_leaf(group, price_leaf, column.prices, [&](Levels repetitions, Levels definitions) {
        for (size_t i = 0; i < definitions.size(); ++i) {
          if (repetitions[i] == 0 || column.ends.empty()) column.ends.push_back(entries);
          if (definitions[i] == entry) {
            column.ends.back() = ++entries;
          } else if (definitions[i] < empty) {
            absent_rows.push_back(column.ends.size() - 1);
          } else {
            is_whole &= definitions[i] == empty;
          }
        }
      }));
  ARROW_RETURN_NOT_OK(read_leaf(group, size_leaf, column.sizes, [&](Levels, Levels definitions) {
    is_whole &= std::none_of(definitions.begin(), definitions.end(),
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
