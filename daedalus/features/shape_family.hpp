#pragma once

#include <vector>

#include "daedalus/features/book_image.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// OLS slope of a side's cumulative size on distance in bps over its first 10 levels, base per bps.
/// Null under 3 levels, or without a mid.
double depth_slope(const BookImage& book, Side side);

/// How size is spread over levels: slopes, centre of gravity, decay, concentration.
class ShapeFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "shape",
                                       .category = Category::structural,
                                       .clock = Clock::row,
                                       .cost = "O(L) per row"};

  explicit ShapeFamily(const FeatureParameters&) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void write(const BookImage& book, RowWriter& row) const;
};

}  // namespace daedalus
