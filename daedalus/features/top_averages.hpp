#pragma once

#include "daedalus/features/book_image.hpp"

namespace daedalus {

/// The average price of a side's first `count` levels, as its distance from the side's best price:
/// that is how no digit is lost in differences. Quote, signed; null if the side is empty.
inline double vwap_from_best(const BookImage& book, Side side, size_t count) {
  const std::vector<BookLevel>& levels = book.side(side);
  double weighted = 0;
  Wide size = 0;
  for (size_t i = 0; i < levels.size() && i < count; ++i) {
    weighted += static_cast<double>(levels[i].price - levels[0].price) *
                static_cast<double>(levels[i].size);
    size += levels[i].size;
  }
  if (size == 0) return kNull;
  return weighted / nearest_double(size) / static_cast<double>(kPowersOfTen[book.price_scale]);
}

}  // namespace daedalus
