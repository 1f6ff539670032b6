#include "daedalus/features/trade_sums.hpp"

#include <algorithm>

namespace daedalus {
namespace {

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

void TradeSums::raise_scale(int32_t to) {
  for (Wide& amount : amounts) amount = wrapping_multiply(amount, kPowersOfTen[to - scale]);
  scale = to;
}

double TradeSums::volume() const {
  return to_double(WideDecimal{amounts[kBuy] + amounts[kSell] + amounts[kUnsided], scale});
}

double TradeSums::flow_imbalance() const {
  return imbalance(amounts[kBuy], amounts[kSell]);
}

double TradeSums::buy_ratio() const {
  return ratio(amounts[kBuy], amounts[kBuy] + amounts[kSell]);
}

void TradeSums::save(StateWriter& out) const {
  for (const Wide amount : amounts) save_wide(out, amount);
  known_costs.save(out);
  out.integer(unknown_costs);
  out.integer(scale);
}

TradeSums TradeSums::load(StateReader& in) {
  TradeSums loaded;
  for (Wide& amount : loaded.amounts) amount = load_wide(in);
  loaded.known_costs = ExactSum::load(in);
  loaded.unknown_costs = in.integer<uint32_t>();
  loaded.scale = std::clamp(in.integer<int32_t>(), 0, kMaxDecimalScale);
  return loaded;
}

}  // namespace daedalus
