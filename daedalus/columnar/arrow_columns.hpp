#pragma once

#include <arrow/api.h>

#include <memory>
#include <optional>

#include "daedalus/base/error.hpp"
#include "daedalus/columnar/table.hpp"

// Our columns as Arrow arrays and back. Included by the sources of this folder only.
namespace daedalus {

std::shared_ptr<arrow::DataType> arrow_type(ColumnType type);
/// The column type that holds values of an Arrow type; absent if none does.
std::optional<ColumnType> column_type_of(const arrow::DataType& type);

/// Borrows the column's buffers where the layouts agree: the array must not outlive the column.
/// A text column whose rows are all equal becomes a dictionary of one entry.
arrow::Result<std::shared_ptr<arrow::Array>> to_arrow(const Column& column);

/// Appends the array's values. Its type must be one that `column_type_of` gave the column for, and
/// not `levels`, which `read_levels` reads.
arrow::Status append_arrow(const arrow::Array& array, Column& column);

}  // namespace daedalus
