#pragma once

#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"
#include "daedalus/market/decimal.hpp"

namespace daedalus {

enum class InformationBarKind { volume, dollar, tick, imbalance };
inline constexpr InformationBarKind kInformationBarKinds[] = {
    InformationBarKind::volume, InformationBarKind::dollar, InformationBarKind::tick,
    InformationBarKind::imbalance};
/// "volume".
std::string_view information_bar_name(InformationBarKind kind);

/// When bars close: at so much volume (base), cost (quote), so many trades, or so much more bought
/// than sold or sold than bought (base).
struct InformationBarSpec {
  InformationBarKind kind = InformationBarKind::volume;
  Decimal threshold;

  /// The threshold in the shortest way: "0.5", "1000".
  std::string threshold_text() const;
  bool operator==(const InformationBarSpec&) const = default;
};

/// Errors: config, for a threshold that is none: above 0, of at most 15 digits and 12 decimals, and
/// a whole number of trades.
Result<InformationBarSpec> information_bar_spec(InformationBarKind kind,
                                                std::string_view threshold);

}  // namespace daedalus
