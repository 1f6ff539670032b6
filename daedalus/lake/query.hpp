#pragma once

#include <string>
#include <vector>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// What to ask DuckDB.
struct QueryRequest {
  std::string setup;             ///< Statements run first: the views.
  std::string sql;               ///< Empty: an interactive shell.
  std::string format = "table";  ///< table, csv, json or parquet.
  std::string output;            ///< A file; empty: stdout. Parquet needs one.
};

/// The DuckDB command line: $DAEDALUS_DUCKDB, beside this program, ../lib/daedalus, the .venv of
/// the source tree it was built from, the PATH. Errors: config, saying how to get it.
Result<std::string> find_duckdb();

/// Runs DuckDB and gives its exit code; its messages go to stderr as they are. An output file is
/// whole or not there. Errors: config (a request that makes no sense), io.
Result<int> run_query(const std::string& duckdb, const QueryRequest& request);

}  // namespace daedalus
