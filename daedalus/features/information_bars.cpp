#include "daedalus/features/information_bars.hpp"

#include <algorithm>
#include <cmath>

#include "daedalus/features/traded_bar.hpp"

namespace daedalus {
namespace {

ScaledSum exactly(const Decimal& value) {
  return {value.mantissa, value.scale};
}

ScaledSum operator+(ScaledSum a, const ScaledSum& b) {
  a.add(b.value, b.scale);
  return a;
}

bool is_less(const ScaledSum& a, const ScaledSum& b) {
  return (a - b).value < 0;
}

long double wide_double(const ScaledSum& value) {
  return static_cast<long double>(value.value) /
         static_cast<long double>(kPowersOfTen[value.scale]);
}

/// A cost is a double; what a decimal cannot hold is cut after 18 places.
ScaledSum exact_cost(double cost) {
  if (const auto decimal = shortest_decimal(cost)) return exactly(*decimal);
  return {static_cast<Wide>(static_cast<long double>(cost) *
                            static_cast<long double>(kPowersOfTen[18])),
          18};
}

/// That share of `whole`, to 18 decimals.
ScaledSum share(const ScaledSum& whole, long double ratio) {
  const ScaledSum part{
      static_cast<Wide>(std::floor(
          wide_double(whole) * ratio * static_cast<long double>(kPowersOfTen[18]) + 0.5L)),
      kMaxDecimalScale};
  return is_less(whole, part) ? whole : part;
}

/// A value that is a double without rounding: itself, or rounded to 13 digits.
ScaledSum in_few_digits(ScaledSum value) {
  while (value.scale > 0 && value.value % 10 == 0) {
    value.value /= 10;
    --value.scale;
  }
  if (value.value < kPowersOfTen[15]) return value;
  constexpr int kDigits = 13;
  const long double wide = wide_double(value);
  const int above_point = static_cast<int>(std::floor(std::log10(wide))) + 1;
  const int scale = std::clamp(kDigits - above_point, 0, kMaxDecimalScale);
  const long double power = static_cast<long double>(kPowersOfTen[scale]);
  return {static_cast<Wide>(std::floor(wide * power + 0.5L)), scale};
}

long double ratio_of(const ScaledSum& part, const ScaledSum& whole) {
  return wide_double(part) / wide_double(whole);
}

}  // namespace

std::vector<FeatureColumn> InformationBars::columns() {
  std::vector<FeatureColumn> columns = traded_columns();
  columns.push_back(
      {"start_time_ns", "ns", "capture time of the first trade", "", ColumnType::int64});
  columns.push_back({"end_time_ns", "ns", "capture time of the last trade", "", ColumnType::int64});
  columns.push_back({"threshold", "the kind's", "at which a bar closes: base, quote or trades",
                     "Lopez de Prado 2018"});
  columns.push_back({"is_complete", "1", "the bar is closed", "", ColumnType::boolean});
  return columns;
}

/// All that is left of the trade, or what reaches the threshold.
InformationBars::Part InformationBars::fitting(const TradeEvent& trade, const Part& rest) const {
  const ScaledSum threshold = exactly(spec_.threshold);
  const Bar& bar = *bar_;
  ScaledSum room;
  switch (spec_.kind) {
    case InformationBarKind::tick:
      return rest;
    case InformationBarKind::dollar:
      room = threshold - bar.cost;
      if (is_null(trade.cost) || !is_less(room, rest.cost)) return rest;
      return {.amount = share(rest.amount, ratio_of(room, rest.cost)), .cost = room};
    case InformationBarKind::volume:
      room = threshold - bar.volume;
      break;
    case InformationBarKind::imbalance:
      if (!trade.side) return rest;
      room = *trade.side == Side::buy ? threshold - bar.signed_volume()
                                      : threshold + bar.signed_volume();
      break;
  }
  if (!is_less(room, rest.amount)) return rest;
  return {.amount = room, .cost = share(rest.cost, ratio_of(room, rest.amount))};
}

void InformationBars::add(const TradeEvent& trade, const Part& part, bool is_first_part) {
  Bar& bar = *bar_;
  bar.end = trade.time;
  bar.price.add(trade.price);
  bar.volume = bar.volume + part.amount;
  bar.cost = bar.cost + part.cost;
  bar.is_cost_known = bar.is_cost_known && !is_null(trade.cost);
  if (trade.side) {
    ScaledSum& side = *trade.side == Side::buy ? bar.buy_volume : bar.sell_volume;
    side = side + part.amount;
  }
  if (is_first_part && !is_null(trade.log_return)) {
    bar.realized_variance.add(trade.log_return * trade.log_return);
  }
  ++bar.trades;
}

bool InformationBars::is_full() const {
  const ScaledSum threshold = exactly(spec_.threshold);
  switch (spec_.kind) {
    case InformationBarKind::volume:
      return !is_less(bar_->volume, threshold);
    case InformationBarKind::dollar:
      return !is_less(bar_->cost, threshold);
    case InformationBarKind::tick:
      return bar_->trades >= spec_.threshold.mantissa;
    case InformationBarKind::imbalance:
      break;
  }
  const ScaledSum more = bar_->signed_volume();
  return !is_less(more, threshold) || !is_less(ScaledSum{} - more, threshold);
}

double InformationBars::bars_filled_by(const TradeEvent& trade) const {
  const double whole = spec_.kind == InformationBarKind::dollar ? trade.cost : trade.amount;
  return spec_.kind == InformationBarKind::tick ? 1 : whole / to_double(spec_.threshold);
}

Result<void> InformationBars::on_trade(const TradeEvent& trade, const EngineKey& key,
                                       TimeKeys& keys, Table& table) {
  if (trade.cost >= kMostCost) {
    return fail(ErrorKind::malformed,
                "trade costs more than a bar can sum exactly, {}: {} x {} at {}", kMostCost,
                to_text(trade.price), to_text(trade.exact_amount), trade.time.value);
  }
  if (bars_filled_by(trade) > static_cast<double>(kMostBarsOfATrade)) {
    return fail(ErrorKind::malformed,
                "trade would fill more than {} {} bars of {}: {} x {} at {}; a threshold for this "
                "market is far larger",
                kMostBarsOfATrade, information_bar_name(spec_.kind), spec_.threshold_text(),
                to_text(trade.price), to_text(trade.exact_amount), trade.time.value);
  }
  Part rest{.amount = exactly(trade.exact_amount)};
  if (!is_null(trade.cost)) rest.cost = exact_cost(trade.cost);
  bool is_first_part = true;
  while (true) {
    if (!bar_) bar_ = Bar{.start = trade.time};
    const Part part = fitting(trade, rest);
    add(trade, part, is_first_part);
    is_first_part = false;
    rest = {.amount = rest.amount - part.amount, .cost = rest.cost - part.cost};
    if (is_full()) close(key, keys, table);
    if (rest.amount.value == 0 && rest.cost.value == 0) return {};
  }
}

void InformationBars::close(const EngineKey& key, TimeKeys& keys, Table& table) {
  Bar bar = *bar_;
  bar_.reset();
  if (spec_.kind == InformationBarKind::dollar) {
    const ScaledSum due = bar.volume + held_back_volume_;
    bar.volume = in_few_digits(due);
    held_back_volume_ = due - bar.volume;
  }
  write(bar, true, key, keys, table);
}

void InformationBars::write_unfinished(const EngineKey& key, TimeKeys& keys, Table& table) const {
  if (!bar_) return;
  Bar bar = *bar_;
  bar.volume = bar.volume + held_back_volume_;
  write(bar, false, key, keys, table);
}

void InformationBars::write(const Bar& bar, bool is_complete, const EngineKey& key, TimeKeys& keys,
                            Table& table) const {
  RowWriter row(table);
  keys.write_keys(bar.start, key, row);
  TradedBar{.price = bar.price,
            .volume = bar.volume.to_double(),
            .dollar_volume = bar.is_cost_known ? bar.cost.to_double() : kNull,
            .trades = bar.trades,
            .buy_volume = bar.buy_volume.to_double(),
            .sell_volume = bar.sell_volume.to_double(),
            .realized_variance = bar.realized_variance.total()}
      .write(row);
  row.integer(bar.start.value);
  row.integer(bar.end.value);
  row.number(to_double(spec_.threshold));
  row.boolean(is_complete);
}

void InformationBars::save(StateWriter& out) const {
  held_back_volume_.save(out);
  out.boolean(bar_.has_value());
  if (!bar_) return;
  out.integer(bar_->start.value);
  out.integer(bar_->end.value);
  bar_->price.save(out);
  for (const ScaledSum* sum : {&bar_->volume, &bar_->cost, &bar_->buy_volume, &bar_->sell_volume}) {
    sum->save(out);
  }
  out.boolean(bar_->is_cost_known);
  bar_->realized_variance.save(out);
  out.integer(bar_->trades);
}

void InformationBars::load(StateReader& in) {
  held_back_volume_ = ScaledSum::load(in);
  bar_.reset();
  if (!in.boolean()) return;
  Bar bar;
  bar.start.value = in.integer();
  bar.end.value = in.integer();
  bar.price = OpenHighLowClose::load(in);
  for (ScaledSum* sum : {&bar.volume, &bar.cost, &bar.buy_volume, &bar.sell_volume}) {
    *sum = ScaledSum::load(in);
  }
  bar.is_cost_known = in.boolean();
  bar.realized_variance = CompensatedSum::load(in);
  bar.trades = in.integer();
  bar_ = bar;
}

}  // namespace daedalus
