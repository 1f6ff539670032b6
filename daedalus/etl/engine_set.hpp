#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/etl/segment_chain.hpp"
#include "daedalus/etl/state_store.hpp"
#include "daedalus/etl/symbol_replay.hpp"

namespace daedalus {

/// Which symbols a run concerns; empty: all.
struct SymbolFilter {
  std::string exchange;
  std::string symbol;

  bool is_all() const { return exchange.empty() && symbol.empty(); }
  bool takes(const SymbolKey& key) const {
    return (exchange.empty() || exchange == key.first) && (symbol.empty() || symbol == key.second);
  }
};

/// A segment's bronze, by symbol.
struct SegmentInput {
  std::string segment;
  UnixNanos opened;
  UnixNanos closed;
  int64_t first_frame_seq = 0;
  int64_t last_frame_seq = 0;
  std::map<SymbolKey, std::vector<BronzeFile>> symbols;
  std::vector<BronzeFile> gaps_of_all;  ///< Gaps that concern every symbol.
};

/// What processing one segment gave.
struct SegmentOutcome {
  int64_t rows_in = 0;
  int64_t rows_refused = 0;
  std::vector<ManifestOutput> outputs;
};

/// All engines of one source. Symbols are independent: one whose input is damaged is held before
/// that segment, the others go on.
class EngineSet {
 public:
  /// Called with one line for people per thing they should know.
  using Tell = std::function<void(const std::string&)>;

  /// `threads`: symbols of a segment that are processed at a time. What comes out is the same.
  EngineSet(std::string source, EngineParameters parameters, Tell tell, int threads = 1);

  /// Takes a saved state in place of what is here. Errors: malformed, also for other parameters.
  Result<void> restore(SourceState state);
  SourceState save() const;
  void clear();

  /// Replays a segment for the symbols of the filter; `target` absent: a warm-up without output.
  /// Errors: io of the outputs, after which this set is of no more use.
  Result<SegmentOutcome> process(const SegmentInput& input, const SymbolFilter& filter,
                                 const std::optional<PartTarget>& target);
  /// Nothing is known from where the engines stand to the opening of `next`.
  void lose_until(const SegmentInput& next);

  /// The segment behind which the engines stand; "" for a new set.
  const std::string& segment() const { return segment_; }
  /// Symbols that are held, and where.
  std::map<SymbolKey, std::string> held() const;
  /// Only this symbol stays, and goes on behind `segment`, where it was held: its files have been
  /// repaired.
  void release_only(const SymbolKey& symbol, const std::string& segment);
  void take_symbol(const SymbolKey& symbol, EngineSet& from);

 private:
  struct Slot {
    std::optional<FeatureEngine> engine;
    std::string saved;  ///< As of the last whole segment; empty: new.
    std::string held_at;
  };

  /// What a thread is to do, and what came of it.
  struct Task {
    const SymbolKey* symbol = nullptr;
    Slot* slot = nullptr;
    int number = 0;  ///< Among the segment's symbols.
    std::vector<BronzeFile> files;
    Result<ReplayOutcome> replay;
  };

  Result<void> revive(const SymbolKey& symbol, Slot& slot) const;
  std::vector<Task> tasks_of(const SegmentInput& input, const SymbolFilter& filter);
  /// Errors of the outputs. Touches nothing but the task.
  Result<ReplayOutcome> replay(Task& task, UnixNanos closed,
                               const std::optional<PartTarget>& target) const;
  void run(std::vector<Task>& tasks, UnixNanos closed,
           const std::optional<PartTarget>& target) const;
  Result<void> take(Task& task, const std::string& segment, SegmentOutcome& outcome);

  std::string source_;
  EngineParameters parameters_;
  Tell tell_;
  int threads_;
  std::string segment_;
  UnixNanos closed_;
  int64_t last_frame_seq_ = 0;
  std::map<SymbolKey, Slot> slots_;
};

/// The input that a record names. `path_of` tells where a file of it is.
SegmentInput segment_input(const SegmentRecord& record,
                           const std::function<std::string(const SegmentFile&)>& path_of);

}  // namespace daedalus
