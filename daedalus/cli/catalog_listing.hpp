#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daedalus/features/catalog.hpp"

namespace daedalus {

/// Which columns of the catalog are asked for; empty: all.
struct CatalogFilter {
  std::string table;  ///< "silver/orderbook"
  std::optional<Category> category;
  std::string word;  ///< In a name, a family, a formula or a source; case does not matter.
};

/// Tables and families without a column that is asked for are left out.
std::vector<FeatureTable> select_columns(const std::vector<FeatureTable>& catalog,
                                         const CatalogFilter& filter);

/// Columns that differ in a number only become one: `rv_{h}s` for the rolling windows,
/// `bid_price_L{0..19}`, `imb_band_{0_5,5_10}bps`.
std::vector<FeatureColumn> folded(const std::vector<FeatureColumn>& columns,
                                  const EngineParameters& parameters);

/// For people; lines of at most `width` characters where words allow it, 0: any.
std::string catalog_text(const std::vector<FeatureTable>& catalog,
                         const EngineParameters& parameters, size_t width);
/// A JSON array with one object a column, one a line.
std::string catalog_json(const std::vector<FeatureTable>& catalog);
/// docs/features.md.
std::string catalog_markdown(const std::vector<FeatureTable>& catalog,
                             const EngineParameters& parameters);

}  // namespace daedalus
