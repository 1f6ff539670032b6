#include "daedalus/features/traded_cost_family.hpp"

#include <fmt/format.h>

namespace daedalus {

std::vector<FeatureColumn> TradedCostFamily::columns(const FeatureParameters& parameters) {
  std::vector<FeatureColumn> columns;
  for (const int h : parameters.rolling_windows_s) {
    columns.push_back({.name = fmt::format("vwap_dev_bps_{}s", h),
                       .unit = "bps",
                       .formula = "1e4 (m - VWAP) / m of the window's trades while the book stood",
                       .null_when = "no trade in the window, or one of unknown cost"});
    columns.push_back({.name = fmt::format("effective_spread_bps_{}s", h),
                       .unit = "bps",
                       .formula = "mean of 1e4 2 abs(p - m_before) / m_before over the trades",
                       .null_when = "no trade in the window that met a mid"});
    columns.push_back({.name = fmt::format("amihud_{}s", h),
                       .unit = "1/quote volume",
                       .formula = "abs(return_{h}s) / sum of the trades' costs",
                       .source = "Amihud 2002",
                       .null_when = "return_{h}s is, no trade, or one of unknown cost"});
  }
  return columns;
}

void TradedCostFamily::on_trade(const TradeEvent& trade) {
  if (!trade.is_book_synced) return;
  windows_.push({WindowTrade::of(trade), trade.effective_spread_bps});
}

void TradedCostFamily::on_book_break() {
  windows_.clear();
}

void TradedCostFamily::on_trades_break(UnixNanos) {
  windows_.clear();
}

const TradedCostFamily::Values& TradedCostFamily::values_of(size_t window) {
  Values& values = values_[window];
  if (values.of == windows_.extent(window)) return values;
  const Sums sums = windows_.sums(window);
  const double cost = sums.trades.cost();
  values = {.of = windows_.extent(window),
            .vwap = cost / sums.trades.volume(),
            .spread_bps = sums.spreads_bps.value() / static_cast<double>(sums.spreads),
            .cost = cost};
  return values;
}

void TradedCostFamily::write(const RowMoment& moment, RowWriter& row) {
  windows_.move_to(moment.label, moment.is_per_event);
  const bool has_mid = moment.book.has_mid();
  const double mid = has_mid ? moment.book.mid() : kNull;
  for (size_t window = 0; window < values_.size(); ++window) {
    if (windows_.count(window) == 0) {
      row.nulls(3);
      continue;
    }
    const Values& values = values_of(window);
    row.number(1e4 * (mid - values.vwap) / mid);
    row.number(values.spread_bps);
    const bool has_both = has_mid && !is_null(values.cost);
    row.number(has_both ? std::abs(moment.window_returns[window]) / values.cost : kNull);
  }
}

void TradedCostFamily::Entry::save(StateWriter& out) const {
  WindowTrade::save(out);
  out.real(spread_bps);
}

TradedCostFamily::Entry TradedCostFamily::Entry::load(StateReader& in) {
  const WindowTrade trade = WindowTrade::load(in);
  return {trade, in.real()};
}

void TradedCostFamily::Sums::enter(const Entry& entry) {
  trades.enter(entry);
  if (is_null(entry.spread_bps)) return;
  spreads_bps.add(entry.spread_bps);
  ++spreads;
}

void TradedCostFamily::Sums::save(StateWriter& out) const {
  trades.save(out);
  spreads_bps.save(out);
  out.integer(spreads);
}

TradedCostFamily::Sums TradedCostFamily::Sums::load(StateReader& in) {
  Sums loaded;
  loaded.trades = TradeSums::load(in);
  loaded.spreads_bps = ExactSum::load(in);
  loaded.spreads = in.integer();
  return loaded;
}

void TradedCostFamily::save(StateWriter& out) const {
  windows_.save(out);
}

void TradedCostFamily::load(StateReader& in) {
  windows_.load(in);
}

}  // namespace daedalus
