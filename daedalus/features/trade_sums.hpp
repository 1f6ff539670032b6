#pragma once

#include <array>
#include <cmath>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// A trade as windows keep it, small.
struct WindowTrade {
  UnixNanos time;
  int64_t mantissa = 0;  ///< Of the amount.
  double cost = kNull;   ///< Null: unknown.
  int8_t scale = 0;      ///< Of the amount.
  int8_t place = 0;      ///< In TradeSums::amounts.

  static WindowTrade of(const TradeEvent& trade);
  void save(StateWriter& out) const;
  static WindowTrade load(StateReader& in);
};

/// Amounts and costs of a window's trades, exact.
struct TradeSums {
  /// Of taker buys, of sells, and of trades whose side the venue did not give.
  std::array<ScaledSum, 3> amounts;
  ExactSum known_costs;
  int64_t unknown_costs = 0;

  void enter(const WindowTrade& trade) {
    amounts[trade.place].add(trade.mantissa, trade.scale);
    std::isfinite(trade.cost) ? known_costs.add(trade.cost) : void(++unknown_costs);
  }
  void leave(const WindowTrade& trade) {
    amounts[trade.place].add(-static_cast<Wide>(trade.mantissa), trade.scale);
    std::isfinite(trade.cost) ? known_costs.subtract(trade.cost) : void(--unknown_costs);
  }

  double volume() const;
  /// Null if one is unknown.
  double cost() const { return unknown_costs > 0 ? kNull : known_costs.value(); }
  /// (B - S) / (B + S); null without either.
  double flow_imbalance() const;
  /// B / (B + S); null without either.
  double buy_ratio() const;

  void save(StateWriter& out) const;
  static TradeSums load(StateReader& in);
};

}  // namespace daedalus
