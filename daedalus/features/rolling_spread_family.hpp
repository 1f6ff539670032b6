#pragma once

#include <vector>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/family_set.hpp"
#include "daedalus/features/rolling_windows.hpp"

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
  struct Sample {
    UnixNanos time;
    double spread = 0;

    void save(StateWriter& out) const {
      out.integer(time.value);
      out.real(spread);
    }
    static Sample load(StateReader& in) {
      const UnixNanos time{in.integer()};
      return {time, in.real()};
    }
  };
  struct Sum {
    ExactSum spreads;

    void enter(const Sample& sample) { spreads.add(sample.spread); }
    void leave(const Sample& sample) { spreads.subtract(sample.spread); }
    void save(StateWriter& out) const { spreads.save(out); }
    static Sum load(StateReader& in) { return {ExactSum::load(in)}; }
  };
  /// A mean that was written holds for as long as the window keeps its ends.
  struct Mean {
    int64_t first = 0;
    int64_t end = 0;
    double value = kNull;
  };

  RollingWindows<Sample, Sum> windows_;
  std::vector<Mean> means_;
};

}  // namespace daedalus
