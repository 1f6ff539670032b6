#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daedalus/etl/engine_set.hpp"
#include "daedalus/etl/journal_input.hpp"
#include "daedalus/etl/manifest.hpp"
#include "daedalus/etl/segment_chain.hpp"
#include "daedalus/etl/source_lock.hpp"
#include "daedalus/etl/state_store.hpp"

namespace daedalus {

/// What an ETL run is asked for.
struct EtlOptions {
  DataRoot root;
  EngineParameters parameters;
  std::vector<std::string> sources;  ///< Empty: all.
  SymbolFilter filter;
  /// Capture times [start, end): only segments that overlap. Both absent: all that wait.
  std::optional<UnixNanos> start;
  std::optional<UnixNanos> end;
  InputAfterwards inputs_afterwards = InputAfterwards::archive;
  int64_t state_retention_hours = 48;
  int threads = 1;                  ///< Symbols of a segment at a time.
  std::optional<int64_t> warmup_s;  ///< Where no state is kept; absent: from the start of the data.
  bool skip_missing = false;        ///< A missing segment becomes a gap.
  bool dry_run = false;
  SealOptionsOf seal_options;  ///< For raw_format ndjson.
  int64_t limit = 0;           ///< Segments a run; 0: all.
  /// One line for people: what is held, missing, warmed up.
  std::function<void(const std::string&)> tell = [](const std::string&) {};
  /// After each segment: one line.
  std::function<void(const std::string&)> progress = [](const std::string&) {};
  /// Asked between segments: true ends the run in good order.
  std::function<bool()> stopping = [] { return false; };
};

struct EtlSummary {
  int64_t segments = 0;
  int64_t rows_in = 0;
  int64_t rows_out = 0;
  int64_t files = 0;
  int64_t held_symbols = 0;
  bool missing_segment = false;

  void add(const EtlSummary& other);
};

/// Works off one source's segments, strictly along its chain. A segment that is next behind the
/// last committed one is claimed, committed with the new state and archived; others (a past range,
/// some symbols only) are computed beside, from a kept state, and only their outputs are replaced.
class SourceRun {
 public:
  SourceRun(EtlOptions options, std::string source);

  /// Takes the lock and finishes or discards what a crash left. Errors: unavailable (the lock), io.
  Result<void> open();
  /// Does what can be done now, at most `limit` segments (0: all). A missing segment ends it, told.
  /// Errors: io, malformed (a record or manifest).
  Result<EtlSummary> pass(int64_t limit);

 private:
  Result<std::vector<std::string>> select();
  void tell_progress(const std::string& segment, const EtlSummary& one, int64_t done);
  Result<void> rewind();
  Result<bool> is_in_range(const std::string& segment);
  std::string predecessor(const std::string& segment) const;
  Result<bool> chain_holds(const SegmentRecord& record, const std::string& predecessor);
  Result<void> prepare(const std::string& segment);
  std::string restore_before(const std::string& segment);
  Result<std::string> start_of_warmup(const std::string& segment);
  Result<EtlSummary> process(const std::string& segment);
  Result<SegmentOutcome> run_engines(const std::string& segment, EngineSet& engines,
                                     const SymbolFilter& filter, bool with_output);
  Result<SegmentInput> read_input(const std::string& segment, const SegmentRecord& record,
                                  std::optional<SegmentRecord>& sealed);
  Result<void> publish(const std::string& segment, bool is_next, SegmentOutcome& outcome);
  Result<void> claim(const std::string& segment);
  Result<void> fresh_staging() const;
  Result<ManifestOutput> stage_state(const SourceState& state) const;
  Result<EtlSummary> release_repaired();
  Result<EtlSummary> catch_up(const SymbolKey& symbol, const std::string& held_at);
  Result<bool> is_repaired(const SymbolKey& symbol, const std::string& held_at);

  EtlOptions options_;
  std::string source_;
  SegmentChain chain_;
  StateStore states_;
  EngineSet engines_;
  JournalInput journals_;
  std::optional<SourceLock> lock_;
  std::vector<std::string> kept_states_;  ///< Segments with a state, as last looked at.
  std::string head_;                      ///< The last committed segment; "" for none.
  size_t selected_ = 0;                   ///< Segments that this pass found to do.
  bool is_prepared_ = false;
  std::string told_missing_;
  std::set<SymbolKey> told_held_;
};

}  // namespace daedalus
