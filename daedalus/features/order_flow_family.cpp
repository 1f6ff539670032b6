#include "daedalus/features/order_flow_family.hpp"

#include <fmt/format.h>

namespace daedalus {

std::vector<FeatureColumn> OrderFlowFamily::columns(const FeatureParameters& parameters) {
  constexpr std::string_view kCont = "Cont, Kukanov, Stoikov 2014";
  constexpr std::string_view kXu = "Xu, Gould, Howison 2018";
  std::vector<FeatureColumn> columns = {
      {"ofi", "base", "sum over book events of e_n = dB - dA at the best level", kCont},
      {"ofi_step", "base", "alias of ofi", kCont}};
  for (int i = 0; i < parameters.ofi_levels; ++i) {
    columns.push_back({fmt::format("ofi_L{}", i), "base", "sum of e_n of this rank", kXu});
  }
  columns.push_back({"ofi_multi", "base", "sum_i ofi_L{i}, i < ofi_levels", kXu});
  columns.push_back({"mlofi", "base", "sum_i exp(-alpha i) ofi_L{i}", kXu});
  columns.push_back({"mlofi_step", "base", "alias of mlofi", kXu});
  columns.push_back({"mlofi_decay", "base", "alias of mlofi", kXu});
  columns.push_back({"ofi_depth_norm", "1",
                     "ofi over the mean of (q_0 + s_0) / 2 across the interval's good events",
                     kCont});
  return columns;
}

void OrderFlowFamily::on_book_event(const BookEvent& event) {
  if (!event.has_mid) return;
  best_sizes_.add(static_cast<Wide>(event.bids[0].size) + event.asks[0].size, event.size_scale);
  ++events_;
}

void OrderFlowFamily::write(const RowMoment& moment, const FlowTotals& totals,
                            RowWriter& row) const {
  const size_t levels = totals.by_level.size();
  if (moment.is_first_after_gap) return row.nulls(levels + 7);
  const double best = totals.since(row_start_, 0);
  row.number(best);
  row.number(best);
  Wide multi = 0;
  const Wide factor = kPowersOfTen[totals.size_scale - row_start_.size_scale];
  for (size_t i = 0; i < levels; ++i) {
    row.number(totals.since(row_start_, i));
    multi += totals.by_level[i] - row_start_.by_level[i] * factor;
  }
  row.number(to_double(WideDecimal{multi, totals.size_scale}));
  const double decayed = totals.weighted_since(row_start_, weights_);
  for (int alias = 0; alias < 3; ++alias) row.number(decayed);
  row.number(best / (best_sizes_.to_double() / 2 / static_cast<double>(events_)));
}

void OrderFlowFamily::start_row(const FlowTotals& totals) {
  row_start_ = totals;
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
