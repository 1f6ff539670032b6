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

/// The spread that the bounce of trade prices betrays. Source: Roll 1984.
class RollFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "roll",
                                       .category = Category::extended,
                                       .clock = Clock::trade,
                                       .cost = "O(1) per trade and row; the trades of 300 s"};

  explicit RollFamily(const FeatureParameters& parameters);

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_trade(const TradeEvent& trade);
  void on_trades_break(UnixNanos time);
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  /// A trade's price less that of the trade before, in units of `scale_`: whole, and exact below
  /// 2^53.
  using Change = TimedValue;
  /// Over pairs of changes that follow each other.
  struct Sums {
    ExactSum products, earlier, later;

    void enter(const Change&) {}
    void enter_pair(const Change& before, const Change& change);
    Sums operator-(const Sums& other) const {
      return {products - other.products, earlier - other.earlier, later - other.later};
    }
    void save(StateWriter& out) const;
    static Sums load(StateReader& in);
  };
  void raise_scale(int scale);
  double spread() const;

  RollingWindows<Change, Sums> window_;
  std::optional<Decimal> previous_price_;
  int scale_ = 0;
  WindowExtent spread_of_;  ///< What the spread was made of.
  double spread_ = kNull;
};

}  // namespace daedalus
