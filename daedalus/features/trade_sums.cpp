#include "daedalus/features/trade_sums.hpp"

#include <algorithm>
#include <cmath>

namespace daedalus {
namespace {

ScaledSum both(ScaledSum a, const ScaledSum& b) {
  a.add(b.value, b.scale);
  return a;
}

/// a / b, whatever their scales are.
double ratio_of(ScaledSum a, ScaledSum b) {
  a.add(0, b.scale);
  b.add(0, a.scale);
  return ratio(a.value, b.value);
}

}  // namespace

void WindowTrade::save(StateWriter& out) const {
  out.integer(time.value);
  out.integer(amount.mantissa);
  out.integer(amount.scale);
  out.real(cost);
  out.integer(!side ? 0 : *side == Side::buy ? 1 : -1);
}

WindowTrade WindowTrade::load(StateReader& in) {
  WindowTrade loaded;
  loaded.time.value = in.integer();
  loaded.amount.mantissa = in.integer();
  loaded.amount.scale = static_cast<int8_t>(std::clamp(in.integer<int>(), 0, kMaxDecimalScale));
  loaded.cost = in.real();
  const auto sign = in.integer();
  if (sign != 0) loaded.side = sign > 0 ? Side::buy : Side::sell;
  return loaded;
}

void TradeSums::enter(const WindowTrade& trade) {
  of(trade.side).add(trade.amount.mantissa, trade.amount.scale);
  std::isfinite(trade.cost) ? known_costs.add(trade.cost) : void(++unknown_costs);
}

void TradeSums::leave(const WindowTrade& trade) {
  of(trade.side).add(-static_cast<Wide>(trade.amount.mantissa), trade.amount.scale);
  std::isfinite(trade.cost) ? known_costs.subtract(trade.cost) : void(--unknown_costs);
}

double TradeSums::volume() const {
  return both(both(buys, sells), unsided).to_double();
}

double TradeSums::flow_imbalance() const {
  return ratio_of(buys - sells, both(buys, sells));
}

double TradeSums::buy_ratio() const {
  return ratio_of(buys, both(buys, sells));
}

void TradeSums::save(StateWriter& out) const {
  buys.save(out);
  sells.save(out);
  unsided.save(out);
  known_costs.save(out);
  out.integer(unknown_costs);
}

TradeSums TradeSums::load(StateReader& in) {
  TradeSums loaded;
  loaded.buys = ScaledSum::load(in);
  loaded.sells = ScaledSum::load(in);
  loaded.unsided = ScaledSum::load(in);
  loaded.known_costs = ExactSum::load(in);
  loaded.unknown_costs = in.integer();
  return loaded;
}

}  // namespace daedalus
