#include "daedalus/features/orderbook_bars.hpp"

#include <cmath>

namespace daedalus {
namespace {

struct SampledColumn {
  const char* name;
  const char* unit;
  const char* formula;
};

/// Over the book at the bar's seconds.
constexpr SampledColumn kSampled[] = {
    {"mean_spread", "quote", "mean of spread over the bar's good samples per second"},
    {"min_spread", "quote", "least spread of these samples"},
    {"max_spread", "quote", "greatest spread of these samples"},
    {"mean_relative_spread", "1", "mean of relative_spread over these samples"},
    {"mean_microprice", "quote", "mean of microprice over these samples"},
    {"mean_micro_minus_mid", "quote", "mean of micro_minus_mid over these samples"},
    {"mean_l1_imbalance", "1", "mean of imbalance_L1 over these samples"},
    {"mean_total_imbalance", "1", "mean of total_imbalance over these samples"},
    {"mean_bid_depth", "base", "mean of total_bid_depth over these samples"},
    {"mean_ask_depth", "base", "mean of total_ask_depth over these samples"},
    {"mean_smart_depth_imbalance", "1", "mean of smart_depth_imbalance over these samples"}};

}  // namespace

OrderbookBars::OrderbookBars(const FeatureParameters& parameters, int duration_s)
    : duration_s_(duration_s),
      has_aliases_(parameters.has_legacy_aliases),
      weights_(decay_weights(parameters.ofi_decay_alpha, parameters.ofi_levels)),
      flow_start_(parameters.ofi_levels) {}

std::vector<FeatureColumn> OrderbookBars::columns() {
  std::vector<FeatureColumn> columns = price_columns(BarPrice::mid);
  for (const auto& [name, unit, formula] : kSampled) {
    columns.push_back({.name = name,
                       .unit = unit,
                       .formula = formula,
                       .null_when = "no good sample at a second s, start < s <= end"});
  }
  columns.push_back({"sum_ofi", "base", "sum of ofi steps", "Cont, Kukanov, Stoikov 2014"});
  columns.push_back({"sum_mlofi", "base", "sum of mlofi steps", "Xu, Gould, Howison 2018"});
  columns.push_back(
      {"realized_variance", "1", "sum of r^2 per event", "Andersen, Bollerslev 1998"});
  columns.push_back({"annualized_vol", "1", "sqrt(realized_variance 365 86400 / d)"});
  columns.push_back({.name = "daily_vol_ann",
                     .unit = "1",
                     .formula = "annualized_vol",
                     .alias_of = "annualized_vol"});
  for (FeatureColumn& column : change_columns()) columns.push_back(std::move(column));
  columns.push_back({"snapshot_count", "1", "book events", "", ColumnType::int64});
  columns.push_back({"gap_seconds", "s", "uncovered time, also before the start"});
  for (FeatureColumn& column : closing_columns()) columns.push_back(std::move(column));
  return columns;
}

void OrderbookBars::before_event(UnixNanos time, const FlowTotals& totals) {
  if (is_open_) return;
  is_open_ = true;
  start_ = bar_start(time, duration_s_);
  book_events_ = 0;
  twice_mid_ = {};
  realized_variance_ = {};
  flow_start_ = totals;
}

void OrderbookBars::on_book_event(const BookEvent& event) {
  ++book_events_;
  if (!event.has_mid) return;
  twice_mid_.add(event.twice_mid());
  if (event.has_step && event.log_return != 0) {
    realized_variance_.add(event.log_return * event.log_return);
  }
}

void OrderbookBars::on_second(UnixNanos second, const SecondSample& sample) {
  const UnixNanos start = bar_start({second.value - 1}, duration_s_);
  if (start != seconds_start_) {
    seconds_ = {};
    seconds_start_ = start;
  }
  seconds_.spread.add(to_double(sample.spread));
  seconds_.relative_spread.add(sample.relative_spread);
  seconds_.microprice.add(sample.microprice);
  seconds_.micro_minus_mid.add(sample.micro_minus_mid);
  seconds_.l1_imbalance.add(sample.l1_imbalance);
  seconds_.total_imbalance.add(sample.total_imbalance);
  seconds_.bid_depth.add(sample.bid_depth);
  seconds_.ask_depth.add(sample.ask_depth);
  seconds_.smart_depth_imbalance.add(sample.smart_depth_imbalance);
  if (!seconds_.min_spread || sample.spread < *seconds_.min_spread) {
    seconds_.min_spread = sample.spread;
  }
  if (!seconds_.max_spread || sample.spread > *seconds_.max_spread) {
    seconds_.max_spread = sample.spread;
  }
}

void OrderbookBars::close(const EngineKey& key, const FlowTotals& totals, int64_t covered_ns,
                          TimeKeys& keys, Table& table, bool is_complete) {
  is_open_ = false;
  if (!twice_mid_.open) return;
  if (seconds_start_ != start_) seconds_ = {};
  RowWriter row(table, has_aliases_);
  keys.write_keys(start_, key, row);
  twice_mid_.write_prices(row, 0.5);
  row.number(seconds_.spread.mean());
  row.number(seconds_.min_spread ? to_double(*seconds_.min_spread) : kNull);
  row.number(seconds_.max_spread ? to_double(*seconds_.max_spread) : kNull);
  row.number(seconds_.relative_spread.mean());
  row.number(seconds_.microprice.mean());
  row.number(seconds_.micro_minus_mid.mean());
  row.number(seconds_.l1_imbalance.mean());
  row.number(seconds_.total_imbalance.mean());
  row.number(seconds_.bid_depth.mean());
  row.number(seconds_.ask_depth.mean());
  row.number(seconds_.smart_depth_imbalance.mean());
  row.number(totals.since(flow_start_, 0));
  row.number(totals.weighted_since(flow_start_, weights_));
  const double variance = realized_variance_.total();
  const double annualized = std::sqrt(variance * 365 * 86'400 / duration_s_);
  row.number(variance);
  row.number(annualized);
  row.alias(annualized);
  twice_mid_.write_changes(row, 0.5);
  row.integer(book_events_);
  row.number(static_cast<double>(duration_s_ * kNanosPerSecond - covered_ns) / 1e9);
  row.integer(duration_s_);
  row.boolean(is_complete);
}

void OrderbookBars::save(StateWriter& out) const {
  out.boolean(is_open_);
  out.integer(start_.value);
  out.integer(book_events_);
  twice_mid_.save(out);
  realized_variance_.save(out);
  flow_start_.save(out);
  out.integer(seconds_start_.value);
  Seconds seconds = seconds_;
  for (const RunningMean* mean : seconds.means()) mean->save(out);
  save_decimal(out, seconds_.min_spread);
  save_decimal(out, seconds_.max_spread);
}

void OrderbookBars::load(StateReader& in) {
  is_open_ = in.boolean();
  start_.value = in.integer();
  book_events_ = in.integer();
  twice_mid_ = OpenHighLowClose::load(in);
  realized_variance_ = CompensatedSum::load(in);
  flow_start_ = FlowTotals::load(in, flow_start_.by_level.size());
  seconds_start_.value = in.integer();
  for (RunningMean* mean : seconds_.means()) *mean = RunningMean::load(in);
  seconds_.min_spread = load_decimal(in);
  seconds_.max_spread = load_decimal(in);
}

}  // namespace daedalus
