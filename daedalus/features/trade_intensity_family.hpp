#pragma once

#include <vector>

#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// How fast each side trades: every trade counts b exp(-b age), b = ln 2 / 5 s, as an exponential
/// Hawkes kernel does. Source: Hawkes 1971.
class TradeIntensityFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "trade_intensity",
                                       .category = Category::extended,
                                       .clock = Clock::trade,
                                       .cost = "O(1) per trade and row"};

  explicit TradeIntensityFamily(const FeatureParameters&) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_trade(const TradeEvent& trade);
  void on_trades_break(UnixNanos) { *this = {}; }
  void write(const RowMoment& moment, RowWriter& row) const;

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  TradeIntensityFamily() = default;

  bool has_started_ = false;  ///< The trades' stretch.
  UnixNanos last_;            ///< Its last trade.
  double buys_ = 0;           ///< Trades, each halved for every 5 s of its age at `last_`.
  double sells_ = 0;
};

}  // namespace daedalus
