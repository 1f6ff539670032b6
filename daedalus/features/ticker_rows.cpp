#include "daedalus/features/ticker_rows.hpp"

#include <cmath>

#include "daedalus/features/received_columns.hpp"

namespace daedalus {
namespace {

/// Places in the bronze order of values.
enum TickerValue : size_t { kBid = 0, kAsk = 1, kBidVolume = 2, kAskVolume = 3 };

/// A decimal of an int64 mantissa; absent beyond that.
std::optional<Decimal> narrow(const WideDecimal& value) {
  const auto mantissa = static_cast<int64_t>(value.mantissa);
  if (mantissa != value.mantissa) return std::nullopt;
  return Decimal{mantissa, static_cast<int8_t>(value.scale)};
}

std::vector<FeatureColumn> own_columns() {
  std::vector<FeatureColumn> columns = key_columns();
  for (const auto& [name, unit] :
       std::initializer_list<std::pair<const char*, const char*>>{{"bid", "quote"},
                                                                  {"ask", "quote"},
                                                                  {"bid_volume", "base"},
                                                                  {"ask_volume", "base"},
                                                                  {"last", "quote"},
                                                                  {"open", "quote"},
                                                                  {"high", "quote"},
                                                                  {"low", "quote"},
                                                                  {"close", "quote"},
                                                                  {"vwap", "quote"},
                                                                  {"base_volume", "base"},
                                                                  {"quote_volume", "quote volume"},
                                                                  {"change", "quote"},
                                                                  {"percentage", "%"}}) {
    columns.push_back({.name = name,
                       .unit = unit,
                       .formula = "as sent",
                       .null_when = "the venue does not send it with its best prices"});
  }
  const std::vector<FeatureColumn> first = {{.name = "timestamp",
                                             .unit = "ms",
                                             .formula = "exchange time",
                                             .type = ColumnType::int64,
                                             .null_when = "the venue sends none"}};
  columns.insert(columns.end(), first.begin(), first.end());
  for (FeatureColumn& column : received_columns("bbo")) columns.push_back(std::move(column));
  const std::vector<FeatureColumn> own = {
      {.name = "mid_price",
       .unit = "quote",
       .formula = "(bid + ask) / 2",
       .null_when = "a side is absent, or bid > ask"},
      {.name = "spread",
       .unit = "quote",
       .formula = "ask - bid",
       .null_when = "a side is absent, or bid > ask"},
      {.name = "relative_spread",
       .unit = "1",
       .formula = "spread / mid_price",
       .null_when = "a side is absent, or bid > ask"},
      {.name = "volume_imbalance",
       .unit = "1",
       .formula = "(bid_volume - ask_volume) / (bid_volume + ask_volume)",
       .null_when = "a side or a volume is absent, or bid > ask"}};
  columns.insert(columns.end(), own.begin(), own.end());
  for (FeatureColumn& column : calendar_columns()) columns.push_back(std::move(column));
  return columns;
}

}  // namespace

TickEvent read_tick(const TickerInput& input) {
  TickEvent tick{.time = input.capture_time, .twice_mid = {}, .spread = {}};
  const auto bid = shortest_decimal(input.values[kBid]);
  const auto ask = shortest_decimal(input.values[kAsk]);
  if (!bid || !ask || bid->mantissa <= 0 || ask->mantissa <= 0 || *bid > *ask) return tick;
  tick.twice_mid = narrow(sum(*bid, *ask));
  tick.spread = narrow(difference(*ask, *bid));
  if (!tick.twice_mid || !tick.spread) return tick;
  tick.relative_spread = 2 * to_double(*tick.spread) / to_double(*tick.twice_mid);
  const auto bid_volume = shortest_decimal(input.values[kBidVolume]);
  const auto ask_volume = shortest_decimal(input.values[kAskVolume]);
  if (bid_volume && ask_volume) {
    tick.volume_imbalance = ratio(difference(*bid_volume, *ask_volume).mantissa,
                                  sum(*bid_volume, *ask_volume).mantissa);
  }
  return tick;
}

TickerRows::TickerRows(const FeatureParameters& parameters)
    : block_(silver_ticker_schema(parameters).size()) {
  if (parameters.has(Category::rolling)) windows_.emplace(parameters);
}

std::vector<FamilyColumns> TickerRows::catalog(const FeatureParameters& parameters) {
  std::vector<FamilyColumns> all = {
      {{"ticker", Category::quality, Clock::event, "O(1) per tick"}, own_columns()}};
  if (parameters.has(Category::rolling)) {
    all.push_back({TickerWindows::kInfo, TickerWindows::columns(parameters)});
  }
  return all;
}

void TickerRows::on_tick(const TickEvent& tick) {
  if (windows_) windows_->on_tick(tick);
}

void TickerRows::on_break() {
  if (windows_) windows_->on_break();
}

void TickerRows::write(const TickerInput& input, const TickEvent& tick, const EngineKey& key,
                       TimeKeys& keys, Table& table) {
  RowWriter row(table, block_);
  keys.write_keys(input.capture_time, key, row);
  for (const double value : input.values) row.number(value);
  row.integer(input.timestamp_ms);
  write_received(input, key.source, "bbo", row);
  row.number(tick.twice_mid ? to_double(*tick.twice_mid) / 2 : kNull);
  row.number(tick.spread ? to_double(*tick.spread) : kNull);
  row.number(tick.relative_spread);
  row.number(tick.volume_imbalance);
  keys.write_calendar(input.capture_time, row);
  if (windows_) windows_->write(row);
}

void TickerRows::save(StateWriter& out) const {
  if (windows_) windows_->save(out);
}

void TickerRows::load(StateReader& in) {
  if (windows_) windows_->load(in);
}

std::vector<FeatureColumn> TickerBars::columns() {
  std::vector<FeatureColumn> columns = price_columns(BarPrice::tick);
  columns.push_back({"tick_count", "1", "ticks", "", ColumnType::int64});
  columns.push_back({"mean_spread", "quote", "over ticks"});
  columns.push_back({"min_spread", "quote", "over ticks"});
  columns.push_back({"max_spread", "quote", "over ticks"});
  columns.push_back({"mean_relative_spread", "1", "over ticks"});
  for (FeatureColumn& column : change_columns()) columns.push_back(std::move(column));
  for (FeatureColumn& column : closing_columns()) columns.push_back(std::move(column));
  return columns;
}

void TickerBars::on_tick(const TickEvent& tick) {
  if (!is_open_) {
    *this = TickerBars(duration_s_);
    is_open_ = true;
    start_ = bar_start(tick.time, duration_s_);
  }
  ++ticks_;
  if (!tick.twice_mid || !tick.spread) return;
  twice_mid_.add(*tick.twice_mid);
  spread_.add(to_double(*tick.spread));
  relative_spread_.add(tick.relative_spread);
  if (!min_spread_ || *tick.spread < *min_spread_) min_spread_ = tick.spread;
  if (!max_spread_ || *tick.spread > *max_spread_) max_spread_ = tick.spread;
}

void TickerBars::close(const EngineKey& key, TimeKeys& keys, Table& table, bool is_complete) {
  is_open_ = false;
  if (!twice_mid_.open) return;
  RowWriter row(table);
  keys.write_keys(start_, key, row);
  twice_mid_.write_prices(row, 0.5);
  row.integer(ticks_);
  row.number(spread_.mean());
  row.number(to_double(*min_spread_));
  row.number(to_double(*max_spread_));
  row.number(relative_spread_.mean());
  twice_mid_.write_changes(row, 0.5);
  row.integer(duration_s_);
  row.boolean(is_complete);
}

void TickerBars::save(StateWriter& out) const {
  out.boolean(is_open_);
  out.integer(start_.value);
  out.integer(ticks_);
  twice_mid_.save(out);
  spread_.save(out);
  relative_spread_.save(out);
  save_decimal(out, min_spread_);
  save_decimal(out, max_spread_);
}

void TickerBars::load(StateReader& in) {
  is_open_ = in.boolean();
  start_.value = in.integer();
  ticks_ = in.integer();
  twice_mid_ = OpenHighLowClose::load(in);
  spread_ = RunningMean::load(in);
  relative_spread_ = RunningMean::load(in);
  min_spread_ = load_decimal(in);
  max_spread_ = load_decimal(in);
  if (!min_spread_ || !max_spread_) twice_mid_ = {};
}

}  // namespace daedalus
