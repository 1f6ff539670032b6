#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daedalus/etl/bronze_stream.hpp"
#include "daedalus/etl/part_writer.hpp"

namespace daedalus {

/// A file of bronze and where it is.
struct BronzeFile {
  std::string path;
  std::string channel;
  int64_t rows = 0;
  const Exchange* venue = nullptr;  ///< Of the registry; null: one that this version lacks.
};

/// What came of one symbol's rows of one segment.
struct ReplayOutcome {
  int64_t rows_in = 0;
  int64_t rows_refused = 0;  ///< The engine took them for malformed.
  std::string first_refusal;
  std::optional<Error> damage;  ///< Of the input: nothing of this replay counts.
  std::vector<ManifestOutput> outputs;
};

/// Feeds one symbol's files in (capture_time_ns, recv_seq) order, then the segment's closing time,
/// and writes what the engine gives; `writer` null: a warm-up, rows are dropped. Errors: io of the
/// outputs only.
Result<ReplayOutcome> replay_symbol(const std::vector<BronzeFile>& files, UnixNanos closed,
                                    FeatureEngine& engine, PartWriter* writer);

}  // namespace daedalus
