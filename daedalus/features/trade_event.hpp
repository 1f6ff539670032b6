#pragma once

#include <optional>

#include "daedalus/base/time.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// A live trade as families, bars and rows see it.
struct TradeEvent {
  UnixNanos time;
  Decimal price;
  Decimal exact_amount;
  double amount = 0;
  double cost = kNull;        ///< In quote; null for contracts of unknown size.
  std::optional<Side> side;   ///< The taker's, as the venue said.
  double log_return = kNull;  ///< To the previous trade; null for the first of a stretch.
  /// Of the price change, a zero change inherits; absent before the first change of a stretch.
  std::optional<int64_t> tick_sign;
  bool is_book_synced = false;  ///< The book is in a stretch, so that mixed columns hear of it.
  std::optional<Decimal> twice_mid_before;  ///< Of the book before the trade.
  double effective_spread_bps = kNull;      ///< Null without a mid before the trade.
};

}  // namespace daedalus
