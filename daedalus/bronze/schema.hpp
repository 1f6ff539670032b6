#pragma once

#include <string_view>

#include "daedalus/columnar/table.hpp"

namespace daedalus {

/// The tables of bronze. `other` stands for every folder that has no columns of its own.
enum class BronzeTable { orderbook, trades, ticker, gaps, instruments, other };

/// Columns, types and their order (docs/formats.md, "Bronze"; a test compares the two).
const Schema& bronze_schema(BronzeTable table);

/// Folder name of a table; for `other` the venue's channel gives it.
std::string_view bronze_table_name(BronzeTable table);

/// How many columns of its own stand between those that all tables begin with and the shared ones.
size_t own_columns(BronzeTable table);

/// `symbol` of rows that are about no symbol.
inline constexpr std::string_view kNoSymbol = "ALL";

/// Keys of a bronze file's metadata.
inline constexpr std::string_view kSegmentKey = "daedalus.segment";
inline constexpr std::string_view kOpenedKey = "daedalus.opened_ns";
inline constexpr std::string_view kClosedKey = "daedalus.closed_ns";
inline constexpr std::string_view kPriceDecimalsKey = "daedalus.price_decimals";
inline constexpr std::string_view kSizeDecimalsKey = "daedalus.size_decimals";
inline constexpr std::string_view kWriterKey = "daedalus.writer";

}  // namespace daedalus
