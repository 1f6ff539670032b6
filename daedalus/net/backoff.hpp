#pragma once

#include "daedalus/base/time.hpp"

namespace daedalus {

struct BackoffOptions {
  Nanoseconds base = std::chrono::milliseconds(500);
  Nanoseconds cap = std::chrono::seconds(60);
  Nanoseconds healthy_after = std::chrono::seconds(60);  ///< A connection this old starts over.
};

/// How long to wait before the next attempt: doubled with each failure up to the cap, of which a
/// random half is taken away, so that many clients do not come back at once. Endless.
class Backoff {
 public:
  explicit Backoff(BackoffOptions options = {}) : options_(options) {}

  /// After a failure of something that was up for `was_up` (zero: it never came up). `random` is
  /// in [0, 1).
  Nanoseconds next(Nanoseconds was_up, double random);
  void reset() { failures_ = 0; }
  /// In a row, since the last reset.
  int failures() const { return failures_; }

 private:
  BackoffOptions options_;
  int failures_ = 0;
};

}  // namespace daedalus
