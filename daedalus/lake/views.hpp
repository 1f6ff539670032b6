#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/storage/data_root.hpp"

namespace daedalus {

/// A column's name and its DuckDB type.
using LakeColumns = std::vector<std::pair<std::string, std::string>>;

/// A table of the lake as a query sees it.
struct LakeView {
  std::string name;
  /// Parquet files, in the order they are looked up: ready before archive, so that a file that
  /// moves meanwhile is never passed over.
  std::vector<std::string> globs;
  LakeColumns columns;  ///< What an empty table has.
  /// Its files may differ in their columns: those of older parameters lie beside those of newer.
  bool may_differ = false;
};

/// The columns of tables that this module does not know.
struct LakeColumnSets {
  /// Of silver and gold, by folder: "silver/orderbook", "gold/trades_bars".
  std::vector<std::pair<std::string, LakeColumns>> processed;
  LakeColumns bronze_orderbook, bronze_trades, bronze_ticker;
  LakeColumns gaps, instruments, other;
};

/// All tables: silver, gold, bronze with a `bronze_<channel>` for each further channel that is
/// there. Errors: io.
Result<std::vector<LakeView>> lake_views(const DataRoot& root, const LakeColumnSets& columns);

/// The statements that make the views in DuckDB, `gaps` (open and close joined to one row a gap)
/// among them. A table without files is there, empty. Errors: io.
Result<std::string> create_views_sql(const std::vector<LakeView>& views);

/// One row a view with its row count.
std::string count_views_sql(const std::vector<LakeView>& views);

}  // namespace daedalus
