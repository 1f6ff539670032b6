#include "daedalus/features/exact.hpp"

#include <algorithm>

namespace daedalus {
namespace {

struct Aligned {
  Wide a = 0;
  Wide b = 0;
  int scale = 0;
};

/// Both at the finer scale. Mantissas of int64 always fit.
Aligned align(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale, b.scale);
  return {static_cast<Wide>(a.mantissa) * kPowersOfTen[scale - a.scale],
          static_cast<Wide>(b.mantissa) * kPowersOfTen[scale - b.scale], scale};
}

}  // namespace

double to_double_beyond_53_bits(const WideDecimal& value) {
  return static_cast<double>(static_cast<long double>(value.mantissa) /
                             static_cast<long double>(kPowersOfTen[value.scale]));
}

WideDecimal difference(const Decimal& a, const Decimal& b) {
  const Aligned both = align(a, b);
  return {both.a - both.b, both.scale};
}

WideDecimal sum(const Decimal& a, const Decimal& b) {
  const Aligned both = align(a, b);
  return {both.a + both.b, both.scale};
}

double relative_change(const Decimal& now, const Decimal& before) {
  if (now.mantissa <= 0 || before.mantissa <= 0) return kNull;
  const Aligned both = align(now, before);
  return ratio(both.a - both.b, both.b);
}

double log_return(const Decimal& now, const Decimal& before) {
  return std::log1p(relative_change(now, before));
}

Wide ScaledSum::at_common_scale(Wide mantissa, int at_scale) {
  if (at_scale > scale) {
    value = wrapping_multiply(value, kPowersOfTen[at_scale - scale]);
    scale = at_scale;
  }
  return wrapping_multiply(mantissa, kPowersOfTen[scale - at_scale]);
}

void ScaledSum::save(StateWriter& out) const {
  save_wide(out, value);
  out.integer(scale);
}

ScaledSum ScaledSum::load(StateReader& in) {
  ScaledSum loaded;
  loaded.value = load_wide(in);
  loaded.scale = std::clamp(in.integer<int>(), 0, kMaxDecimalScale);
  return loaded;
}

void save_wide(StateWriter& out, Wide value) {
  out.integer(static_cast<int64_t>(value >> 64));
  out.integer(static_cast<int64_t>(static_cast<uint64_t>(value)));
}

Wide load_wide(StateReader& in) {
  const auto high = static_cast<unsigned __int128>(in.integer<uint64_t>());
  const auto low = in.integer<uint64_t>();
  return static_cast<Wide>((high << 64) | low);
}

void save_decimal(StateWriter& out, const std::optional<Decimal>& value) {
  out.boolean(value.has_value());
  if (!value) return;
  out.integer(value->mantissa);
  out.integer(value->scale);
}

std::optional<Decimal> load_decimal(StateReader& in) {
  if (!in.boolean()) return std::nullopt;
  const auto mantissa = in.integer();
  const int scale = std::clamp(in.integer<int>(), 0, kMaxDecimalScale);
  return Decimal{mantissa, static_cast<int8_t>(scale)};
}

}  // namespace daedalus
