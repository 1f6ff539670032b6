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
  /// Of taker buys, of sells, and of trades whose side the venue did not give; at `scale`.
  std::array<Wide, 3> amounts{};
  ExactSum known_costs;
  uint32_t unknown_costs = 0;  ///< Wraps like the others: of a stretch, not of a window.
  int32_t scale = 0;

  void enter(const WindowTrade& trade) {
    if (trade.scale > scale) raise_scale(trade.scale);
    Wide& sum = amounts[trade.place];
    sum = wrapping_add(sum, wrapping_multiply(trade.mantissa, kPowersOfTen[scale - trade.scale]));
    std::isfinite(trade.cost) ? known_costs.add(trade.cost) : void(++unknown_costs);
  }
  TradeSums operator-(const TradeSums& other) const {
    if (scale > other.scale) {
      TradeSums raised = other;
      raised.raise_scale(scale);
      return *this - raised;
    }
    return {.amounts = {wrapping_subtract(amounts[0], other.amounts[0]),
                        wrapping_subtract(amounts[1], other.amounts[1]),
                        wrapping_subtract(amounts[2], other.amounts[2])},
            .known_costs = known_costs - other.known_costs,
            .unknown_costs = unknown_costs - other.unknown_costs,
            .scale = scale};
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

 private:
  void raise_scale(int32_t to);
};

}  // namespace daedalus
