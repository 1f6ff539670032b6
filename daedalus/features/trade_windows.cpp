#include "daedalus/features/trade_windows.hpp"

#include <fmt/format.h>

namespace daedalus {

std::vector<FeatureColumn> TradeWindows::columns(const FeatureParameters& parameters) {
  constexpr std::string_view kUnknownCost = "a trade of unknown cost in the window";
  std::vector<FeatureColumn> columns;
  for (const int h : parameters.rolling_windows_s) {
    const auto add = [&](std::string_view name, FeatureColumn column) {
      column.name = fmt::format("{}_{}s", name, h);
      columns.push_back(std::move(column));
    };
    add("vwap", {.unit = "quote",
                 .formula = "sum of costs over sum of amounts, of this and the trades before it",
                 .null_when = kUnknownCost});
    add("volume", {.unit = "base", .formula = "sum of amounts"});
    add("dollar_volume",
        {.unit = "quote volume", .formula = "sum of costs", .null_when = kUnknownCost});
    add("trade_count", {.unit = "1", .formula = "trades"});
    add("buy_ratio", {.unit = "1",
                      .formula = "B / (B + S), taker buy and sell amounts",
                      .null_when = "no trade in the window whose side the venue gave"});
    add("realized_var",
        {.unit = "1", .formula = "sum of log_return^2", .source = "Andersen, Bollerslev 1998"});
  }
  return columns;
}

void TradeWindows::on_trade(const TradeEvent& trade) {
  windows_.push({WindowTrade::of(trade), is_null(trade.log_return) ? 0 : trade.log_return});
  windows_.move_to(trade.time, true);
}

void TradeWindows::write(RowWriter& row) const {
  if (windows_.entries().empty()) return row.nulls(6 * count_);
  for (size_t window = 0; window < count_; ++window) {
    const Sums sums = windows_.sums(window);
    const double volume = sums.trades.volume();
    const double cost = sums.trades.cost();
    row.number(cost / volume);
    row.number(volume);
    row.number(cost);
    row.number(static_cast<double>(windows_.count(window)));
    row.number(sums.trades.buy_ratio());
    row.number(sums.squared_returns.value());
  }
}

void TradeWindows::Entry::save(StateWriter& out) const {
  WindowTrade::save(out);
  out.real(log_return);
}

TradeWindows::Entry TradeWindows::Entry::load(StateReader& in) {
  const WindowTrade trade = WindowTrade::load(in);
  return {trade, in.real()};
}

void TradeWindows::Sums::enter(const Entry& entry) {
  trades.enter(entry);
  squared_returns.add_square(entry.log_return);
}

void TradeWindows::Sums::save(StateWriter& out) const {
  trades.save(out);
  squared_returns.save(out);
}

TradeWindows::Sums TradeWindows::Sums::load(StateReader& in) {
  Sums loaded;
  loaded.trades = TradeSums::load(in);
  loaded.squared_returns = ExactSum::load(in);
  return loaded;
}

}  // namespace daedalus
