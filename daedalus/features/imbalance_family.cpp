#include "daedalus/features/imbalance_family.hpp"

#include <fmt/format.h>

namespace daedalus {

std::vector<FeatureColumn> ImbalanceFamily::columns(const FeatureParameters&) {
  std::vector<FeatureColumn> columns;
  for (const int levels : {1, 3, 5, 10}) {
    columns.push_back({fmt::format("imbalance_L{}", levels), "1",
                       "(sum Q - sum S) / (sum Q + sum S) over the first so many levels",
                       "Gould, Bonart 2016"});
  }
  for (int i = 0; i < 10; ++i) {
    columns.push_back({fmt::format("level_imbalance_{}", i), "1",
                       "(q_i - s_i) / (q_i + s_i), one level", "Gould, Bonart 2016"});
  }
  return columns;
}

void ImbalanceFamily::write(const BookImage& book, RowWriter& row) const {
  if (!book.has_mid()) return row.nulls(14);
  Wide bid_depth = 0;
  Wide ask_depth = 0;
  double by_level[10];
  for (size_t i = 0; i < 10; ++i) {
    const int64_t bid = i < book.bids.size() ? book.bids[i].size : 0;
    const int64_t ask = i < book.asks.size() ? book.asks[i].size : 0;
    bid_depth += bid;
    ask_depth += ask;
    by_level[i] = size_imbalance(bid, ask);
    if (i == 0 || i == 2 || i == 4 || i == 9) row.number(imbalance(bid_depth, ask_depth));
  }
  for (const double value : by_level) row.number(value);
}

}  // namespace daedalus
