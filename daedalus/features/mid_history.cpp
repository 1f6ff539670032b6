#include "daedalus/features/mid_history.hpp"

#include <algorithm>

namespace daedalus {

MidHistory::MidHistory(std::span<const int> lags_s) {
  for (const int seconds : lags_s) {
    lags_.push_back({seconds * kNanosPerSecond, -1});
    longest_ns_ = std::max(longest_ns_, lags_.back().length_ns);
  }
}

void MidHistory::on_book_event(UnixNanos time, const std::optional<Decimal>& twice_mid) {
  if (!entries_.empty() && entries_.back().twice_mid == twice_mid) return;
  entries_.push_back({time, twice_mid});
  const UnixNanos oldest{time.value - longest_ns_};
  while (entries_.size() > 1 && entries_[entries_.first() + 1].time < oldest) entries_.pop_front();
}

void MidHistory::clear() {
  entries_.clear();
  for (Lag& lag : lags_) lag.at = -1;
}

const std::optional<Decimal>& MidHistory::as_of(size_t lag, UnixNanos moment, bool is_inclusive) {
  static constexpr std::optional<Decimal> kAbsent;
  Lag& asked = lags_[lag];
  const int64_t edge = moment.value - asked.length_ns + (is_inclusive ? 1 : 0);
  int64_t next = std::max(asked.at + 1, entries_.first());
  while (next < entries_.end() && entries_[next].time.value < edge) asked.at = next++;
  return asked.at < entries_.first() ? kAbsent : entries_[asked.at].twice_mid;
}

void MidHistory::save(StateWriter& out) const {
  out.integer(entries_.first());
  out.integer(entries_.size());
  for (int64_t i = entries_.first(); i < entries_.end(); ++i) {
    out.integer(entries_[i].time.value);
    save_decimal(out, entries_[i].twice_mid);
  }
}

void MidHistory::load(StateReader& in) {
  clear();
  entries_.restart_at(in.integer());
  for (size_t left = in.count(); left > 0; --left) {
    const UnixNanos time{in.integer()};
    entries_.push_back({time, load_decimal(in)});
  }
}

}  // namespace daedalus
