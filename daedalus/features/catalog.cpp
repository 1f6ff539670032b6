#include "daedalus/features/catalog.hpp"

#include "daedalus/features/information_bars.hpp"
#include "daedalus/features/orderbook_bars.hpp"
#include "daedalus/features/orderbook_rows.hpp"
#include "daedalus/features/ticker_rows.hpp"
#include "daedalus/features/trade_bars.hpp"
#include "daedalus/features/trade_rows.hpp"

namespace daedalus {
namespace {

FamilyColumns keys() {
  return {{"keys", Category::quality, Clock::row, "O(1) per row"}, key_columns()};
}

FeatureTable bar_table(Channel channel, const FeatureParameters& parameters) {
  const auto table = [&](std::string_view name, Clock clock, std::vector<FeatureColumn> columns) {
    return FeatureTable{name,
                        {keys(),
                         {{"bars", Category::quality, clock, "O(1) per event and duration"},
                          present_columns(std::move(columns), parameters)}}};
  };
  switch (channel) {
    case Channel::orderbook:
      return table("gold/orderbook_bars", Clock::event, OrderbookBars::columns());
    case Channel::trades:
      return table("gold/trades_bars", Clock::trade, TradeBars::columns());
    default:
      return table("gold/ticker_bars", Clock::event, TickerBars::columns());
  }
}

FeatureTable information_bar_table(std::string_view name) {
  return {name,
          {keys(),
           {{"information_bars", Category::quality, Clock::trade, "O(1) per trade and bar filled"},
            InformationBars::columns()}}};
}

FeatureTable orderbook_table(const FeatureParameters& parameters) {
  return {"silver/orderbook", OrderbookRows::catalog(parameters)};
}
FeatureTable trades_table(const FeatureParameters& parameters) {
  return {"silver/trades", TradeRows::catalog(parameters)};
}
FeatureTable ticker_table(const FeatureParameters& parameters) {
  return {"silver/ticker", TickerRows::catalog(parameters)};
}

}  // namespace

std::string_view clock_name(Clock clock) {
  constexpr std::string_view kNames[] = {"row", "event", "second", "trade"};
  return kNames[static_cast<size_t>(clock)];
}

std::vector<FeatureColumn> present_columns(std::vector<FeatureColumn> columns,
                                           const FeatureParameters& parameters) {
  if (!parameters.has_legacy_aliases) {
    std::erase_if(columns, [](const FeatureColumn& column) { return !column.alias_of.empty(); });
  }
  return columns;
}

std::vector<FeatureColumn> FeatureTable::columns() const {
  std::vector<FeatureColumn> all;
  for (const FamilyColumns& family : families) {
    all.insert(all.end(), family.columns.begin(), family.columns.end());
  }
  return all;
}

std::vector<FeatureTable> feature_catalog(const EngineParameters& parameters) {
  return {orderbook_table(parameters.orderbook),
          trades_table(parameters.trades),
          ticker_table(parameters.ticker),
          bar_table(Channel::orderbook, parameters.orderbook),
          bar_table(Channel::trades, parameters.trades),
          bar_table(Channel::ticker, parameters.ticker),
          information_bar_table("gold/volume_bars"),
          information_bar_table("gold/dollar_bars"),
          information_bar_table("gold/tick_bars"),
          information_bar_table("gold/imbalance_bars")};
}

Schema silver_orderbook_schema(const FeatureParameters& parameters) {
  return schema_of(orderbook_table(parameters).columns());
}
Schema silver_trades_schema(const FeatureParameters& parameters) {
  return schema_of(trades_table(parameters).columns());
}
Schema silver_ticker_schema(const FeatureParameters& parameters) {
  return schema_of(ticker_table(parameters).columns());
}
Schema bars_schema(Channel channel, const FeatureParameters& parameters) {
  return schema_of(bar_table(channel, parameters).columns());
}
Schema information_bars_schema() {
  return schema_of(information_bar_table("").columns());
}

}  // namespace daedalus
