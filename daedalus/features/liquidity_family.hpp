#pragma once

#include <vector>

#include "daedalus/features/book_image.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// What the spread costs for the size that stands near the mid.
class LiquidityFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "liquidity",
                                       .category = Category::structural,
                                       .clock = Clock::row,
                                       .cost = "O(1) per row"};

  explicit LiquidityFamily(const FeatureParameters&) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void write(const BookImage& book, RowWriter& row) const;
};

}  // namespace daedalus
