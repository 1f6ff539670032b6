#pragma once

#include "daedalus/features/rolling_regression.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/second_sample.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// How far the mid moves with what was traded, and with order flow, over one-second intervals.
/// Sources: Kyle 1985; Cont, Kukanov, Stoikov 2014.
class PriceImpactFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "price_impact",
      .category = Category::advanced,
      .clock = Clock::second,
      .cost = "O(1) per event and second; a pair per second of kyle_lambda_window"};

  explicit PriceImpactFamily(const FeatureParameters& parameters)
      : of_trades_(parameters.kyle_lambda_window_s, kLeastIntervals),
        of_orders_(parameters.kyle_lambda_window_s, kLeastIntervals) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_event(const BookEvent& event) {
    if (event.has_step) order_flow_.add(event.ofi_step, event.size_scale);
  }
  void on_book_break();
  void on_trades_break(UnixNanos time);
  void on_trade(const TradeEvent& trade);
  void on_second(UnixNanos second, const SecondSample* sample);
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  static constexpr int64_t kLeastIntervals = 30;

  RollingRegression of_trades_;
  RollingRegression of_orders_;
  std::optional<Decimal> twice_mid_;        ///< Of the sample at the interval's start.
  std::optional<int64_t> trades_start_ns_;  ///< First trade of the trades' stretch.
  UnixNanos interval_start_;
  ScaledSum signed_amount_;  ///< In the interval, of trades with a side.
  ScaledSum order_flow_;     ///< In the interval: e_n of the best level.
};

}  // namespace daedalus
