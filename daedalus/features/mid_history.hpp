#pragma once

#include <deque>
#include <optional>

#include "daedalus/base/time.hpp"
#include "daedalus/features/exact.hpp"

namespace daedalus {

/// The mid over the recent past of one continuous stream, for as-of questions.
class MidHistory {
 public:
  explicit MidHistory(int64_t horizon_ns) : horizon_ns_(horizon_ns) {}

  /// After an event; absent: the book has no mid.
  void on_book_event(UnixNanos time, const std::optional<Decimal>& twice_mid);
  void clear() { entries_.clear(); }

  /// Twice the mid as the events before `moment` left it, or those up to and with it. Absent if the
  /// stream is younger, or the book had no mid.
  std::optional<Decimal> as_of(UnixNanos moment, bool is_inclusive) const;

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  struct Entry {
    UnixNanos time;
    std::optional<Decimal> twice_mid;
  };

  int64_t horizon_ns_;
  std::deque<Entry> entries_;  ///< Where the mid changed; the first may be older than the horizon.
};

}  // namespace daedalus
