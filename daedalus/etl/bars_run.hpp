#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daedalus/etl/engine_set.hpp"
#include "daedalus/etl/journal_input.hpp"

namespace daedalus {

/// What bars are to be built, from what.
struct BarsOptions {
  DataRoot root;
  DataRoot out;  ///< Where they go: the same, or one of their own.
  /// Nothing but the bars that are asked for is on.
  EngineParameters parameters;
  std::vector<Channel> channels;     ///< Whose rows they need.
  std::vector<std::string> sources;  ///< Empty: all.
  SymbolFilter filter;
  /// Capture times [start, end): the segments that overlap are written, whole. All segments before
  /// are read, so that a bar is the same whatever is asked for.
  std::optional<UnixNanos> start;
  std::optional<UnixNanos> end;
  bool has_unfinished = false;  ///< What the last segment leaves open is written too.
  int threads = 1;              ///< Symbols at a time.
  bool skip_missing = false;    ///< A missing segment becomes a gap.
  SealOptionsOf seal_options;   ///< For raw_format ndjson.
  /// One line for people: what is held or missing.
  std::function<void(const std::string&)> tell = [](const std::string&) {};
  /// After each segment: one line.
  std::function<void(const std::string&)> progress = [](const std::string&) {};
  /// Asked between segments: true ends the run in good order.
  std::function<bool()> stopping = [] { return false; };
};

struct BarsSummary {
  int64_t segments = 0;
  int64_t rows_in = 0;
  int64_t bars = 0;
  int64_t files = 0;
  int64_t failed_sources = 0;
  int64_t held_symbols = 0;
};

/// Builds bars over all sources. One that cannot be read to its end is told and counted as failed;
/// the others go on. Errors: io of the data root itself, config.
Result<BarsSummary> build_bars(const BarsOptions& options);

/// Builds one source's bars: files named after the segment that closed them, as the ETL's are, so
/// that a repeated run replaces its own output. A segment's files appear whole, those of an earlier
/// run that are no more go.
class BarsRun {
 public:
  BarsRun(const BarsOptions& options, std::string source);

  /// Errors: unavailable (another bars run works on the source), malformed, io.
  Result<BarsSummary> run();

 private:
  struct Selected {
    std::string segment;
    bool is_written = false;
  };

  Result<std::vector<Selected>> select();
  Result<void> check_chain(const std::string& segment, const SegmentInput& input);
  Result<SegmentInput> read_input(const std::string& segment);
  Result<void> find_earlier_files();
  Result<void> publish(const std::string& segment, const SegmentOutcome& outcome);
  std::set<std::string> files_of_etl(const std::string& segment) const;
  std::optional<PartTarget> target_of(const Selected& selected, bool is_last) const;
  std::string staging() const { return "state/bars/" + source_ + "/staging"; }

  const BarsOptions& options_;
  std::string source_;
  SegmentChain chain_;
  EngineSet engines_;
  JournalInput journals_;
  std::set<std::string> earlier_files_;  ///< Of earlier runs, below the root that is written.
};

}  // namespace daedalus
