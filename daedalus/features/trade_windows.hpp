#pragma once

#include <vector>

#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/trade_sums.hpp"

namespace daedalus {

/// What traded in the windows that end with a trade, for the rows of silver/trades.
class TradeWindows {
 public:
  static constexpr FamilyInfo kInfo = {.name = "trade_windows",
                                       .category = Category::rolling,
                                       .clock = Clock::trade,
                                       .cost = "O(windows) per trade; the window's trades"};

  explicit TradeWindows(const FeatureParameters& parameters)
      : windows_(parameters.rolling_windows_s), count_(parameters.rolling_windows_s.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_trade(const TradeEvent& trade);
  void on_break() { windows_.clear(); }
  /// Of the last trade; nulls where no trade was fed in this stretch.
  void write(RowWriter& row) const;

  void save(StateWriter& out) const { windows_.save(out); }
  void load(StateReader& in) { windows_.load(in); }

 private:
  struct Entry : WindowTrade {
    double log_return = 0;  ///< 0 for the first trade of a stretch.

    void save(StateWriter& out) const;
    static Entry load(StateReader& in);
  };
  struct Sums {
    TradeSums trades;
    ExactSum squared_returns;

    void enter(const Entry& entry);
    Sums operator-(const Sums& other) const {
      return {trades - other.trades, squared_returns - other.squared_returns};
    }
    void save(StateWriter& out) const;
    static Sums load(StateReader& in);
  };

  RollingWindows<Entry, Sums> windows_;
  size_t count_;
};

}  // namespace daedalus
