#pragma once

#include <cmath>

#include "daedalus/features/book_event.hpp"
#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/timed_value.hpp"

namespace daedalus {

/// A step of the mid: its log return.
using ReturnEntry = TimedValue;

/// What realised measures need of the steps in a window. Most steps are 0: they only count.
struct ReturnSums {
  Moments moments;
  ExactSum neighbours;  ///< Sum of |r_j| |r_{j-1}| over steps that follow each other.
  int64_t changes = 0;  ///< Times that the sums above changed, but for the count.

  void enter(const ReturnEntry& entry) {
    if (entry.value == 0) return void(++moments.count);
    moments.add(entry.value);
    ++changes;
  }
  void enter_pair(const ReturnEntry& before, const ReturnEntry& entry) {
    if (before.value == 0 || entry.value == 0) return;
    neighbours.add_product(std::abs(before.value), std::abs(entry.value));
    ++changes;
  }
  ReturnSums operator-(const ReturnSums& other) const {
    return {moments - other.moments, neighbours - other.neighbours, changes - other.changes};
  }

  /// sum r^2 = rv^2.
  double realized_variance() const { return moments.squares.value(); }
  /// Barndorff-Nielsen, Shephard 2004, as a variance.
  double bipower() const { return M_PI / 2 * neighbours.value(); }

  void save(StateWriter& out) const {
    moments.save(out);
    neighbours.save(out);
    out.integer(changes);
  }
  static ReturnSums load(StateReader& in) {
    ReturnSums loaded;
    loaded.moments = Moments::load(in);
    loaded.neighbours = ExactSum::load(in);
    loaded.changes = in.integer();
    return loaded;
  }
};

using ReturnWindows = RollingWindows<ReturnEntry, ReturnSums>;

}  // namespace daedalus
