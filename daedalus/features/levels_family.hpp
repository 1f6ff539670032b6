#pragma once

#include <array>
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
      : levels_(static_cast<size_t>(parameters.depth_levels)),
        written_{Written(levels_), Written(levels_)} {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void write(const BookImage& book, RowWriter& row);

 private:
  /// What the last row held of a side: few levels change from row to row.
  struct Written {
    explicit Written(size_t most) : levels(most), prices(most, kNull), sizes(most, 0.0) {}

    std::vector<BookLevel> levels;  ///< Price 0: there is none.
    size_t count = 0;               ///< How many there are.
    std::vector<double> prices, sizes;
  };
  void refresh(const std::vector<BookLevel>& levels, const BookImage& book, Written& written) const;

  size_t levels_;
  int price_scale_ = 0;
  int size_scale_ = 0;
  std::array<Written, 2> written_;  ///< Bids, asks.
};

}  // namespace daedalus
