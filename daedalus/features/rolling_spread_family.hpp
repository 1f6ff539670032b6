#pragma once

#include <vector>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/family_set.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/timed_value.hpp"

namespace daedalus {

/// The mean relative spread of the seconds in each rolling window.
class RollingSpreadFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "rolling_spread",
      .category = Category::rolling,
      .clock = Clock::second,
      .cost = "O(windows) per second, amortised; the samples of the longest window"};

  explicit RollingSpreadFamily(const FeatureParameters& parameters)
      : windows_(parameters.rolling_windows_s), means_(parameters.rolling_windows_s.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_second(UnixNanos second, const SecondSample* sample) {
    if (sample != nullptr) windows_.push({second, sample->relative_spread});
  }
  void on_book_break() { windows_.clear(); }
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const { windows_.save(out); }
  void load(StateReader& in) { windows_.load(in); }

 private:
  struct Sum {
    ExactSum spreads;

    void enter(const TimedValue& sample) { spreads.add(sample.value); }
    Sum operator-(const Sum& other) const { return {spreads - other.spreads}; }
    void save(StateWriter& out) const { spreads.save(out); }
    static Sum load(StateReader& in) { return {ExactSum::load(in)}; }
  };
  struct Mean {
    WindowExtent of;
    double value = kNull;
  };

  RollingWindows<TimedValue, Sum> windows_;
  std::vector<Mean> means_;
};

}  // namespace daedalus
