#include "daedalus/features/trade_intensity_family.hpp"

#include <cmath>
#include <numbers>

namespace daedalus {
namespace {

constexpr double kHalfLifeS = 5;
constexpr double kRate = std::numbers::ln2 / kHalfLifeS;

double decay(UnixNanos from, UnixNanos to) {
  return std::exp2(-static_cast<double>((to - from).count()) / (kHalfLifeS * kNanosPerSecond));
}

}  // namespace

std::vector<FeatureColumn> TradeIntensityFamily::columns(const FeatureParameters&) {
  constexpr std::string_view kSource = "Hawkes 1971";
  constexpr std::string_view kNotStarted = "the stretch of the trades has no trade yet";
  return {{.name = "hawkes_buy",
           .unit = "1/s",
           .formula = "sum of b exp(-b (t - t_i)) over the stretch's taker buys, b = ln 2 / 5 s",
           .source = kSource,
           .null_when = kNotStarted},
          {.name = "hawkes_sell",
           .unit = "1/s",
           .formula = "the same of its taker sells",
           .source = kSource,
           .null_when = kNotStarted}};
}

void TradeIntensityFamily::on_trade(const TradeEvent& trade) {
  const double factor = has_started_ ? decay(last_, trade.time) : 0;
  has_started_ = true;
  last_ = trade.time;
  buys_ *= factor;
  sells_ *= factor;
  if (trade.side) (*trade.side == Side::buy ? buys_ : sells_) += 1;
}

void TradeIntensityFamily::write(const RowMoment& moment, RowWriter& row) const {
  if (!has_started_) return row.nulls(2);
  const double factor = kRate * decay(last_, moment.label);
  row.number(buys_ * factor);
  row.number(sells_ * factor);
}

void TradeIntensityFamily::save(StateWriter& out) const {
  out.boolean(has_started_);
  out.integer(last_.value);
  out.real(buys_);
  out.real(sells_);
}

void TradeIntensityFamily::load(StateReader& in) {
  has_started_ = in.boolean();
  last_.value = in.integer();
  buys_ = in.real();
  sells_ = in.real();
}

}  // namespace daedalus
