#include "daedalus/features/trade_bars.hpp"

#include "daedalus/features/traded_bar.hpp"

namespace daedalus {

std::vector<FeatureColumn> TradeBars::columns() {
  std::vector<FeatureColumn> columns = traded_columns();
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

void TradeBars::close(const EngineKey& key, TimeKeys& keys, Table& table, bool is_complete) {
  is_open_ = false;
  RowWriter row(table);
  keys.write_keys(start_, key, row);
  TradedBar{.price = price_,
            .volume = volume_.total(),
            .dollar_volume = dollar_volume_.total(),
            .trades = trades_,
            .buy_volume = buy_volume_.total(),
            .sell_volume = sell_volume_.total(),
            .realized_variance = realized_variance_.total()}
      .write(row);
  row.integer(duration_s_);
  row.boolean(is_complete);
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
