#pragma once

#include <optional>

#include "daedalus/base/time.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/input.hpp"

namespace daedalus {

/// The best prices of one tick. Absent where the book's rules say null: a side that is not there,
/// or a crossed one.
struct TickEvent {
  UnixNanos time;
  std::optional<Decimal> twice_mid;
  std::optional<Decimal> spread;
  double relative_spread = kNull;
  double volume_imbalance = kNull;
};

TickEvent read_tick(const TickerInput& input);

}  // namespace daedalus
