#pragma once

#include <optional>
#include <span>
#include <vector>

#include "daedalus/base/time.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/ring.hpp"

namespace daedalus {

/// The mid over the recent past of one continuous stream, for as-of questions at fixed lags behind
/// moments that never go back. Constant time per event and question (amortised).
class MidHistory {
 public:
  explicit MidHistory(std::span<const int> lags_s);

  /// After an event; absent: the book has no mid.
  void on_book_event(UnixNanos time, const std::optional<Decimal>& twice_mid);
  void clear();

  /// Twice the mid as the events before moment - lag left it, or those up to and with it. Absent if
  /// the stream is younger, or the book had no mid. Lives until the next event.
  const std::optional<Decimal>& as_of(size_t lag, UnixNanos moment, bool is_inclusive);
  /// Which entry the last answer for this lag was; -1: none was old enough.
  int64_t answered(size_t lag) const { return lags_[lag].at; }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  struct Entry {
    UnixNanos time;
    std::optional<Decimal> twice_mid;
  };
  struct Lag {
    int64_t length_ns = 0;
    int64_t at = -1;  ///< The last entry known to lie before the moment; -1: none does.
  };

  Ring<Entry> entries_;  ///< Where the mid changed; the first may be older than the longest lag.
  std::vector<Lag> lags_;
  int64_t longest_ns_ = 0;
};

}  // namespace daedalus
