#include "daedalus/features/trade_flow_family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace daedalus {

std::vector<FeatureColumn> TradeFlowFamily::columns(const FeatureParameters& parameters) {
  std::vector<FeatureColumn> columns;
  for (const int h : parameters.rolling_windows_s) {
    columns.push_back({.name = fmt::format("tfi_{}s", h),
                       .unit = "1",
                       .formula = "(B - S) / (B + S), taker buy and sell amounts in the window",
                       .null_when = "no trade in the window whose side the venue gave"});
    columns.push_back({.name = fmt::format("trade_vol_{}s", h),
                       .unit = "base",
                       .formula = "sum of the amounts of all trades in the window",
                       .null_when = "the stretch of the trades has no trade yet"});
    columns.push_back({.name = fmt::format("trade_count_{}s", h),
                       .unit = "1",
                       .formula = "trades in the window",
                       .null_when = "the stretch of the trades has no trade yet"});
    columns.push_back({.name = fmt::format("vwap_{}s", h),
                       .unit = "quote",
                       .formula = "sum of costs over sum of amounts in the window",
                       .null_when = "no trade in the window, or one of unknown cost"});
  }
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

void TradeFlowFamily::on_trade(const TradeEvent& trade) {
  has_started_ = true;
  if (!trade.is_book_synced) {
    with_book_.reset();
  } else if (!with_book_) {
    with_book_ = {windows_.entries().end(), windows_.total()};
  }
  windows_.push({WindowTrade::of(trade), trade.effective_spread_bps});
}

void TradeFlowFamily::on_trades_break(UnixNanos) {
  has_started_ = false;
  with_book_.reset();
  windows_.clear();
}

WindowExtent TradeFlowFamily::extent_with_book(size_t window) const {
  const WindowExtent all = windows_.extent(window);
  return {with_book_ ? std::max(all.first, with_book_->number) : all.end, all.end};
}

const TradeFlowFamily::Values& TradeFlowFamily::values_of(size_t window) {
  Values& values = values_[window];
  const WindowExtent all = windows_.extent(window);
  const WindowExtent with_book = extent_with_book(window);
  if (values.of == all && values.of_with_book == with_book) return values;
  const Sums sums = windows_.sums(window);
  const double volume = sums.trades.volume();
  const double cost = sums.trades.cost();
  values = {.of = all,
            .of_with_book = with_book,
            .imbalance = sums.trades.flow_imbalance(),
            .volume = volume,
            .count = static_cast<double>(windows_.count(window)),
            .vwap = cost / volume,
            .vwap_with_book = cost / volume,
            .cost_with_book = cost,
            .spread_bps = sums.spreads_bps.value() / static_cast<double>(sums.spreads)};
  if (with_book != all && with_book_) {
    const Sums later = windows_.total() - with_book_->before;
    values.cost_with_book = later.trades.cost();
    values.vwap_with_book = values.cost_with_book / later.trades.volume();
    values.spread_bps = later.spreads_bps.value() / static_cast<double>(later.spreads);
  }
  return values;
}

void TradeFlowFamily::write(const RowMoment& moment, RowWriter& row) {
  if (!has_started_) return row.nulls(7 * values_.size());
  windows_.move_to(moment.label, moment.is_per_event);
  for (size_t window = 0; window < values_.size(); ++window) {
    const Values& values = values_of(window);
    row.number(values.imbalance);
    row.number(values.volume);
    row.number(values.count);
    row.number(values.vwap);
  }
  const bool has_mid = moment.book.has_mid();
  const double mid = has_mid ? moment.book.mid() : kNull;
  for (size_t window = 0; window < values_.size(); ++window) {
    const Values& values = values_[window];
    if (values.of_with_book.first == values.of_with_book.end) {
      row.nulls(3);
      continue;
    }
    row.number(1e4 * (mid - values.vwap_with_book) / mid);
    row.number(values.spread_bps);
    const bool has_both = has_mid && !is_null(values.cost_with_book);
    row.number(has_both ? std::abs(moment.window_returns[window]) / values.cost_with_book : kNull);
  }
}

void TradeFlowFamily::Entry::save(StateWriter& out) const {
  WindowTrade::save(out);
  out.real(spread_bps);
}

TradeFlowFamily::Entry TradeFlowFamily::Entry::load(StateReader& in) {
  const WindowTrade trade = WindowTrade::load(in);
  return {trade, in.real()};
}

void TradeFlowFamily::Sums::enter(const Entry& entry) {
  trades.enter(entry);
  if (is_null(entry.spread_bps)) return;
  spreads_bps.add(entry.spread_bps);
  ++spreads;
}

void TradeFlowFamily::Sums::save(StateWriter& out) const {
  trades.save(out);
  spreads_bps.save(out);
  out.integer(spreads);
}

TradeFlowFamily::Sums TradeFlowFamily::Sums::load(StateReader& in) {
  Sums loaded;
  loaded.trades = TradeSums::load(in);
  loaded.spreads_bps = ExactSum::load(in);
  loaded.spreads = in.integer();
  return loaded;
}

void TradeFlowFamily::save(StateWriter& out) const {
  windows_.save(out);
  out.boolean(has_started_);
  out.boolean(with_book_.has_value());
  if (!with_book_) return;
  out.integer(with_book_->number);
  with_book_->before.save(out);
}

void TradeFlowFamily::load(StateReader& in) {
  windows_.load(in);
  has_started_ = in.boolean();
  with_book_.reset();
  if (!in.boolean()) return;
  const int64_t number = std::min(in.integer(), windows_.entries().end());
  with_book_ = {number, Sums::load(in)};
}

}  // namespace daedalus
