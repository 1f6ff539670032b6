#pragma once

#include <algorithm>
#include <vector>

#include "daedalus/book/order_book.hpp"
#include "daedalus/features/depth_profile.hpp"
#include "daedalus/features/exact.hpp"

namespace daedalus {

/// A book at a moment, as families of structural columns read it: best levels in exact units.
struct BookImage {
  BookState state = BookState::unsynced;
  int price_scale = 0;
  int size_scale = 0;
  std::vector<BookLevel> bids;  ///< From the best on, at least max(depth_levels, 10) if there are.
  std::vector<BookLevel> asks;
  size_t depth_levels = 0;                ///< Of the parameters: "over L levels".
  const DepthProfile* profile = nullptr;  ///< Null unless `has_mid`.
  double center_of_gravity_bps = kNull;   ///< Where a category needs it; null without a mid.
  int64_t version = 0;                    ///< As long as it stays, so does all that is above.

  /// Only `ok` and `locked` books have a mid.
  bool has_mid() const { return state == BookState::ok || state == BookState::locked; }
  int64_t twice_mid() const { return bids[0].price + asks[0].price; }
  Decimal exact_twice_mid() const { return {twice_mid(), static_cast<int8_t>(price_scale)}; }
  int64_t spread() const { return asks[0].price - bids[0].price; }
  double mid() const { return to_double(twice_mid(), price_scale) / 2; }
  const std::vector<BookLevel>& side(Side which) const { return which == Side::buy ? bids : asks; }
  /// Size of the first `count` levels, or of as many as there are.
  Wide depth(Side which, size_t count) const {
    Wide total = 0;
    const std::vector<BookLevel>& levels = side(which);
    const size_t known = std::min(levels.size(), count);
    for (size_t i = 0; i < known; ++i) total += levels[i].size;
    return total;
  }
  double size_double(Wide size) const { return to_double(WideDecimal{size, size_scale}); }
};

}  // namespace daedalus
