#pragma once

#include <vector>

#include "daedalus/features/book_image.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// Which side is heavier near the top. Source: Gould, Bonart 2016.
class ImbalanceFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "imbalance",
                                       .category = Category::structural,
                                       .clock = Clock::row,
                                       .cost = "O(1) per row"};

  explicit ImbalanceFamily(const FeatureParameters&) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void write(const BookImage& book, RowWriter& row) const;
};

}  // namespace daedalus
