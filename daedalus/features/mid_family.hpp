#pragma once

#include <vector>

#include "daedalus/features/book_image.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// Mid, spread and the size-weighted mids.
class MidFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "mid", .category = Category::structural, .clock = Clock::row, .cost = "O(1) per row"};

  explicit MidFamily(const FeatureParameters&) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void write(const BookImage& book, RowWriter& row) const;
};

}  // namespace daedalus
