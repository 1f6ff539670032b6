#pragma once

#include <map>
#include <memory>

#include "daedalus/etl/source_run.hpp"

namespace daedalus {

/// An ETL run over all sources. Keep it for a watch: sources stay locked and their engines in
/// memory.
class EtlRun {
 public:
  explicit EtlRun(EtlOptions options) : options_(std::move(options)) {}

  /// One pass over every source that exists now. A source that another process works on, or whose
  /// files cannot be read or written, is told and counted as failed; the others go on.
  struct PassResult {
    EtlSummary summary;
    int64_t failed_sources = 0;
  };
  Result<PassResult> pass();

 private:
  Result<EtlSummary> pass_source(const std::string& source, int64_t limit);

  EtlOptions options_;
  std::map<std::string, std::unique_ptr<SourceRun>> runs_;
};

}  // namespace daedalus
