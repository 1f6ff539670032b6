#pragma once

#include <array>

#include "daedalus/features/bars.hpp"
#include "daedalus/features/book_event.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/second_sample.hpp"

namespace daedalus {

/// Gold bars of the book of one duration.
class OrderbookBars {
 public:
  OrderbookBars(const FeatureParameters& parameters, int duration_s);

  static std::vector<FeatureColumn> columns();
  int duration_s() const { return duration_s_; }
  /// A book event of this time comes: its bar begins, where it has none yet. Before its step.
  void before_event(UnixNanos time, const FlowTotals& totals);
  void on_book_event(const BookEvent& event);
  /// The book at a whole second; belongs to the bar with start < second <= end.
  void on_second(UnixNanos second, const SecondSample& sample);

  bool is_open() const { return is_open_; }
  UnixNanos end() const { return {start_.value + duration_s_ * kNanosPerSecond}; }
  /// Writes the open bar and forgets it. `covered_ns`: how long the stream was continuous in it.
  void close(const EngineKey& key, const FlowTotals& totals, int64_t covered_ns, TimeKeys& keys,
             Table& table, bool is_complete = true);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  /// Over the good samples of one window, which begins before its first event.
  struct Seconds {
    RunningMean spread, relative_spread, microprice, micro_minus_mid, l1_imbalance, total_imbalance,
        bid_depth, ask_depth, smart_depth_imbalance;
    std::optional<Decimal> min_spread, max_spread;

    auto means() {
      return std::array{&spread,          &relative_spread, &microprice,
                        &micro_minus_mid, &l1_imbalance,    &total_imbalance,
                        &bid_depth,       &ask_depth,       &smart_depth_imbalance};
    }
  };

  int duration_s_;
  bool has_aliases_;
  std::vector<double> weights_;
  bool is_open_ = false;
  UnixNanos start_;
  int64_t book_events_ = 0;
  OpenHighLowClose twice_mid_;
  CompensatedSum realized_variance_;
  FlowTotals flow_start_;
  UnixNanos seconds_start_;
  Seconds seconds_;
};

}  // namespace daedalus
