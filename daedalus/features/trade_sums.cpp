#include "daedalus/features/trade_sums.hpp"

#include <algorithm>

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

/// Sums are quicker where amounts come with equally many decimals.
Decimal at_usual_scale(const Decimal& amount) {
  constexpr int kUsual = 8;
  constexpr int64_t kMost = kPowersOfTen[18 - kUsual];
  if (amount.scale >= kUsual || amount.mantissa >= kMost) return amount;
  return {amount.mantissa * kPowersOfTen[kUsual - amount.scale], kUsual};
}

constexpr int8_t kBuy = 0, kSell = 1, kUnsided = 2;

}  // namespace

WindowTrade WindowTrade::of(const TradeEvent& trade) {
  const Decimal amount = at_usual_scale(trade.exact_amount);
  return {.time = trade.time,
          .mantissa = amount.mantissa,
          .cost = trade.cost,
          .scale = amount.scale,
          .place = !trade.side                ? kUnsided
                   : *trade.side == Side::buy ? kBuy
                                              : kSell};
}

void WindowTrade::save(StateWriter& out) const {
  out.integer(time.value);
  out.integer(mantissa);
  out.real(cost);
  out.integer(scale * 4 + place);
}

WindowTrade WindowTrade::load(StateReader& in) {
  WindowTrade loaded;
  loaded.time.value = in.integer();
  loaded.mantissa = in.integer();
  loaded.cost = in.real();
  const int packed = std::clamp(in.integer<int>(), 0, kMaxDecimalScale * 4 + kUnsided);
  loaded.scale = static_cast<int8_t>(packed / 4);
  loaded.place = static_cast<int8_t>(std::min<int>(packed % 4, kUnsided));
  return loaded;
}

double TradeSums::volume() const {
  return both(both(amounts[kBuy], amounts[kSell]), amounts[kUnsided]).to_double();
}

double TradeSums::flow_imbalance() const {
  return ratio_of(amounts[kBuy] - amounts[kSell], both(amounts[kBuy], amounts[kSell]));
}

double TradeSums::buy_ratio() const {
  return ratio_of(amounts[kBuy], both(amounts[kBuy], amounts[kSell]));
}

void TradeSums::save(StateWriter& out) const {
  for (const ScaledSum& sum : amounts) sum.save(out);
  known_costs.save(out);
  out.integer(unknown_costs);
}

TradeSums TradeSums::load(StateReader& in) {
  TradeSums loaded;
  for (ScaledSum& sum : loaded.amounts) sum = ScaledSum::load(in);
  loaded.known_costs = ExactSum::load(in);
  loaded.unknown_costs = in.integer();
  return loaded;
}

}  // namespace daedalus
