#pragma once

#include "daedalus/features/book_image.hpp"
#include "daedalus/features/parameters.hpp"

namespace daedalus {

/// The state of a book with a mid as of a whole second: from the events before it.
struct SecondSample {
  Decimal twice_mid;
  Decimal spread;
  double relative_spread = kNull;
  double microprice = kNull;
  double micro_minus_mid = kNull;
  double l1_imbalance = kNull;
  double total_imbalance = kNull;
  double bid_depth = kNull;
  double ask_depth = kNull;
  double smart_depth_imbalance = kNull;
  /// Null where category `advanced` is off, as the rest.
  double bid_slope = kNull;  ///< bid_slope_regression, base/bps.
  double ask_slope = kNull;
  double cog_vs_mid_bps = kNull;
  double depth_5bps = kNull;  ///< Size within 5 bps, both sides, base.
};

SecondSample sample_of(const BookImage& book, const FeatureParameters& parameters);

}  // namespace daedalus
