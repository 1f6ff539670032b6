#include "daedalus/features/daily_bucket_volume.hpp"

#include <algorithm>

namespace daedalus {
namespace {

constexpr int64_t kWarmUpNs = 600 * kNanosPerSecond;
/// A day's share that one bucket takes, as time.
constexpr int64_t kBucketNs = kNanosPerDay / 50;

/// traded * kBucketNs / covered_ns, cut to a whole number above 0.
Wide volume_per_bucket(Wide traded, int64_t covered_ns) {
  const Wide whole = traded / covered_ns;
  if (whole >= kMostFine / kBucketNs) return kMostFine;
  const Wide volume = whole * kBucketNs + traded % covered_ns * kBucketNs / covered_ns;
  return std::max<Wide>(volume, 1);
}

UnixNanos next_midnight(UnixNanos time) {
  return floor_to(time, kNanosPerDay) + Nanoseconds(kNanosPerDay);
}

}  // namespace

void DailyBucketVolume::start(UnixNanos time) {
  has_started_ = true;
  warm_at_ = time + Nanoseconds(kWarmUpNs);
  day_end_ = next_midnight(time);
}

void DailyBucketVolume::on_trade(UnixNanos time, Wide amount) {
  if (!has_started_) start(time);
  pass_to(time);
  if (!is_in_stretch_) {
    is_in_stretch_ = true;
    stretch_start_ = time;
  }
  day_volume_ = add_fine(day_volume_, amount);
  if (!is_warm_) warm_volume_ = add_fine(warm_volume_, amount);
}

void DailyBucketVolume::on_break(UnixNanos time) {
  if (!has_started_) return;
  pass_to(time);
  covered_ns_ = covered_until(time);
  is_in_stretch_ = false;
}

void DailyBucketVolume::pass_to(UnixNanos now) {
  // A midnight inside the first 600 s gives the first V.
  if (!is_warm_ && day_end_ < warm_at_ && day_end_ <= now) end_day(std::min(now, warm_at_));
  if (!is_warm_ && warm_at_ <= now) {
    is_warm_ = true;
    if (volume_ == 0) take(warm_volume_, covered_until(warm_at_));
  }
  if (day_end_ <= now) end_day(now);
}

void DailyBucketVolume::end_day(UnixNanos now) {
  take(day_volume_, covered_until(day_end_) - covered_before_day_ns_);
  day_volume_ = 0;
  day_end_ = next_midnight(now);
  covered_before_day_ns_ = covered_until(day_end_ - Nanoseconds(kNanosPerDay));
}

void DailyBucketVolume::take(Wide traded, int64_t covered_ns) {
  if (traded > 0 && covered_ns > 0) volume_ = volume_per_bucket(traded, covered_ns);
}

void DailyBucketVolume::save(StateWriter& out) const {
  out.boolean(has_started_);
  out.boolean(is_warm_);
  out.integer(warm_at_.value);
  out.integer(day_end_.value);
  save_wide(out, warm_volume_);
  save_wide(out, day_volume_);
  save_wide(out, volume_);
  out.boolean(is_in_stretch_);
  out.integer(stretch_start_.value);
  out.integer(covered_ns_);
  out.integer(covered_before_day_ns_);
}

void DailyBucketVolume::load(StateReader& in) {
  has_started_ = in.boolean();
  is_warm_ = in.boolean();
  warm_at_.value = in.integer();
  day_end_.value = in.integer();
  warm_volume_ = load_wide(in);
  day_volume_ = load_wide(in);
  volume_ = load_wide(in);
  is_in_stretch_ = in.boolean();
  stretch_start_.value = in.integer();
  covered_ns_ = in.integer();
  covered_before_day_ns_ = in.integer();
}

}  // namespace daedalus
