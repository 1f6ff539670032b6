#pragma once

#include <vector>

#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/trade_sums.hpp"

namespace daedalus {

/// What traded in each window: flow imbalance, volume, count, average price.
class TradeFlowFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "trade_flow",
                                       .category = Category::rolling,
                                       .clock = Clock::trade,
                                       .cost = "O(windows) per trade and row; the window's trades"};

  explicit TradeFlowFamily(const FeatureParameters& parameters)
      : windows_(parameters.rolling_windows_s), values_(parameters.rolling_windows_s.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_trade(const TradeEvent& trade);
  void on_trades_break(UnixNanos time);
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  /// What was written last of a window, and of which trades.
  struct Values {
    WindowExtent of;
    double imbalance = kNull, volume = kNull, count = kNull, vwap = kNull;
  };
  const Values& values_of(size_t window);

  RollingWindows<WindowTrade, TradeSums> windows_;
  bool has_started_ = false;  ///< The trades' stretch.
  std::vector<Values> values_;
};

}  // namespace daedalus
