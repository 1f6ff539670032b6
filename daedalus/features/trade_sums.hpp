#pragma once

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// A trade as windows keep it.
struct WindowTrade {
  UnixNanos time;
  Decimal amount;
  double cost = kNull;  ///< Null: unknown.
  std::optional<Side> side;

  static WindowTrade of(const TradeEvent& trade) {
    return {trade.time, trade.exact_amount, trade.cost, trade.side};
  }
  void save(StateWriter& out) const;
  static WindowTrade load(StateReader& in);
};

/// Amounts and costs of a window's trades, exact.
struct TradeSums {
  ScaledSum buys, sells;  ///< By the taker's side, where the venue gave it.
  ScaledSum unsided;
  ExactSum known_costs;
  int64_t unknown_costs = 0;

  void enter(const WindowTrade& trade);
  void leave(const WindowTrade& trade);

  double volume() const;
  /// Null if one is unknown.
  double cost() const { return unknown_costs > 0 ? kNull : known_costs.value(); }
  /// cost / volume; null if empty.
  double vwap() const { return cost() / volume(); }
  /// (B - S) / (B + S); null without either.
  double flow_imbalance() const;
  /// B / (B + S); null without either.
  double buy_ratio() const;

  void save(StateWriter& out) const;
  static TradeSums load(StateReader& in);

 private:
  ScaledSum& of(const std::optional<Side>& side) {
    return !side ? unsided : *side == Side::buy ? buys : sells;
  }
};

}  // namespace daedalus
