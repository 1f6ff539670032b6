#pragma once

#include <cmath>

#include "daedalus/features/exact.hpp"

namespace daedalus {

/// 2 |p - m| / m in bps, the difference exact.
inline double effective_spread_bps(const Decimal& price, const Decimal& twice_mid) {
  const Decimal twice_price{2 * price.mantissa, price.scale};
  return 1e4 * 2 * std::abs(to_double(difference(twice_price, twice_mid))) / to_double(twice_mid);
}

}  // namespace daedalus
