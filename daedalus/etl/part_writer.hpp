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
};

/// Writes one symbol's rows into staged part files, one a partition of each table.
class PartWriter {
 public:
  PartWriter(PartTarget target, SymbolKey symbol, int first_number);

  /// Writes all rows as row groups and clears the tables. Errors: io.
  Result<void> write(EngineTables& tables);
  /// Closes the files; the commit fsyncs them. Errors: io.
  Result<std::vector<ManifestOutput>> finish();

 private:
  struct OpenPart {
    std::string staged;
    ParquetWriter writer;
  };

  Result<void> write_table(const std::string& layer, Table& table, bool by_hour);
  Result<void> write_rows(const std::string& path, const Table& rows);

  PartTarget target_;
  SymbolKey symbol_;
  int next_number_;
  std::map<std::string, OpenPart> parts_;  ///< By final path below the data root.
};

}  // namespace daedalus
