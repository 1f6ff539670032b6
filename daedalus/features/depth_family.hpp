#pragma once

#include <vector>

#include "daedalus/features/book_image.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// How much stands on each side: over levels, by true distance, and weighted by distance.
class DepthFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "depth",
      .category = Category::structural,
      .clock = Clock::row,
      .cost = "O(L) per row; the levels nearer than 20 half lives where the mid moved"};

  explicit DepthFamily(const FeatureParameters& parameters)
      : parameters_(parameters),
        bid_bands_(parameters.bands_bps.size()),
        ask_bands_(parameters.bands_bps.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void write(const BookImage& book, RowWriter& row);

 private:
  void write_bands(const BookImage& book, RowWriter& row);

  FeatureParameters parameters_;
  std::vector<Wide> bid_bands_, ask_bands_;  ///< Of the row: sizes by band.
};

}  // namespace daedalus
