#include "daedalus/features/order_flow_family.hpp"

#include <fmt/format.h>

namespace daedalus {

std::vector<FeatureColumn> OrderFlowFamily::columns(const FeatureParameters& parameters) {
  constexpr std::string_view kCont = "Cont, Kukanov, Stoikov 2014";
  constexpr std::string_view kXu = "Xu, Gould, Howison 2018";
  std::vector<FeatureColumn> columns = {
      {.name = "ofi",
       .unit = "base",
       .formula = "sum over book events of e_n = dB - dA at the best level",
       .source = kCont,
       .null_when = "first row after a discontinuity"},
      {.name = "ofi_step", .unit = "base", .formula = "ofi", .source = kCont, .alias_of = "ofi"}};
  for (int i = 0; i < parameters.ofi_levels; ++i) {
    columns.push_back({.name = fmt::format("ofi_L{}", i),
                       .unit = "base",
                       .formula = "sum of e_n of this rank",
                       .source = kXu,
                       .null_when = "first row after a discontinuity"});
  }
  columns.push_back({.name = "ofi_multi",
                     .unit = "base",
                     .formula = "sum_i ofi_L{i}, i < ofi_levels",
                     .source = kXu,
                     .null_when = "first row after a discontinuity"});
  columns.push_back({.name = "mlofi",
                     .unit = "base",
                     .formula = "sum_i exp(-alpha i) ofi_L{i}",
                     .source = kXu,
                     .null_when = "first row after a discontinuity"});
  columns.push_back({.name = "mlofi_step",
                     .unit = "base",
                     .formula = "mlofi",
                     .source = kXu,
                     .alias_of = "mlofi"});
  columns.push_back({.name = "mlofi_decay",
                     .unit = "base",
                     .formula = "mlofi",
                     .source = kXu,
                     .alias_of = "mlofi"});
  columns.push_back(
      {.name = "ofi_depth_norm",
       .unit = "1",
       .formula = "ofi over the mean of (q_0 + s_0) / 2 across the interval's good events",
       .source = kCont,
       .null_when = "first row after a discontinuity; no event with a mid in the interval"});
  return columns;
}

void OrderFlowFamily::on_book_event(const BookEvent& event) {
  if (!event.has_mid) return;
  best_sizes_.add(static_cast<Wide>(event.bids[0].size) + event.asks[0].size, event.size_scale);
  ++events_;
}

void OrderFlowFamily::write(const RowMoment& moment, RowWriter& row) const {
  const FlowTotals& totals = moment.flow;
  if (moment.is_first_after_gap) return write_nulls(row);
  const double best = totals.since(row_start_, 0);
  row.number(best);
  row.alias(best);
  Wide multi = 0;
  double decayed = 0;
  for (size_t i = 0; i < totals.by_level.size(); ++i) {
    const Wide gained = totals.gained_since(row_start_, i);
    const double flow = to_double(WideDecimal{gained, totals.size_scale});
    row.number(flow);
    multi += gained;
    decayed += weights_[i] * flow;
  }
  row.number(to_double(WideDecimal{multi, totals.size_scale}));
  row.number(decayed);
  row.alias(decayed);
  row.alias(decayed);
  row.number(best / (best_sizes_.to_double() / 2 / static_cast<double>(events_)));
}

void OrderFlowFamily::write_nulls(RowWriter& row) const {
  row.number(kNull);
  row.alias(kNull);
  row.nulls(row_start_.by_level.size() + 2);
  row.alias(kNull);
  row.alias(kNull);
  row.number(kNull);
}

void OrderFlowFamily::start_row(const RowMoment& moment) {
  row_start_ = moment.flow;
  best_sizes_ = {};
  events_ = 0;
}

void OrderFlowFamily::save(StateWriter& out) const {
  row_start_.save(out);
  best_sizes_.save(out);
  out.integer(events_);
}

void OrderFlowFamily::load(StateReader& in) {
  row_start_ = FlowTotals::load(in, row_start_.by_level.size());
  best_sizes_ = ScaledSum::load(in);
  events_ = in.integer();
}

}  // namespace daedalus
