#pragma once

#include <algorithm>
#include <set>
#include <utility>

#include "daedalus/base/serialize.hpp"
#include "daedalus/base/time.hpp"
#include "daedalus/features/input.hpp"

namespace daedalus {

/// Which gaps are open. They may overlap: a channel is whole again when all of its gaps are closed.
class OpenGaps {
 public:
  void on_gap(const GapInput& gap) {
    const std::pair entry{gap.gap_id, channel_key(gap.channel)};
    gap.is_open ? void(open_.insert(entry)) : void(open_.erase(entry));
  }
  bool holds(Channel channel) const {
    return std::any_of(open_.begin(), open_.end(), [&](const auto& entry) {
      return entry.second == kAll || entry.second == channel_key(channel);
    });
  }
  static bool concerns(const GapInput& gap, Channel channel) {
    return !gap.channel || *gap.channel == channel;
  }

  void save(StateWriter& out) const {
    out.integer(open_.size());
    for (const auto& [id, channel] : open_) {
      out.integer(id);
      out.integer(channel);
    }
  }
  void load(StateReader& in) {
    for (size_t left = in.count(); left > 0; --left) {
      const auto id = in.integer();
      open_.insert({id, in.integer<int>()});
    }
  }

 private:
  static constexpr int kAll = -1;
  static int channel_key(const std::optional<Channel>& channel) {
    return channel ? static_cast<int>(*channel) : kAll;
  }

  std::set<std::pair<int64_t, int>> open_;
};

/// The continuous stretches of a book's stream: each begins with an event, and ends with a gap or
/// after too long a silence.
class BookCoverage {
 public:
  explicit BookCoverage(double max_staleness_s)
      : max_silence_ns_(static_cast<int64_t>(max_staleness_s * 1e9)) {}

  /// True if a new stretch begins with this event.
  bool on_event(UnixNanos time) {
    const bool begins = !is_synced_ || is_silent_at(time);
    if (begins) {
      end_stretch(time);
      is_synced_ = true;
      start_ = time;
    }
    last_event_ = time;
    return begins;
  }
  void end_stretch(UnixNanos time) {
    covered_ns_ = covered_until(time);
    is_synced_ = false;
  }

  /// Whether the book stands at a moment that is not before the last event.
  bool is_synced_at(UnixNanos moment) const { return is_synced_ && !is_silent_at(moment); }
  /// Whether a stretch is to end, for by that moment it has been silent too long.
  bool is_ended_by_silence_at(UnixNanos moment) const { return is_synced_ && is_silent_at(moment); }
  UnixNanos start() const { return start_; }
  /// How much of all time until `moment` (not before the last change) lay in stretches.
  int64_t covered_until(UnixNanos moment) const {
    if (!is_synced_) return covered_ns_;
    const int64_t end = std::min(moment.value, last_event_.value + max_silence_ns_);
    return covered_ns_ + std::max<int64_t>(end - start_.value, 0);
  }

  void save(StateWriter& out) const {
    out.boolean(is_synced_);
    out.integer(start_.value);
    out.integer(last_event_.value);
    out.integer(covered_ns_);
  }
  void load(StateReader& in) {
    is_synced_ = in.boolean();
    start_.value = in.integer();
    last_event_.value = in.integer();
    covered_ns_ = in.integer();
  }

 private:
  bool is_silent_at(UnixNanos moment) const {
    return moment.value - last_event_.value > max_silence_ns_;
  }

  int64_t max_silence_ns_;
  bool is_synced_ = false;
  UnixNanos start_;
  UnixNanos last_event_;
  int64_t covered_ns_ = 0;  ///< In stretches that have ended.
};

}  // namespace daedalus
