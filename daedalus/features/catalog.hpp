#pragma once

#include <string_view>
#include <vector>

#include "daedalus/features/engine.hpp"
#include "daedalus/features/feature_column.hpp"

namespace daedalus {

/// All columns of one table as their families declare them, in their order; schemas, documents and
/// `daedalus features` are made of this.
struct FeatureTable {
  std::string_view name;  ///< "silver/orderbook", "gold/trades_bars", ...
  std::vector<FamilyColumns> families;

  std::vector<FeatureColumn> columns() const;
};

std::vector<FeatureTable> feature_catalog(const EngineParameters& parameters);

}  // namespace daedalus
