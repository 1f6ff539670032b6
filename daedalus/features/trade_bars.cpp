#include "daedalus/features/trade_bars.hpp"

namespace daedalus {

std::vector<FeatureColumn> TradeBars::columns() {
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
  for (FeatureColumn& column : closing_columns()) columns.push_back(std::move(column));
  return columns;
}

void TradeBars::on_trade(const TradeEvent& trade) {
  if (!is_open_) {
    *this = TradeBars(duration_s_);
    is_open_ = true;
    start_ = bar_start(trade.time, duration_s_);
  }
  price_.add(trade.price);
  volume_.add(trade.amount);
  dollar_volume_.add(trade.cost);
  if (trade.side) (*trade.side == Side::buy ? buy_volume_ : sell_volume_).add(trade.amount);
  if (!is_null(trade.log_return)) realized_variance_.add(trade.log_return * trade.log_return);
  ++trades_;
}

void TradeBars::close(const EngineKey& key, TimeKeys& keys, Table& table) {
  is_open_ = false;
  RowWriter row(table);
  keys.write_keys(start_, key, row);
  price_.write_prices(row, 1);
  row.number(volume_.total());
  row.number(dollar_volume_.total());
  row.integer(trades_);
  row.number(buy_volume_.total());
  row.number(sell_volume_.total());
  row.number(dollar_volume_.total() / volume_.total());
  row.number(realized_variance_.total());
  price_.write_changes(row, 1);
  const double signed_volume = buy_volume_.total() + sell_volume_.total();
  row.number((buy_volume_.total() - sell_volume_.total()) / signed_volume);
  row.integer(duration_s_);
  row.boolean(true);
}

void TradeBars::save(StateWriter& out) const {
  out.boolean(is_open_);
  out.integer(start_.value);
  price_.save(out);
  for (const auto* sum :
       {&volume_, &dollar_volume_, &buy_volume_, &sell_volume_, &realized_variance_}) {
    sum->save(out);
  }
  out.integer(trades_);
}

void TradeBars::load(StateReader& in) {
  is_open_ = in.boolean();
  start_.value = in.integer();
  price_ = OpenHighLowClose::load(in);
  for (auto* sum : {&volume_, &dollar_volume_, &buy_volume_, &sell_volume_, &realized_variance_}) {
    *sum = CompensatedSum::load(in);
  }
  trades_ = in.integer();
}

}  // namespace daedalus
