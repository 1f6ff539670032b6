#pragma once

#include <vector>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
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
  struct Entry {
    UnixNanos time;
    double log_amount = 0;

    void save(StateWriter& out) const;
    static Entry load(StateReader& in);
  };
  struct Sums {
    Moments log_amounts;

    void enter(const Entry& entry) { log_amounts.add(entry.log_amount); }
    void leave(const Entry& entry) { log_amounts.subtract(entry.log_amount); }
    void save(StateWriter& out) const { log_amounts.save(out); }
    static Sums load(StateReader& in) { return {Moments::load(in)}; }
  };
  double score() const;

  RollingWindows<Entry, Sums> window_;
  /// The last score, and of which trades.
  int64_t first_ = -1, end_ = -1;
  double score_ = kNull;
};

}  // namespace daedalus
