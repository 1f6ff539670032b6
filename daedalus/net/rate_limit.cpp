#include "daedalus/net/rate_limit.hpp"

#include <algorithm>

#include "daedalus/base/check.hpp"

namespace daedalus {

RateLimit::RateLimit(RateLimitOptions options) : options_(options) {
  DAEDALUS_CHECK(options.count > 0 && options.burst > 0 && options.per.count() > 0);
}

std::optional<Nanoseconds> RateLimit::wait(UnixNanos now, int64_t tokens) {
  if (now < held_until_) return held_until_ - now;
  const Nanoseconds capacity = options_.per * options_.burst / options_.count;
  const Nanoseconds price = options_.per * tokens / options_.count;
  const UnixNanos filled = std::max(full_at_, now);
  const UnixNanos allowed_at = filled + std::min(price, capacity) - capacity;
  if (now < allowed_at) return allowed_at - now;
  full_at_ = filled + price;
  return std::nullopt;
}

void RateLimit::hold_until(UnixNanos time) {
  held_until_ = std::max(held_until_, time);
}

}  // namespace daedalus
