#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>

#include "daedalus/base/time.hpp"

namespace daedalus {

/// All times here are of the monotonic clock, given by the caller.

/// Something may happen at most `per_second` times a second, evenly spaced.
class EvenPacer {
 public:
  /// `per_second` 0 or less: no limit.
  explicit EvenPacer(double per_second);

  Nanoseconds next_allowed() const { return next_; }
  bool allowed(Nanoseconds now) const { return now >= next_; }
  void take(Nanoseconds now);
  /// Nothing is allowed before `until`.
  void hold_until(Nanoseconds until);

 private:
  Nanoseconds spacing_{0};
  Nanoseconds next_{0};
};

/// A weight budget over a sliding minute: what was taken in any 60 s never exceeds it.
class WeightWindow {
 public:
  /// `per_minute` 0: no limit.
  explicit WeightWindow(int per_minute) : per_minute_(per_minute) {}

  /// When `weight` may be taken, `now` at the earliest. More than the whole budget counts as all of
  /// it.
  Nanoseconds next_allowed(int weight, Nanoseconds now);
  void take(int weight, Nanoseconds now);

 private:
  void forget_before(Nanoseconds now);

  int per_minute_;
  int64_t used_ = 0;
  std::deque<std::pair<Nanoseconds, int>> taken_;
};

}  // namespace daedalus
