#include "daedalus/net/backoff.hpp"

#include <algorithm>

namespace daedalus {

Nanoseconds Backoff::next(Nanoseconds was_up, double random) {
  if (was_up >= options_.healthy_after) failures_ = 0;
  Nanoseconds full = options_.base;
  for (int i = 0; i < failures_ && full < options_.cap; ++i) full *= 2;
  full = std::min(full, options_.cap);
  ++failures_;
  const double share = 0.5 + 0.5 * std::clamp(random, 0.0, 1.0);
  return Nanoseconds(static_cast<int64_t>(static_cast<double>(full.count()) * share));
}

}  // namespace daedalus
