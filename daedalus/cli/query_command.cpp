#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/lake_tables.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/lake/query.hpp"

namespace daedalus {
namespace {

struct QueryArguments {
  std::string sql;
  std::string format = "table";
  std::string output;
  bool tables = false;
};

Result<int> query(const QueryArguments& arguments, const GlobalOptions& global) {
  DAEDALUS_TRY(const Config config, load_settings(global));
  DAEDALUS_TRY(const std::string duckdb, find_duckdb());
  DAEDALUS_TRY(const std::vector<LakeView> views, lake_tables(config));
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
