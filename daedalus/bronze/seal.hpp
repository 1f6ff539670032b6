#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/bronze/row_tables.hpp"
#include "daedalus/bronze/seal_states.hpp"
#include "daedalus/bronze/segment_record.hpp"
#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/storage/data_root.hpp"

namespace daedalus {

struct SealOptions {
  DataRoot root;
  std::string source;
  const Exchange* exchange = nullptr;
  InterpreterOptions interpreter = {};
  std::string raw_format = "parquet";  ///< Or ndjson: the journal itself is published.
  bool book_images = false;            ///< `orderbook_mode: snapshot`.
  int64_t max_orderbook_depth = 0;
  std::optional<int64_t> journal_retention_s = 86'400;  ///< 0: delete; absent: keep for ever.
  int64_t seal_memory_mb = 256;
};

/// What sealing a segment gave, beside its record.
struct SealedSegment {
  SegmentRecord record;
  std::string warning;           ///< For people; empty: none.
  std::string first_unparsable;  ///< Why a frame could not be read; empty: all could.
};

/// The one way from journal to bronze: a fold over a source's segments. Pure: the same journals
/// (and memory bound) give the same bytes. One at a time per source.
///
/// A segment's files are published first, then the state behind it, its record last; then the
/// journal is released. Sealing again after a crash at any moment gives the same.
class Sealer {
 public:
  explicit Sealer(SealOptions options) : options_(std::move(options)) {}

  /// Seals `raw/active/<source>/<segment>.ndjson.zst`, which nobody writes any more. A torn tail is
  /// cut off first. Errors: io; malformed if the file is damaged before its end.
  Result<SealedSegment> seal(const std::string& segment);

  /// Seals a kept journal once more, into the place where the record is now; the journal stays.
  /// Errors: unavailable, if the record is being processed or gone, or the state before it is.
  Result<SealedSegment> seal_again(const std::string& segment);

  /// Ends what a crash between a record and its journal's release left: moves the journal of a
  /// sealed segment away (or deletes it), and old ones after it.
  Result<void> release(const SegmentRecord& record);

 private:
  /// Of which journal, and where to.
  struct Place {
    std::string segment;
    std::string journal;       ///< The file to read.
    std::string files_folder;  ///< Below it the bronze files go, by partition.
    std::string records_folder;
    std::string staging_folder;  ///< For unfinished files; emptied first.
    bool needs_state = false;    ///< Without the state before it, rather not at all.
  };

  Result<SealedSegment> run(const Place& place);
  /// Sets `interpreter_` to the state before the segment. A warning if that is lost.
  Result<std::string> restore_before(const SegmentHeader& header);
  SegmentRecord begin_record(const SegmentHeader& header, const Record& first) const;
  Result<void> fold(const Place& place, SegmentReader& journal, RowTables& tables,
                    SealedSegment& sealed);
  Result<void> spill(const Place& place, RowTables& tables, Partition& partition);
  Result<void> write_files(const Place& place, RowTables& tables, SegmentRecord& record);
  Result<void> publish_record(const Place& place, const SegmentRecord& record);
  SealOptions options_;
  std::optional<Interpreter> interpreter_;  ///< Behind `last_segment_`.
  std::string last_segment_;
  int64_t staged_files_ = 0;
};

/// What recovery found in a source's active folder.
struct RecoveryReport {
  std::vector<SealedSegment> sealed;
  int64_t torn_bytes = 0;
  std::vector<std::string> removed;  ///< Files without one whole frame: nothing was in them.
  /// Segments damaged before their end, cut there; the whole file is kept beside the journals.
  std::vector<std::string> damaged;
};

/// Seals all that an earlier process left in `raw/active/<source>`, and ends what it began.
Result<RecoveryReport> recover_source(const SealOptions& options);

/// Sources that have left-over journals.
Result<std::vector<std::string>> sources_with_journals(const DataRoot& root);

/// A source's segments by their files in `folder`, ascending.
Result<std::vector<std::string>> journals_in(const std::string& folder);

/// The folder that holds the segment's record now (ready, processing or archive); empty: none does.
std::string folder_of_record(const DataRoot& root, std::string_view source,
                             std::string_view segment);

}  // namespace daedalus
