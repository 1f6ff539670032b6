#include "daedalus/features/information_bar_spec.hpp"

#include <fmt/format.h>

namespace daedalus {
namespace {

Decimal without_trailing_zeros(Decimal value) {
  while (value.scale > 0 && value.mantissa % 10 == 0) {
    value.mantissa /= 10;
    --value.scale;
  }
  return value;
}

}  // namespace

std::string_view information_bar_name(InformationBarKind kind) {
  constexpr std::string_view kNames[] = {"volume", "dollar", "tick", "imbalance"};
  return kNames[static_cast<size_t>(kind)];
}

std::string InformationBarSpec::threshold_text() const {
  return to_text(without_trailing_zeros(threshold));
}

Result<InformationBarSpec> information_bar_spec(InformationBarKind kind,
                                                std::string_view threshold) {
  const auto parsed = parse_decimal(threshold);
  if (!parsed || parsed->mantissa <= 0) {
    return fail(
        ErrorKind::config,
        "threshold {}: it must be a number above 0 of at most 15 digits, 12 of them decimals",
        threshold);
  }
  const Decimal value = without_trailing_zeros(*parsed);
  if (value.mantissa >= kPowersOfTen[15] || value.scale > 12) {
    return fail(ErrorKind::config, "threshold {}: at most 15 digits, 12 of them decimals",
                threshold);
  }
  if (kind == InformationBarKind::tick && value.scale > 0) {
    return fail(ErrorKind::config, "threshold {}: tick bars close after a whole number of trades",
                threshold);
  }
  return InformationBarSpec{.kind = kind, .threshold = value};
}

}  // namespace daedalus
