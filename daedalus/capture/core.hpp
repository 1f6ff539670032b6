#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/bronze/row_tap.hpp"
#include "daedalus/capture/core_messages.hpp"
#include "daedalus/capture/planner.hpp"
#include "daedalus/journal/segment_plan.hpp"
#include "daedalus/net/backoff.hpp"

namespace daedalus {

struct CoreOptions {
  SourcePlan plan;
  uint64_t seed = 1;  ///< Of all jitter.
  SegmentLimits segment_limits;
  JournalPosition position;  ///< Of what is already journaled.
  int64_t min_free_mb = 0;
  bool ask_instruments = true;
  InterpreterOptions interpreter;
  /// `Interpreter::save` behind the newest segment: rows then go on as sealing's will. Empty: anew.
  std::string interpreter_state;
  RowTap* tap = nullptr;  ///< Lives longer than the core; null: nobody listens.
  BackoffOptions reconnect{.healthy_after = std::chrono::seconds(30)};
  Nanoseconds snapshot_after = std::chrono::seconds(1);  ///< Subscribed, no data yet: ask anyway.
  Nanoseconds answer_within = std::chrono::seconds(20);
  Nanoseconds silent_after = std::chrono::seconds(60);
  Nanoseconds silent_repeat = std::chrono::seconds(600);
};

/// Counts since the start.
struct CoreStatistics {
  int64_t frames = 0;
  int64_t frame_bytes = 0;
  int64_t unparsable = 0;
  int64_t gaps_opened = 0;
  int64_t gaps_open = 0;
  int64_t reconnects = 0;
  size_t connections_open = 0;
  size_t connections_planned = 0;
  size_t streams_asked = 0;
  size_t streams_flowing = 0;
  size_t snapshots_waiting = 0;
};

/// The state machine of one source: connections, subscriptions, snapshots, resync, retries, and the
/// order "journal before parse". No I/O, no clock, no thread: it is told what happened and when,
/// and says what is to be done.
class CaptureCore {
 public:
  explicit CaptureCore(CoreOptions options);
  CaptureCore(CaptureCore&&) noexcept;
  ~CaptureCore();

  /// The process began: first connects follow.
  void start(const CoreTime& time, CoreActions& actions);
  /// One thing happened. `time` is when, and also runs what fell due by then.
  void step(const CoreTime& time, CoreInput input, CoreActions& actions);

  /// On the monotonic clock: when a TimerTick is needed at the latest; absent: not of its own
  /// accord.
  std::optional<Nanoseconds> next_deadline() const;
  /// Nothing more will be journaled.
  bool stopped() const;
  /// Where a process that takes this journal up goes on.
  JournalPosition position() const;
  CoreStatistics statistics() const;
  /// The reading of what is journaled so far: its books.
  const Interpreter& interpreter() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
