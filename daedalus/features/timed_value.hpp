#pragma once

#include "daedalus/base/time.hpp"
#include "daedalus/features/exact_sum.hpp"

namespace daedalus {

/// One value of a moment: the entry of windows over one measure.
struct TimedValue {
  UnixNanos time;
  double value = 0;

  void save(StateWriter& out) const {
    out.integer(time.value);
    out.real(value);
  }
  static TimedValue load(StateReader& in) {
    const UnixNanos time{in.integer()};
    return {time, in.real()};
  }
};

/// What RollingWindows keeps of such entries for means and variances.
struct ValueMoments {
  Moments moments;

  void enter(const TimedValue& entry) { moments.add(entry.value); }
  ValueMoments operator-(const ValueMoments& other) const { return {moments - other.moments}; }
  void save(StateWriter& out) const { moments.save(out); }
  static ValueMoments load(StateReader& in) { return {Moments::load(in)}; }
};

}  // namespace daedalus
