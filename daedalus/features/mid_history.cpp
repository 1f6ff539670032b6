#include "daedalus/features/mid_history.hpp"

#include <algorithm>

namespace daedalus {

void MidHistory::on_book_event(UnixNanos time, const std::optional<Decimal>& twice_mid) {
  if (!entries_.empty() && entries_.back().twice_mid == twice_mid) return;
  entries_.push_back({time, twice_mid});
  const UnixNanos oldest{time.value - horizon_ns_};
  while (entries_.size() > 1 && entries_[1].time < oldest) entries_.pop_front();
}

std::optional<Decimal> MidHistory::as_of(UnixNanos moment, bool is_inclusive) const {
  const auto after = [&](const Entry& entry) {
    return is_inclusive ? entry.time > moment : entry.time >= moment;
  };
  const auto end = std::find_if_not(entries_.rbegin(), entries_.rend(), after);
  return end == entries_.rend() ? std::nullopt : end->twice_mid;
}

void MidHistory::save(StateWriter& out) const {
  out.integer(entries_.size());
  for (const Entry& entry : entries_) {
    out.integer(entry.time.value);
    save_decimal(out, entry.twice_mid);
  }
}

void MidHistory::load(StateReader& in) {
  entries_.clear();
  for (size_t left = in.count(); left > 0; --left) {
    const UnixNanos time{in.integer()};
    entries_.push_back({time, load_decimal(in)});
  }
}

}  // namespace daedalus
