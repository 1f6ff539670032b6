#include "daedalus/features/ticker_windows.hpp"

#include <fmt/format.h>

namespace daedalus {

std::vector<FeatureColumn> TickerWindows::columns(const FeatureParameters& parameters) {
  constexpr std::string_view kNoMid = "no tick in the window with a mid";
  std::vector<FeatureColumn> columns;
  for (const int h : parameters.rolling_windows_s) {
    const auto add = [&](std::string_view name, FeatureColumn column) {
      column.name = fmt::format("{}_{}s", name, h);
      columns.push_back(std::move(column));
    };
    add("mid_price_mean", {.unit = "quote",
                           .formula = "mean of mid_price, of this and the ticks before it",
                           .null_when = kNoMid});
    add("mid_price_std", {.unit = "quote",
                          .formula = "sample std of mid_price over the ticks",
                          .null_when = "under 2 ticks in the window with a mid"});
    add("spread_mean",
        {.unit = "quote", .formula = "mean of spread over the ticks", .null_when = kNoMid});
    add("vol_imbalance_mean", {.unit = "1",
                               .formula = "mean of volume_imbalance over the ticks",
                               .null_when = "no tick in the window with both volumes"});
  }
  return columns;
}

void TickerWindows::on_tick(const TickEvent& tick) {
  windows_.push({.time = tick.time,
                 .mid = tick.twice_mid ? to_double(*tick.twice_mid) / 2 : kNull,
                 .spread = tick.spread ? to_double(*tick.spread) : kNull,
                 .volume_imbalance = tick.volume_imbalance});
  windows_.move_to(tick.time, true);
}

void TickerWindows::write(RowWriter& row) const {
  for (size_t window = 0; window < count_; ++window) {
    const Sums sums = windows_.sums(window);
    row.number(sums.mid.mean());
    row.number(sums.mid.sample_deviation());
    row.number(sums.spread.mean());
    row.number(sums.volume_imbalance.mean());
  }
}

void TickerWindows::Entry::save(StateWriter& out) const {
  out.integer(time.value);
  out.real(mid);
  out.real(spread);
  out.real(volume_imbalance);
}

TickerWindows::Entry TickerWindows::Entry::load(StateReader& in) {
  Entry loaded;
  loaded.time.value = in.integer();
  loaded.mid = in.real();
  loaded.spread = in.real();
  loaded.volume_imbalance = in.real();
  return loaded;
}

void TickerWindows::Mean::add(double value) {
  if (is_null(value)) return;
  ++count;
  sum.add(value);
}

void TickerWindows::Mean::save(StateWriter& out) const {
  out.integer(count);
  sum.save(out);
}

TickerWindows::Mean TickerWindows::Mean::load(StateReader& in) {
  Mean loaded;
  loaded.count = in.integer();
  loaded.sum = ExactSum::load(in);
  return loaded;
}

void TickerWindows::Sums::enter(const Entry& entry) {
  if (!is_null(entry.mid)) mid.add(entry.mid);
  spread.add(entry.spread);
  volume_imbalance.add(entry.volume_imbalance);
}

void TickerWindows::Sums::save(StateWriter& out) const {
  mid.save(out);
  spread.save(out);
  volume_imbalance.save(out);
}

TickerWindows::Sums TickerWindows::Sums::load(StateReader& in) {
  Sums loaded;
  loaded.mid = Moments::load(in);
  loaded.spread = Mean::load(in);
  loaded.volume_imbalance = Mean::load(in);
  return loaded;
}

}  // namespace daedalus
