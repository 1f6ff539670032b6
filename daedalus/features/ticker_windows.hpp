#pragma once

#include <vector>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/tick_event.hpp"

namespace daedalus {

/// Means over the ticks of the windows that end with a tick, for the rows of silver/ticker.
class TickerWindows {
 public:
  static constexpr FamilyInfo kInfo = {.name = "ticker_windows",
                                       .category = Category::rolling,
                                       .clock = Clock::event,
                                       .cost = "O(windows) per tick; the window's ticks"};

  explicit TickerWindows(const FeatureParameters& parameters)
      : windows_(parameters.rolling_windows_s), count_(parameters.rolling_windows_s.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_tick(const TickEvent& tick);
  void on_break() { windows_.clear(); }
  /// Of the last tick; nulls where none was fed in this stretch.
  void write(RowWriter& row) const;

  void save(StateWriter& out) const { windows_.save(out); }
  void load(StateReader& in) { windows_.load(in); }

 private:
  struct Entry {
    UnixNanos time;
    double mid = kNull;
    double spread = kNull;
    double volume_imbalance = kNull;

    void save(StateWriter& out) const;
    static Entry load(StateReader& in);
  };
  /// Null values are left out.
  struct Mean {
    int64_t count = 0;
    ExactSum sum;

    void add(double value);
    Mean operator-(const Mean& other) const { return {count - other.count, sum - other.sum}; }
    double mean() const { return sum.value() / static_cast<double>(count); }
    void save(StateWriter& out) const;
    static Mean load(StateReader& in);
  };
  struct Sums {
    Moments mid;
    Mean spread, volume_imbalance;

    void enter(const Entry& entry);
    Sums operator-(const Sums& other) const {
      return {mid - other.mid, spread - other.spread, volume_imbalance - other.volume_imbalance};
    }
    void save(StateWriter& out) const;
    static Sums load(StateReader& in);
  };

  RollingWindows<Entry, Sums> windows_;
  size_t count_;
};

}  // namespace daedalus
