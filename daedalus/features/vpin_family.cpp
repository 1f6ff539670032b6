#include "daedalus/features/vpin_family.hpp"

#include <cmath>

namespace daedalus {
namespace {

std::optional<Wide> fixed_volume(const FeatureParameters& parameters) {
  if (!parameters.vpin_bucket_size) return std::nullopt;
  const double size = *parameters.vpin_bucket_size;
  if (const auto exact = shortest_decimal(size)) return fine_amount(*exact);
  return static_cast<Wide>(std::ceil(size * 1e18));  // More digits than amounts can have.
}

/// The venue's, else that of the tick rule; absent before the first price change of a stretch.
std::optional<Side> taker_side(const TradeEvent& trade) {
  if (trade.side || !trade.tick_sign) return trade.side;
  return *trade.tick_sign > 0 ? Side::buy : Side::sell;
}

}  // namespace

VpinFamily::VpinFamily(const FeatureParameters& parameters)
    : is_enabled_(parameters.enable_vpin),
      fixed_volume_(fixed_volume(parameters)),
      buckets_(parameters.vpin_window_buckets) {}

std::vector<FeatureColumn> VpinFamily::columns(const FeatureParameters&) {
  constexpr std::string_view kSource = "Easley, López de Prado, O'Hara 2012";
  return {{.name = "vpin",
           .unit = "1",
           .formula = "mean of abs(B - S) / V over the last vpin_window_buckets full buckets",
           .source = kSource,
           .null_when = "before the first full bucket; enable_vpin: false"},
          {.name = "order_flow_toxicity",
           .unit = "1",
           .formula = "vpin",
           .source = kSource,
           .alias_of = "vpin"}};
}

void VpinFamily::on_trade(const TradeEvent& trade) {
  if (!is_enabled_) return;
  const Wide amount = fine_amount(trade.exact_amount);
  if (!fixed_volume_) daily_.on_trade(trade.time, amount);
  const auto volume = fixed_volume_ ? fixed_volume_ : daily_.volume();
  const auto side = taker_side(trade);
  if (volume && side) buckets_.fill(amount, *side, *volume);
}

void VpinFamily::on_trades_break(UnixNanos time) {
  daily_.on_break(time);
  buckets_.clear();
}

void VpinFamily::write(const RowMoment&, RowWriter& row) const {
  row.number(buckets_.mean());
  row.alias(buckets_.mean());
}

void VpinFamily::save(StateWriter& out) const {
  daily_.save(out);
  buckets_.save(out);
}

void VpinFamily::load(StateReader& in) {
  daily_.load(in);
  buckets_.load(in);
}

}  // namespace daedalus
