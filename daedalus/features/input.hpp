#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daedalus/base/time.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// One side's levels of a bronze row, as its doubles: each the nearest to what was sent.
struct LevelsInput {
  std::span<const double> prices;
  std::span<const double> sizes;
};

enum class BookInputKind { snapshot, delta, checkpoint };

/// One orderbook row of bronze. The engine makes the doubles exact again.
struct BookInput {
  UnixNanos capture_time;
  int64_t recv_seq = 0;
  BookInputKind kind = BookInputKind::delta;
  std::optional<int64_t> timestamp_ms;
  std::optional<int64_t> nonce;
  LevelsInput bids;
  LevelsInput asks;
};

/// One trades row of bronze. Columns that are only passed on are views into the row.
struct TradeInput {
  UnixNanos capture_time;
  int64_t recv_seq = 0;
  bool is_live = true;
  bool is_aggregate = false;
  std::optional<Side> side;
  double price = 0;
  double amount = 0;
  std::optional<double> cost;  ///< In quote; absent for contracts of unknown size.
  std::optional<int64_t> timestamp_ms;
  std::optional<int64_t> exchange_time_us;
  std::string_view trade_id;
  std::string_view info_json;  ///< Empty: null.
  std::string_view symbol_native;
  std::string_view taker_side_source;
};

/// One ticker row of bronze; NaN: absent. The order of `values` is that of the bronze schema,
/// bid ... percentage (kTickerValues of them).
inline constexpr size_t kTickerValues = 14;
struct TickerInput {
  UnixNanos capture_time;
  int64_t recv_seq = 0;
  bool is_bbo = true;
  std::span<const double, kTickerValues> values;
  std::optional<int64_t> timestamp_ms;
  std::optional<int64_t> exchange_time_us;
  std::string_view info_json;
  std::string_view symbol_native;
};

/// One row of a channel that tells mark prices, funding, open interest or liquidations.
struct DerivativeInput {
  UnixNanos capture_time;
  int64_t recv_seq = 0;
  DerivativeUpdate update;
};

/// One edge of a gap of a kind that loses data.
struct GapInput {
  UnixNanos capture_time;
  int64_t recv_seq = 0;
  int64_t gap_id = 0;
  bool is_open = true;
  std::optional<Channel> channel;  ///< Absent: all.
};

}  // namespace daedalus
