#pragma once

#include <cstdint>
#include <optional>

#include "daedalus/base/time.hpp"

namespace daedalus {

/// A token bucket over times that the caller gives: `count` tokens come back evenly over `per`, and
/// at most `burst` are there at once. Over any span of `per`, at most `count + burst` are taken.
struct RateLimitOptions {
  int64_t count = 1;
  Nanoseconds per = std::chrono::seconds(1);
  int64_t burst = 1;
};

class RateLimit {
 public:
  explicit RateLimit(RateLimitOptions options);

  /// Takes `tokens` and returns nothing, or takes none and returns how long to wait. More tokens
  /// than the burst holds wait for the full bucket and leave a debt.
  std::optional<Nanoseconds> wait(UnixNanos now, int64_t tokens = 1);
  /// Nothing is given before `time`: somebody said "retry after".
  void hold_until(UnixNanos time);

 private:
  RateLimitOptions options_;
  UnixNanos full_at_;  ///< When the bucket is full again.
  UnixNanos held_until_;
};

}  // namespace daedalus
