#include "daedalus/capture/pacing.hpp"

#include <algorithm>

namespace daedalus {
namespace {

constexpr Nanoseconds kMinute = std::chrono::seconds(60);

}  // namespace

EvenPacer::EvenPacer(double per_second) {
  if (per_second > 0) spacing_ = Nanoseconds(static_cast<int64_t>(1e9 / per_second));
}

void EvenPacer::take(Nanoseconds now) {
  next_ = std::max(now, next_) + spacing_;
}

void EvenPacer::hold_until(Nanoseconds until) {
  next_ = std::max(next_, until);
}

void WeightWindow::forget_before(Nanoseconds now) {
  while (!taken_.empty() && taken_.front().first + kMinute <= now) {
    used_ -= taken_.front().second;
    taken_.pop_front();
  }
}

Nanoseconds WeightWindow::next_allowed(int weight, Nanoseconds now) {
  if (per_minute_ <= 0) return now;
  forget_before(now);
  const int64_t wanted = std::min(weight, per_minute_);
  int64_t free = per_minute_ - used_;
  Nanoseconds at = now;
  for (const auto& [time, taken] : taken_) {
    if (free >= wanted) break;
    free += taken;
    at = time + kMinute;
  }
  return at;
}

void WeightWindow::take(int weight, Nanoseconds now) {
  if (per_minute_ <= 0) return;
  taken_.emplace_back(now, weight);
  used_ += weight;
}

}  // namespace daedalus
