#include "daedalus/features/traded_bar.hpp"

namespace daedalus {

std::vector<FeatureColumn> traded_columns() {
  std::vector<FeatureColumn> columns = price_columns("trade price");
  columns.push_back({"volume", "base", "sum of amounts"});
  columns.push_back({"dollar_volume", "quote", "sum of costs; null if one is unknown"});
  columns.push_back({"trade_count", "1", "trades", "", ColumnType::int64});
  columns.push_back({"buy_volume", "base", "sum of taker buys"});
  columns.push_back({"sell_volume", "base", "sum of taker sells"});
  columns.push_back({"vwap", "quote", "dollar_volume / volume"});
  columns.push_back(
      {"realized_variance", "1", "sum of r^2 per trade", "Andersen, Bollerslev 1998"});
  for (FeatureColumn& column : change_columns()) columns.push_back(std::move(column));
  columns.push_back({"trade_imbalance", "1", "(buy - sell) / (buy + sell) of the volumes"});
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
