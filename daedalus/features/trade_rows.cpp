#include "daedalus/features/trade_rows.hpp"

#include "daedalus/features/received_columns.hpp"

namespace daedalus {
namespace {

double signed_amount(const TradeEvent& trade) {
  if (!trade.side) return kNull;
  return *trade.side == Side::buy ? trade.amount : -trade.amount;
}

std::vector<FeatureColumn> own_columns() {
  std::vector<FeatureColumn> columns = key_columns();
  const std::vector<FeatureColumn> first = {
      {.name = "trade_id",
       .unit = "name",
       .formula = "the venue's",
       .type = ColumnType::utf8,
       .null_when = "the venue sends none"},
      {.name = "timestamp",
       .unit = "ms",
       .formula = "exchange time",
       .type = ColumnType::int64,
       .null_when = "the venue sends none"},
      {.name = "side",
       .unit = "name",
       .formula = "the taker's: buy, sell",
       .type = ColumnType::utf8,
       .null_when = "the venue tells no side"},
      {"price", "quote", "as sent"},
      {"amount", "base", "as sent, in the venue's unit"},
      {.name = "cost",
       .unit = "quote volume",
       .formula = "price x amount, of contracts their worth in quote",
       .null_when = "contracts of unknown size"}};
  columns.insert(columns.end(), first.begin(), first.end());
  for (FeatureColumn& column : received_columns("live")) columns.push_back(std::move(column));
  const std::vector<FeatureColumn> own = {
      {"aggregate", "1", "several fills in one", "", ColumnType::boolean},
      {"taker_side_source", "name", "venue, maker_inverted, none", "", ColumnType::utf8},
      {.name = "is_buy",
       .unit = "1",
       .formula = "the taker bought",
       .type = ColumnType::boolean,
       .null_when = "side is"},
      {.name = "dollar_volume", .unit = "quote volume", .formula = "cost", .null_when = "cost is"},
      {.name = "signed_volume",
       .unit = "base",
       .formula = "amount, negative for sells",
       .null_when = "side is"},
      {.name = "tick_sign",
       .unit = "1",
       .formula = "sign of the price change, zero tick inherits",
       .source = "Lee, Ready 1991",
       .type = ColumnType::int32,
       .null_when = "no price change yet in this stretch"},
      {.name = "log_return",
       .unit = "1",
       .formula = "ln(price / price of the previous trade)",
       .null_when = "first trade of a stretch; inside a gap"},
      {.name = "mid_before",
       .unit = "quote",
       .formula = "mid before the trade",
       .null_when = "the book is unsynced or has no mid"},
      {.name = "effective_spread_bps",
       .unit = "bps",
       .formula = "1e4 2 abs(p - mid_before) / mid_before",
       .null_when = "mid_before is"}};
  columns.insert(columns.end(), own.begin(), own.end());
  for (FeatureColumn& column : calendar_columns()) columns.push_back(std::move(column));
  return columns;
}

}  // namespace

TradeRows::TradeRows(const FeatureParameters& parameters)
    : block_(silver_trades_schema(parameters).size()) {
  if (parameters.has(Category::rolling)) windows_.emplace(parameters);
}

std::vector<FamilyColumns> TradeRows::catalog(const FeatureParameters& parameters) {
  std::vector<FamilyColumns> all = {
      {{"trades", Category::quality, Clock::trade, "O(1) per trade"}, own_columns()}};
  if (parameters.has(Category::rolling)) {
    all.push_back({TradeWindows::kInfo, TradeWindows::columns(parameters)});
  }
  return all;
}

bool TradeRows::counts(const TradeInput& trade) {
  has_single_trades_ |= !trade.is_aggregate;
  return trade.is_live && (!trade.is_aggregate || !has_single_trades_);
}

Result<TradeEvent> TradeRows::read(const TradeInput& trade) const {
  const auto price = shortest_decimal(trade.price);
  const auto amount = shortest_decimal(trade.amount);
  if (!price || price->mantissa <= 0 || !amount || amount->mantissa <= 0) {
    return fail(ErrorKind::malformed, "trade has no price or amount: {} x {} at {}, recv_seq {}",
                trade.price, trade.amount, trade.capture_time.value, trade.recv_seq);
  }
  return TradeEvent{.time = trade.capture_time,
                    .price = *price,
                    .exact_amount = *amount,
                    .amount = trade.amount,
                    .cost = trade.cost.value_or(kNull),
                    .side = trade.side,
                    .tick_sign = std::nullopt,
                    .twice_mid_before = std::nullopt};
}

void TradeRows::on_trade(TradeEvent& trade, bool is_in_gap) {
  if (is_in_gap) return;
  if (previous_price_) {
    trade.log_return = log_return(trade.price, *previous_price_);
    if (trade.price != *previous_price_) tick_sign_ = trade.price > *previous_price_ ? 1 : -1;
  }
  previous_price_ = trade.price;
  trade.tick_sign = tick_sign_;
  if (windows_) windows_->on_trade(trade);
}

void TradeRows::on_break() {
  previous_price_.reset();
  tick_sign_.reset();
  if (windows_) windows_->on_break();
}

void TradeRows::write(const TradeInput& input, const TradeEvent& trade, const EngineKey& key,
                      TimeKeys& keys, Table& table) {
  const std::optional<Decimal>& twice_mid_before = trade.twice_mid_before;
  RowWriter row(table, block_);
  keys.write_keys(input.capture_time, key, row);
  row.text_or_null(input.trade_id);
  row.integer(input.timestamp_ms);
  row.text_or_null(input.side ? side_name(*input.side) : std::string_view());
  row.number(input.price);
  row.number(input.amount);
  row.number(trade.cost);
  write_received(input, key.source, "live", row);
  row.boolean(input.is_aggregate);
  row.text_or_null(input.taker_side_source);
  input.side ? row.boolean(*input.side == Side::buy) : row.null();
  row.number(trade.cost);
  row.number(signed_amount(trade));
  row.integer(tick_sign_);
  row.number(trade.log_return);
  row.number(twice_mid_before ? to_double(*twice_mid_before) / 2 : kNull);
  row.number(trade.effective_spread_bps);
  keys.write_calendar(input.capture_time, row);
  if (windows_) windows_->write(row);
}

void TradeRows::save(StateWriter& out) const {
  out.boolean(has_single_trades_);
  save_decimal(out, previous_price_);
  out.optional_integer(tick_sign_);
  if (windows_) windows_->save(out);
}

void TradeRows::load(StateReader& in) {
  has_single_trades_ = in.boolean();
  previous_price_ = load_decimal(in);
  tick_sign_ = in.optional_integer();
  if (windows_) windows_->load(in);
}

}  // namespace daedalus
