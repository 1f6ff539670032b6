#include "daedalus/features/traded_bar.hpp"

namespace daedalus {

std::vector<FeatureColumn> traded_columns() {
  std::vector<FeatureColumn> columns = price_columns(BarPrice::trade);
  columns.push_back({"volume", "base", "sum of amounts"});
  columns.push_back({.name = "dollar_volume",
                     .unit = "quote volume",
                     .formula = "sum of costs",
                     .null_when = "a trade of unknown cost"});
  columns.push_back({"trade_count", "1", "trades", "", ColumnType::int64});
  columns.push_back({"buy_volume", "base", "sum of taker buys"});
  columns.push_back({"sell_volume", "base", "sum of taker sells"});
  columns.push_back({.name = "vwap",
                     .unit = "quote",
                     .formula = "dollar_volume / volume",
                     .null_when = "a trade of unknown cost"});
  columns.push_back(
      {"realized_variance", "1", "sum of r^2 per trade", "Andersen, Bollerslev 1998"});
  for (FeatureColumn& column : change_columns()) columns.push_back(std::move(column));
  columns.push_back({.name = "trade_imbalance",
                     .unit = "1",
                     .formula = "(buy - sell) / (buy + sell) of the volumes",
                     .null_when = "no trade whose side the venue gave"});
  return columns;
}

void TradedBar::write(RowWriter& row) const {
  price.write_prices(row, 1);
  row.number(volume);
  row.number(dollar_volume);
  row.integer(trades);
  row.number(buy_volume);
  row.number(sell_volume);
  row.number(dollar_volume / volume);
  row.number(realized_variance);
  price.write_changes(row, 1);
  row.number((buy_volume - sell_volume) / (buy_volume + sell_volume));
}

}  // namespace daedalus
