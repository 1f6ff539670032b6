#pragma once

#include <vector>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/timed_value.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// How unusual the last trade's size is.
class TradeSizeFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "trade_size",
                                       .category = Category::extended,
                                       .clock = Clock::trade,
                                       .cost = "O(1) per trade and row; the trades of 300 s"};

  explicit TradeSizeFamily(const FeatureParameters& parameters);

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_trade(const TradeEvent& trade);
  void on_trades_break(UnixNanos) { window_.clear(); }
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const { window_.save(out); }
  void load(StateReader& in) { window_.load(in); }

 private:
  double score() const;

  RollingWindows<TimedValue, ValueMoments> window_;  ///< ln amount.
  WindowExtent scored_;                              ///< What the score was made of.
  double score_ = kNull;
};

}  // namespace daedalus
