#include "daedalus/features/level_churn_family.hpp"

#include <fmt/format.h>

namespace daedalus {

void LevelChurnFamily::Entry::save(StateWriter& out) const {
  out.integer(time.value);
  for (const uint64_t size : {step.bid_added, step.bid_removed, step.ask_added, step.ask_removed}) {
    out.integer(size);
  }
  out.integer(size_scale);
}

LevelChurnFamily::Entry LevelChurnFamily::Entry::load(StateReader& in) {
  Entry loaded;
  loaded.time.value = in.integer();
  for (uint64_t* size : {&loaded.step.bid_added, &loaded.step.bid_removed, &loaded.step.ask_added,
                         &loaded.step.ask_removed}) {
    *size = in.integer<uint64_t>();
  }
  loaded.size_scale = std::clamp(in.integer<int>(), 0, kMaxDecimalScale);
  return loaded;
}

void LevelChurnFamily::Sums::enter(const Entry& entry) {
  raise_scale(entry.size_scale);
  const Wide factor = kPowersOfTen[size_scale - entry.size_scale];
  const uint64_t sizes[] = {entry.step.bid_added, entry.step.bid_removed, entry.step.ask_added,
                            entry.step.ask_removed};
  for (size_t i = 0; i < totals.size(); ++i) {
    totals[i] = wrapping_add(totals[i], factor * sizes[i]);
  }
}

LevelChurnFamily::Sums LevelChurnFamily::Sums::operator-(const Sums& other) const {
  Sums difference = other;
  difference.raise_scale(size_scale);
  for (size_t i = 0; i < totals.size(); ++i) {
    difference.totals[i] = wrapping_subtract(totals[i], difference.totals[i]);
  }
  return difference;
}

void LevelChurnFamily::Sums::raise_scale(int scale) {
  if (scale <= size_scale) return;
  for (Wide& total : totals) total = wrapping_multiply(total, kPowersOfTen[scale - size_scale]);
  size_scale = scale;
}

void LevelChurnFamily::Sums::save(StateWriter& out) const {
  for (const Wide total : totals) save_wide(out, total);
  out.integer(size_scale);
}

LevelChurnFamily::Sums LevelChurnFamily::Sums::load(StateReader& in) {
  Sums loaded;
  for (Wide& total : loaded.totals) total = load_wide(in);
  loaded.size_scale = std::clamp(in.integer<int>(), 0, kMaxDecimalScale);
  return loaded;
}

std::vector<FeatureColumn> LevelChurnFamily::columns(const FeatureParameters& parameters) {
  std::vector<FeatureColumn> columns;
  for (const int h : parameters.rolling_windows_s) {
    for (const std::string_view side : {"bid", "ask"}) {
      columns.push_back({fmt::format("{}_added_{}s", side, h), "base",
                         "sum over the window of size gained at prices whose rank is then under "
                         "10"});
      columns.push_back({fmt::format("{}_removed_{}s", side, h), "base",
                         "sum over the window of size lost at prices whose rank was under 10"});
    }
  }
  return columns;
}

void LevelChurnFamily::write(const RowMoment& moment, RowWriter& row) {
  windows_.move_to(moment.label, moment.is_per_event);
  for (size_t i = 0; i < written_.size(); ++i) {
    Written& written = written_[i];
    if (written.of != windows_.extent(i)) {
      const Sums sums = windows_.sums(i);
      written.of = windows_.extent(i);
      for (size_t k = 0; k < sums.totals.size(); ++k) {
        written.values[k] = to_double(WideDecimal{sums.totals[k], sums.size_scale});
      }
    }
    for (const double value : written.values) row.number(value);
  }
}

}  // namespace daedalus
