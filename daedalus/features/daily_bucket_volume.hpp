#pragma once

#include <optional>

#include "daedalus/base/time.hpp"
#include "daedalus/features/volume_buckets.hpp"

namespace daedalus {

/// V of VPIN's buckets where no config gives one: a UTC day's volume / 50, scaled by the share of
/// the day that the trades' stretches covered. A stream's first V comes of the 600 s from its first
/// trade, before which there are no buckets. In fine units, cut to whole ones.
class DailyBucketVolume {
 public:
  /// Every trade that feeds, with or without side, in order of time.
  void on_trade(UnixNanos time, Wide amount);
  void on_break(UnixNanos time);

  /// Of buckets that begin now; absent while there are none.
  std::optional<Wide> volume() const {
    return is_warm_ && volume_ > 0 ? std::optional(volume_) : std::nullopt;
  }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  void start(UnixNanos time);
  /// Ends what has ended by `now`: the first 600 s, the day.
  void pass_to(UnixNanos now);
  void end_day(UnixNanos now);
  /// How much of all time until a moment, not before the last trade or break, was covered.
  int64_t covered_until(UnixNanos moment) const {
    return covered_ns_ + (is_in_stretch_ ? moment.value - stretch_start_.value : 0);
  }
  /// Takes a V from the volume of so much covered time, if there was any.
  void take(Wide traded, int64_t covered_ns);

  bool has_started_ = false;
  bool is_warm_ = false;
  UnixNanos warm_at_;  ///< The end of the first 600 s.
  UnixNanos day_end_;
  Wide warm_volume_ = 0;
  Wide day_volume_ = 0;
  Wide volume_ = 0;  ///< 0: none yet.

  bool is_in_stretch_ = false;
  UnixNanos stretch_start_;
  int64_t covered_ns_ = 0;  ///< In stretches that have ended.
  int64_t covered_before_day_ns_ = 0;
};

}  // namespace daedalus
