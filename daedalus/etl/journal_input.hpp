#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/bronze/seal.hpp"
#include "daedalus/etl/engine_set.hpp"
#include "daedalus/etl/manifest.hpp"

namespace daedalus {

/// How journals of an exchange are sealed, by source and exchange. Errors: config.
using SealOptionsOf =
    std::function<Result<SealOptions>(const std::string& source, const std::string& exchange)>;

/// Bronze of segments that were published as journals (`raw_format: ndjson`): sealed as they are
/// read, into a data root of their own, `state/etl_bronze/<source>`, which also keeps the states
/// from one segment to the next. One segment's files at a time.
class JournalInput {
 public:
  /// `folder`: where that root lies, below the published one.
  JournalInput(const DataRoot& root, std::string source, SealOptionsOf options,
               const std::string& folder = "state/etl_bronze");

  /// What sealing says for people; empty: nothing.
  struct Sealed {
    SegmentRecord record;
    std::string warning;
  };
  /// `journal` is the segment's file. Errors: malformed, io, config.
  Result<Sealed> seal(const SegmentRecord& published, const std::string& journal,
                      int64_t state_retention_hours);
  std::string file_path(const SegmentFile& file) const;
  /// The sealed segment's gaps, staged: they are published, for no bronze stays that holds them.
  Result<std::vector<ManifestOutput>> stage_gaps(const SegmentRecord& sealed,
                                                 const SymbolFilter& filter) const;

 private:
  Result<void> provide(const SegmentRecord& published, const std::string& journal) const;

  DataRoot published_;
  DataRoot own_;
  std::string source_;
  SealOptionsOf options_;
  std::optional<Sealer> sealer_;
};

/// The name of a segment's journal where it is published.
std::string journal_file_name(const std::string& segment);

}  // namespace daedalus
