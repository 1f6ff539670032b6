#pragma once

#include <vector>

#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/trade_sums.hpp"

namespace daedalus {

/// What trading costs against the book: of trades while the book was known. Windows hold what came
/// after the later break of the book's and the trades' channel.
class TradedCostFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "traded_cost",
                                       .category = Category::rolling,
                                       .clock = Clock::trade,
                                       .cost = "O(windows) per trade and row; the window's trades"};

  explicit TradedCostFamily(const FeatureParameters& parameters)
      : windows_(parameters.rolling_windows_s), values_(parameters.rolling_windows_s.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_trade(const TradeEvent& trade);
  void on_book_break();
  void on_trades_break(UnixNanos time);
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  struct Entry : WindowTrade {
    double spread_bps = kNull;  ///< Null: the book had no mid.

    void save(StateWriter& out) const;
    static Entry load(StateReader& in);
  };
  struct Sums {
    TradeSums trades;
    ExactSum spreads_bps;
    int64_t spreads = 0;

    void enter(const Entry& entry);
    Sums operator-(const Sums& other) const {
      return {trades - other.trades, spreads_bps - other.spreads_bps, spreads - other.spreads};
    }
    void save(StateWriter& out) const;
    static Sums load(StateReader& in);
  };
  /// Of a window's trades, and of which.
  struct Values {
    WindowExtent of;
    double vwap = kNull, spread_bps = kNull, cost = kNull;
  };
  const Values& values_of(size_t window);

  RollingWindows<Entry, Sums> windows_;
  std::vector<Values> values_;
};

}  // namespace daedalus
