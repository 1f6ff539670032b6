#include "daedalus/columnar/arrow_columns.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <span>

namespace daedalus {
namespace {

using ArrayResult = arrow::Result<std::shared_ptr<arrow::Array>>;
using Buffers = std::vector<std::shared_ptr<arrow::Buffer>>;

struct Validity {
  std::shared_ptr<arrow::Buffer> bitmap;  ///< Null where every row is present.
  int64_t nulls = 0;                      ///< Or unknown.
};

template <class IsPresent>
arrow::Result<std::shared_ptr<arrow::Buffer>> make_bitmap(size_t rows, IsPresent&& is_present) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateBuffer(static_cast<int64_t>((rows + 7) / 8)));
  uint8_t* out = buffer->mutable_data();
  for (size_t row = 0; row < rows; row += 8) {
    uint8_t bits = 0;
    const size_t count = std::min<size_t>(8, rows - row);
    for (size_t i = 0; i < count; ++i) bits |= static_cast<uint8_t>(is_present(row + i) << i);
    out[row / 8] = bits;
  }
  return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

/// A view, not a copy.
std::shared_ptr<arrow::Buffer> values_of(std::span<const double> values) {
  return arrow::Buffer::Wrap(values.data(), values.size());
}

/// Two values a comparison.
bool has_nan(std::span<const double> values) {
  bool found = values.size() % 2 != 0 && std::isnan(values.back());
  for (size_t i = 1; i < values.size(); i += 2) found |= std::isunordered(values[i - 1], values[i]);
  return found;
}

arrow::Result<Validity> validity_of(const Column& column) {
  Validity validity;
  if (column.type == ColumnType::float64) {
    if (!has_nan(column.doubles)) return validity;
    validity.nulls = arrow::kUnknownNullCount;
    ARROW_ASSIGN_OR_RAISE(validity.bitmap, make_bitmap(column.doubles.size(), [&](size_t row) {
                            return !std::isnan(column.doubles[row]);
                          }));
    return validity;
  }
  for (const uint8_t present : column.present) validity.nulls += present == 0 ? 1 : 0;
  if (validity.nulls == 0) return validity;
  ARROW_ASSIGN_OR_RAISE(validity.bitmap, make_bitmap(column.present.size(), [&](size_t row) {
                          return column.present[row] != 0;
                        }));
  return validity;
}

std::shared_ptr<arrow::Array> make_array(const Column& column, const Validity& validity,
                                         Buffers values) {
  Buffers buffers = {validity.bitmap};
  buffers.insert(buffers.end(), values.begin(), values.end());
  return arrow::MakeArray(arrow::ArrayData::Make(arrow_type(column.type),
                                                 static_cast<int64_t>(column.rows()),
                                                 std::move(buffers), validity.nulls));
}

/// Arrow's offsets: one more than rows, 32 bits.
arrow::Result<std::shared_ptr<arrow::Buffer>> offsets_of(const Column& column) {
  if (!column.ends.empty() && column.ends.back() > std::numeric_limits<int32_t>::max()) {
    return arrow::Status::CapacityError("a row group's column holds more than 2 GiB");
  }
  const size_t rows = column.ends.size();
  ARROW_ASSIGN_OR_RAISE(auto buffer,
                        arrow::AllocateBuffer(static_cast<int64_t>((rows + 1) * sizeof(int32_t))));
  auto* offsets = reinterpret_cast<int32_t*>(buffer->mutable_data());
  offsets[0] = 0;
  for (size_t row = 0; row < rows; ++row) offsets[row + 1] = static_cast<int32_t>(column.ends[row]);
  return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

bool is_constant_text(const Column& column) {
  if (column.ends.size() < 2) return false;
  const std::string_view first = column.text_at(0);
  const auto width = static_cast<int64_t>(first.size());
  for (size_t row = 1; row < column.ends.size(); ++row) {
    if (column.ends[row] - column.ends[row - 1] != width) return false;
  }
  // Equal widths: equal rows mean that the text is its own copy, shifted by one row.
  return column.text.compare(first.size(), std::string::npos, column.text, 0,
                             column.text.size() - first.size()) == 0;
}

ArrayResult constant_text(const Column& column) {
  const auto rows = static_cast<int64_t>(column.rows());
  ARROW_ASSIGN_OR_RAISE(auto indices, arrow::AllocateBuffer(rows * int64_t{sizeof(int32_t)}));
  std::memset(indices->mutable_data(), 0, static_cast<size_t>(indices->size()));
  arrow::StringBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Append(column.text_at(0)));
  ARROW_ASSIGN_OR_RAISE(auto dictionary, builder.Finish());
  auto index_array =
      std::make_shared<arrow::Int32Array>(rows, std::shared_ptr<arrow::Buffer>(std::move(indices)));
  return arrow::DictionaryArray::FromArrays(arrow::dictionary(arrow::int32(), arrow::utf8()),
                                            index_array, dictionary);
}

ArrayResult to_int32(const Column& column, const Validity& validity) {
  const size_t rows = column.integers.size();
  ARROW_ASSIGN_OR_RAISE(auto buffer,
                        arrow::AllocateBuffer(static_cast<int64_t>(rows * sizeof(int32_t))));
  auto* values = reinterpret_cast<int32_t*>(buffer->mutable_data());
  for (size_t row = 0; row < rows; ++row) values[row] = static_cast<int32_t>(column.integers[row]);
  return make_array(column, validity, {std::shared_ptr<arrow::Buffer>(std::move(buffer))});
}

ArrayResult to_levels(const Column& column, const Validity& validity) {
  const auto entries = static_cast<int64_t>(column.prices.size());
  auto prices = std::make_shared<arrow::DoubleArray>(entries, values_of(column.prices));
  auto sizes = std::make_shared<arrow::DoubleArray>(entries, values_of(column.sizes));
  const auto type = arrow_type(ColumnType::levels);
  const auto& entry_type = static_cast<const arrow::ListType&>(*type).value_type();
  auto structs =
      std::make_shared<arrow::StructArray>(entry_type, entries, arrow::ArrayVector{prices, sizes});
  ARROW_ASSIGN_OR_RAISE(auto offsets, offsets_of(column));
  return std::make_shared<arrow::ListArray>(type, static_cast<int64_t>(column.rows()), offsets,
                                            structs, validity.bitmap, validity.nulls);
}

// ---- from Arrow ----

void append_presence(const arrow::Array& array, size_t rows_before, Column& column) {
  if (array.null_count() == 0 && column.present.empty()) return;
  if (column.present.empty()) column.present.assign(rows_before, 1);
  for (int64_t row = 0; row < array.length(); ++row) column.present.push_back(array.IsValid(row));
}

void append_doubles(const arrow::DoubleArray& array, Column& column) {
  const size_t before = column.doubles.size();
  column.doubles.insert(column.doubles.end(), array.raw_values(),
                        array.raw_values() + array.length());
  if (array.null_count() == 0) return;
  for (int64_t row = 0; row < array.length(); ++row) {
    if (array.IsNull(row)) {
      column.doubles[before + static_cast<size_t>(row)] = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

template <class Array>
void append_integers(const Array& array, Column& column) {
  column.integers.insert(column.integers.end(), array.raw_values(),
                         array.raw_values() + array.length());
}

template <class Array>
void append_texts(const Array& array, Column& column) {
  if (array.length() == 0) return;
  const auto first = array.value_offset(0);
  const auto shift = static_cast<int64_t>(column.text.size()) - first;
  const auto bytes = array.value_offset(array.length()) - first;
  if (bytes > 0) {
    column.text.append(reinterpret_cast<const char*>(array.raw_data()) + first,
                       static_cast<size_t>(bytes));
  }
  column.ends.reserve(column.ends.size() + static_cast<size_t>(array.length()));
  for (int64_t row = 1; row <= array.length(); ++row) {
    column.ends.push_back(array.value_offset(row) + shift);
  }
}

}  // namespace

std::shared_ptr<arrow::DataType> arrow_type(ColumnType type) {
  switch (type) {
    case ColumnType::int32:
      return arrow::int32();
    case ColumnType::int64:
      return arrow::int64();
    case ColumnType::float64:
      return arrow::float64();
    case ColumnType::boolean:
      return arrow::boolean();
    case ColumnType::utf8:
      return arrow::utf8();
    case ColumnType::timestamp_us:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case ColumnType::levels:
      return arrow::list(
          arrow::field("element",
                       arrow::struct_({arrow::field("price", arrow::float64(), false),
                                       arrow::field("size", arrow::float64(), false)}),
                       false));
  }
  return nullptr;
}

std::optional<ColumnType> column_type_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::INT32:
      return ColumnType::int32;
    case arrow::Type::INT64:
      return ColumnType::int64;
    case arrow::Type::DOUBLE:
      return ColumnType::float64;
    case arrow::Type::BOOL:
      return ColumnType::boolean;
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
      return ColumnType::utf8;
    case arrow::Type::TIMESTAMP:
      if (static_cast<const arrow::TimestampType&>(type).unit() != arrow::TimeUnit::MICRO)
        return {};
      return ColumnType::timestamp_us;
    case arrow::Type::LIST: {
      const auto& entry = *static_cast<const arrow::ListType&>(type).value_type();
      if (entry.id() != arrow::Type::STRUCT || entry.num_fields() != 2) return {};
      if (entry.field(0)->name() != "price" || entry.field(1)->name() != "size") return {};
      if (entry.field(0)->type()->id() != arrow::Type::DOUBLE) return {};
      if (entry.field(1)->type()->id() != arrow::Type::DOUBLE) return {};
      return ColumnType::levels;
    }
    default:
      return {};
  }
}

ArrayResult to_arrow(const Column& column) {
  ARROW_ASSIGN_OR_RAISE(const Validity validity, validity_of(column));
  switch (column.type) {
    case ColumnType::float64:
      return make_array(column, validity, {values_of(column.doubles)});
    case ColumnType::int64:
    case ColumnType::timestamp_us:
      return make_array(column, validity, {arrow::Buffer::Wrap(column.integers)});
    case ColumnType::int32:
      return to_int32(column, validity);
    case ColumnType::boolean: {
      ARROW_ASSIGN_OR_RAISE(auto bits, make_bitmap(column.integers.size(), [&](size_t row) {
                              return column.integers[row] != 0;
                            }));
      return make_array(column, validity, {bits});
    }
    case ColumnType::utf8: {
      if (validity.nulls == 0 && is_constant_text(column)) return constant_text(column);
      ARROW_ASSIGN_OR_RAISE(auto offsets, offsets_of(column));
      return make_array(column, validity, {offsets, arrow::Buffer::FromString(column.text)});
    }
    case ColumnType::levels:
      return to_levels(column, validity);
  }
  return arrow::Status::Invalid("unknown column type");
}

arrow::Status append_arrow(const arrow::Array& array, Column& column) {
  const size_t before = column.rows();
  switch (array.type_id()) {
    case arrow::Type::DOUBLE:
      append_doubles(static_cast<const arrow::DoubleArray&>(array), column);
      return arrow::Status::OK();
    case arrow::Type::INT32:
      append_integers(static_cast<const arrow::Int32Array&>(array), column);
      break;
    case arrow::Type::INT64:
      append_integers(static_cast<const arrow::Int64Array&>(array), column);
      break;
    case arrow::Type::TIMESTAMP:
      append_integers(static_cast<const arrow::TimestampArray&>(array), column);
      break;
    case arrow::Type::BOOL: {
      const auto& bits = static_cast<const arrow::BooleanArray&>(array);
      for (int64_t row = 0; row < bits.length(); ++row) column.integers.push_back(bits.Value(row));
      break;
    }
    case arrow::Type::STRING:
      append_texts(static_cast<const arrow::StringArray&>(array), column);
      break;
    case arrow::Type::LARGE_STRING:
      append_texts(static_cast<const arrow::LargeStringArray&>(array), column);
      break;
    default:
      return arrow::Status::TypeError("no column holds ", array.type()->ToString());
  }
  append_presence(array, before, column);
  return arrow::Status::OK();
}

}  // namespace daedalus
