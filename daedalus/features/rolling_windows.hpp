#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "daedalus/base/serialize.hpp"
#include "daedalus/base/time.hpp"
#include "daedalus/features/ring.hpp"

namespace daedalus {

/// Which entries lie in a window, by their numbers: what was made of them holds for as long.
struct WindowExtent {
  int64_t first = -1;
  int64_t end = -1;

  bool operator==(const WindowExtent&) const = default;
};

/// Sums over several windows of one stretch's entries: each entry is added when it comes and taken
/// away when it leaves a window, so `Sums` must be exact (integers, ScaledSum, ExactSum) for what
/// is left to be what a fresh sum would give. Memory: the entries of the longest window.
///
/// `Entry` has `UnixNanos time`, `save(StateWriter&)`, `static Entry load(StateReader&)`.
/// `Sums` has `enter(const Entry&)`, `leave(const Entry&)`, `save`, `static Sums load`; and, where
/// neighbours matter, `enter_pair(before, entry)`, `leave_pair(before, entry)` for entries that
/// follow each other and both lie in the window.
template <class Entry, class Sums>
class RollingWindows {
 public:
  explicit RollingWindows(std::span<const int> windows_s) {
    for (const int seconds : windows_s) windows_.push_back({seconds * kNanosPerSecond, 0, {}});
  }

  /// In order of time.
  void push(const Entry& entry) {
    for (Window& window : windows_) {
      window.sums.enter(entry);
      if constexpr (kHasPairs) {
        if (window.first < entries_.end()) window.sums.enter_pair(entries_.back(), entry);
      }
    }
    entries_.push_back(entry);
    // Between rows that lie far apart, too, memory is that of the longest window.
    if (entries_.end() % kPushesBetweenMoves == 0) move_to(entry.time, false);
  }

  /// Windows end at `moment`, each of length h: on the grid they keep moment - h <= time; per event
  /// (and of samples on the second clock) moment - h < time.
  void move_to(UnixNanos moment, bool is_after_start) {
    int64_t oldest = entries_.end();
    for (Window& window : windows_) {
      const int64_t start = moment.value - window.length_ns + (is_after_start ? 1 : 0);
      while (window.first < entries_.end() && entries_[window.first].time.value < start) {
        leave(window);
      }
      oldest = std::min(oldest, window.first);
    }
    entries_.drop_before(oldest);
  }

  void clear() {
    entries_.clear();
    for (Window& window : windows_) {
      window.first = entries_.end();
      window.sums = {};
    }
  }

  const Sums& sums(size_t window) const { return windows_[window].sums; }
  int64_t count(size_t window) const { return entries_.end() - windows_[window].first; }
  /// Numbers of the entries in a window: [first_of(window), entries().end()).
  int64_t first_of(size_t window) const { return windows_[window].first; }
  WindowExtent extent(size_t window) const { return {windows_[window].first, entries_.end()}; }
  const Ring<Entry>& entries() const { return entries_; }

  void save(StateWriter& out) const {
    out.integer(entries_.first());
    out.integer(entries_.size());
    for (int64_t i = entries_.first(); i < entries_.end(); ++i) entries_[i].save(out);
    for (const Window& window : windows_) {
      out.integer(window.first);
      window.sums.save(out);
    }
  }
  void load(StateReader& in) {
    const int64_t first = in.integer();
    const size_t count = in.count();
    entries_.restart_at(first, count);
    for (size_t left = count; left > 0; --left) entries_.push_back(Entry::load(in));
    for (Window& window : windows_) {
      window.first = std::clamp(in.integer(), entries_.first(), entries_.end());
      window.sums = Sums::load(in);
    }
  }

 private:
  static constexpr int64_t kPushesBetweenMoves = 1024;
  static constexpr bool kHasPairs =
      requires(Sums sums, const Entry& entry) { sums.enter_pair(entry, entry); };

  struct Window {
    int64_t length_ns = 0;
    int64_t first = 0;
    Sums sums;
  };

  void leave(Window& window) {
    const Entry& entry = entries_[window.first++];
    if constexpr (kHasPairs) {
      if (window.first < entries_.end()) window.sums.leave_pair(entry, entries_[window.first]);
    }
    window.sums.leave(entry);
  }

  Ring<Entry> entries_;
  std::vector<Window> windows_;
};

}  // namespace daedalus
