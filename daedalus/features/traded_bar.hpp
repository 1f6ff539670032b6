#pragma once

#include "daedalus/features/bars.hpp"

namespace daedalus {

/// What every bar made of trades says of them, whatever began and ended it.
struct TradedBar {
  const OpenHighLowClose& price;
  double volume = 0;
  double dollar_volume = 0;  ///< Null: a cost is unknown.
  int64_t trades = 0;
  double buy_volume = 0;
  double sell_volume = 0;
  double realized_variance = 0;

  void write(RowWriter& row) const;
};

/// The columns that TradedBar::write fills.
std::vector<FeatureColumn> traded_columns();

}  // namespace daedalus
