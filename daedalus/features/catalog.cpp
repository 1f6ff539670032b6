#include "daedalus/features/catalog.hpp"

#include "daedalus/features/orderbook_bars.hpp"
#include "daedalus/features/orderbook_rows.hpp"
#include "daedalus/features/ticker_rows.hpp"
#include "daedalus/features/trade_bars.hpp"
#include "daedalus/features/trade_rows.hpp"

namespace daedalus {
namespace {

std::vector<FeatureColumn> bar_columns(Channel channel) {
  std::vector<FeatureColumn> columns = key_columns();
  std::vector<FeatureColumn> own = channel == Channel::orderbook ? OrderbookBars::columns()
                                   : channel == Channel::trades  ? TradeBars::columns()
                                                                 : TickerBars::columns();
  for (FeatureColumn& column : own) columns.push_back(std::move(column));
  return columns;
}

}  // namespace

std::vector<FeatureTable> feature_catalog(const FeatureParameters& parameters) {
  return {{"silver/orderbook", OrderbookRows::columns(parameters)},
          {"silver/trades", TradeRows::columns()},
          {"silver/ticker", TickerRows::columns()},
          {"gold/orderbook_bars", bar_columns(Channel::orderbook)},
          {"gold/trades_bars", bar_columns(Channel::trades)},
          {"gold/ticker_bars", bar_columns(Channel::ticker)}};
}

Schema silver_orderbook_schema(const FeatureParameters& parameters) {
  return schema_of(OrderbookRows::columns(parameters));
}
Schema silver_trades_schema(const FeatureParameters&) {
  return schema_of(TradeRows::columns());
}
Schema silver_ticker_schema(const FeatureParameters&) {
  return schema_of(TickerRows::columns());
}
Schema bars_schema(Channel channel) {
  return schema_of(bar_columns(channel));
}

}  // namespace daedalus
