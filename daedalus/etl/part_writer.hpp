#pragma once

#include <map>
#include <string>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/columnar/parquet.hpp"
#include "daedalus/etl/manifest.hpp"
#include "daedalus/etl/state_store.hpp"
#include "daedalus/features/engine.hpp"

namespace daedalus {

/// Where one segment's outputs are written.
struct PartTarget {
  DataRoot root;
  std::string source;
  std::string segment;
  std::string staging;               ///< Below the root; empty: where the ETL stages.
  bool is_bars_only = false;         ///< Rows of silver are dropped.
  bool has_unfinished_bars = false;  ///< The bars that the segment leaves open are written too.
};

/// Writes one symbol's rows into staged part files, one a partition of each table.
class PartWriter {
 public:
  /// `number` tells the staged files of a segment's symbols apart.
  PartWriter(PartTarget target, SymbolKey symbol, int number);

  /// Writes the tables of so many rows as row groups and clears them. Errors: io.
  Result<void> write(EngineTables& tables, size_t at_least = 1);
  bool wants_unfinished_bars() const { return target_.has_unfinished_bars; }
  /// Closes the files; the commit fsyncs them. Errors: io.
  Result<std::vector<ManifestOutput>> finish();

 private:
  struct OpenPart {
    std::string staged;
    ParquetWriter writer;
  };

  Result<void> write_table(const std::string& layer, Table& table, int64_t partition_ns);
  Result<void> write_rows(const std::string& path, const Table& rows);

  PartTarget target_;
  SymbolKey symbol_;
  int number_;
  int next_file_ = 0;
  std::map<std::string, OpenPart> parts_;  ///< By final path below the data root.
};

}  // namespace daedalus
