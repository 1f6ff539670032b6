#pragma once

#include <arrow/status.h>
#include <parquet/file_reader.h>

#include "daedalus/columnar/table.hpp"

// Included by the sources of this folder only.
namespace daedalus {

/// Appends one row group of a levels column to `column`, from its two leaves. Straight from the
/// pages: putting Arrow's lists of structs together takes longer than decoding them.
arrow::Status read_levels(parquet::RowGroupReader& group, int price_leaf, int size_leaf,
                          Column& column);

}  // namespace daedalus
