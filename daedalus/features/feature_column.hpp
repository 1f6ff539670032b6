#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daedalus/columnar/table.hpp"
#include "daedalus/features/parameters.hpp"

namespace daedalus {

/// What a family declares of a column: schemas, catalog and documents are made of this.
struct FeatureColumn {
  std::string name;
  std::string_view unit;
  std::string_view formula;
  std::string_view source = "";  ///< Where the definition comes from; empty: ours.
  ColumnType type = ColumnType::float64;
  std::string_view null_when = "";  ///< Beyond the rules of all.
  std::string_view alias_of = "";   ///< The same column under an older name.
};

/// What moves a family.
enum class Clock { row, event, second, trade };
std::string_view clock_name(Clock clock);

/// What a family is, for the catalog.
struct FamilyInfo {
  std::string_view name;
  Category category = Category::quality;
  Clock clock = Clock::row;
  std::string_view cost;  ///< How work and memory grow.
};

/// A family with its columns.
struct FamilyColumns {
  FamilyInfo info;
  std::vector<FeatureColumn> columns;
};

/// Leaves out aliases where the parameters say so.
std::vector<FeatureColumn> present_columns(std::vector<FeatureColumn> columns,
                                           const FeatureParameters& parameters);

}  // namespace daedalus
