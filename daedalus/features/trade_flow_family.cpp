#include "daedalus/features/trade_flow_family.hpp"

#include <fmt/format.h>

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
  return columns;
}

void TradeFlowFamily::on_trade(const TradeEvent& trade) {
  has_started_ = true;
  windows_.push(WindowTrade::of(trade));
}

void TradeFlowFamily::on_trades_break(UnixNanos) {
  has_started_ = false;
  windows_.clear();
}

const TradeFlowFamily::Values& TradeFlowFamily::values_of(size_t window) {
  Values& values = values_[window];
  if (values.of == windows_.extent(window)) return values;
  const TradeSums sums = windows_.sums(window);
  const double volume = sums.volume();
  values = {.of = windows_.extent(window),
            .imbalance = sums.flow_imbalance(),
            .volume = volume,
            .count = static_cast<double>(windows_.count(window)),
            .vwap = sums.cost() / volume};
  return values;
}

void TradeFlowFamily::write(const RowMoment& moment, RowWriter& row) {
  if (!has_started_) return row.nulls(4 * values_.size());
  windows_.move_to(moment.label, moment.is_per_event);
  for (size_t window = 0; window < values_.size(); ++window) {
    const Values& values = values_of(window);
    row.number(values.imbalance);
    row.number(values.volume);
    row.number(values.count);
    row.number(values.vwap);
  }
}

void TradeFlowFamily::save(StateWriter& out) const {
  windows_.save(out);
  out.boolean(has_started_);
}

void TradeFlowFamily::load(StateReader& in) {
  windows_.load(in);
  has_started_ = in.boolean();
}

}  // namespace daedalus
