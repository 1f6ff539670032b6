#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "daedalus/bronze/schema.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/features/engine.hpp"
#include "daedalus/lake/query.hpp"
#include "daedalus/lake/views.hpp"

namespace daedalus {
namespace {

struct QueryArguments {
  std::string sql;
  std::string format = "table";
  std::string output;
  bool tables = false;
};

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

LakeColumnSets column_sets(const FeatureParameters& parameters) {
  return {.silver_orderbook = sql_columns(silver_orderbook_schema(parameters)),
          .silver_trades = sql_columns(silver_trades_schema(parameters)),
          .silver_ticker = sql_columns(silver_ticker_schema(parameters)),
          .orderbook_bars = sql_columns(bars_schema(Channel::orderbook)),
          .trades_bars = sql_columns(bars_schema(Channel::trades)),
          .ticker_bars = sql_columns(bars_schema(Channel::ticker)),
          .bronze_orderbook = sql_columns(bronze_schema(BronzeTable::orderbook)),
          .bronze_trades = sql_columns(bronze_schema(BronzeTable::trades)),
          .bronze_ticker = sql_columns(bronze_schema(BronzeTable::ticker)),
          .gaps = sql_columns(bronze_schema(BronzeTable::gaps)),
          .instruments = sql_columns(bronze_schema(BronzeTable::instruments)),
          .other = sql_columns(bronze_schema(BronzeTable::other))};
}

Result<int> query(const QueryArguments& arguments, const GlobalOptions& global) {
  DAEDALUS_TRY(const Config config, load_settings(global));
  DAEDALUS_TRY(const FeatureParameters parameters, feature_parameters(config.features));
  DAEDALUS_TRY(const std::string duckdb, find_duckdb());
  DAEDALUS_TRY(const auto views,
               lake_views(DataRoot{.path = config.data_root}, column_sets(parameters)));
  QueryRequest request{
      .sql = arguments.sql, .format = arguments.format, .output = arguments.output};
  DAEDALUS_TRY(request.setup, create_views_sql(views));
  if (arguments.tables) request.sql = count_views_sql(views);
  return run_query(duckdb, request);
}

}  // namespace

std::function<int()> declare_query(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<QueryArguments>();
  app.add_option(
      "sql", arguments->sql,
      "A statement over silver_orderbook, gold_orderbook_bars, bronze_trades, gaps, ...; "
      "none: an interactive shell with these tables");
  app.add_option("--format", arguments->format, "table, csv, json or parquet")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
      ->capture_default_str();
  app.add_option("--output", arguments->output, "Write to this file");
  app.add_flag("--tables", arguments->tables, "List the tables with their numbers of rows");
  return [arguments, &global] {
    const auto code = query(*arguments, global);
    if (!code) return report_error(code.error());
    return *code == 0 ? int{kExitDone} : int{kExitFailed};
  };
}

}  // namespace daedalus
