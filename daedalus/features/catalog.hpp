#pragma once

#include <string_view>
#include <vector>

#include "daedalus/features/engine.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// All columns of one table as their families declare them; schemas and documents are made of this.
struct FeatureTable {
  std::string_view name;  ///< "silver/orderbook", "gold/trades_bars", ...
  std::vector<FeatureColumn> columns;
};

std::vector<FeatureTable> feature_catalog(const FeatureParameters& parameters);

}  // namespace daedalus
