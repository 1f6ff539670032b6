#pragma once

#include <vector>

#include "daedalus/features/book_image.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// Prices and sizes by level, best first, and the best prices under their own names.
class LevelsFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "levels",
                                       .category = Category::structural,
                                       .clock = Clock::row,
                                       .cost = "O(L) per row"};

  explicit LevelsFamily(const FeatureParameters& parameters)
      : levels_(static_cast<size_t>(parameters.depth_levels)) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void write(const BookImage& book, RowWriter& row) const;

 private:
  size_t levels_;
};

}  // namespace daedalus
