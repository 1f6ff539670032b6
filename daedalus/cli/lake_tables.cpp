#include "daedalus/cli/lake_tables.hpp"

#include "daedalus/bronze/schema.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/features/catalog.hpp"
#include "daedalus/features/time_keys.hpp"

namespace daedalus {
namespace {

const char* sql_type(ColumnType type) {
  switch (type) {
    case ColumnType::int32:
      return "INTEGER";
    case ColumnType::int64:
      return "BIGINT";
    case ColumnType::float64:
      return "DOUBLE";
    case ColumnType::boolean:
      return "BOOLEAN";
    case ColumnType::utf8:
      return "VARCHAR";
    case ColumnType::timestamp_us:
      return "TIMESTAMP WITH TIME ZONE";
    case ColumnType::levels:
      return "STRUCT(price DOUBLE, size DOUBLE)[]";
  }
  return "VARCHAR";
}

LakeColumns sql_columns(const Schema& schema) {
  LakeColumns columns;
  for (const ColumnSpec& spec : schema) columns.emplace_back(spec.name, sql_type(spec.type));
  return columns;
}

LakeColumnSets column_sets(const EngineParameters& parameters) {
  std::vector<std::pair<std::string, LakeColumns>> processed;
  for (const FeatureTable& table : feature_catalog(parameters)) {
    processed.emplace_back(table.name, sql_columns(schema_of(table.columns())));
  }
  return {.processed = std::move(processed),
          .bronze_orderbook = sql_columns(bronze_schema(BronzeTable::orderbook)),
          .bronze_trades = sql_columns(bronze_schema(BronzeTable::trades)),
          .bronze_ticker = sql_columns(bronze_schema(BronzeTable::ticker)),
          .gaps = sql_columns(bronze_schema(BronzeTable::gaps)),
          .instruments = sql_columns(bronze_schema(BronzeTable::instruments)),
          .other = sql_columns(bronze_schema(BronzeTable::other))};
}

}  // namespace

Result<std::vector<LakeView>> lake_tables(const Config& config) {
  DAEDALUS_TRY(const EngineParameters parameters, feature_parameters(config));
  return lake_views(DataRoot{.path = config.data_root}, column_sets(parameters));
}

}  // namespace daedalus
