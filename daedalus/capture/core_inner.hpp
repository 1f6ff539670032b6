#pragma once

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "daedalus/capture/core.hpp"
#include "daedalus/capture/flow_table.hpp"
#include "daedalus/capture/reaction.hpp"
#include "daedalus/capture/rest_requests.hpp"

namespace daedalus {

/// How long a venue wants to be left alone by all connections or requests of ours; zero: not at
/// all.
Nanoseconds hold_after(int http_status, std::optional<int64_t> retry_after_s);

inline constexpr Nanoseconds kSilentCheckEvery = std::chrono::seconds(10);

enum class Phase {
  waiting,  ///< `at`: when to connect.
  connecting,
  open,     ///< `at`: when the next subscribe frame may go.
  closing,  ///< We closed it; its end is awaited.
};

/// One planned connection and what becomes of it.
struct Slot {
  PlannedConnection planned;
  Phase phase = Phase::waiting;
  Nanoseconds at{0};
  Backoff backoff;
  int64_t link = 0;  ///< Of the current attempt.
  Nanoseconds opened{0};
  std::string close_reason;  ///< Why we closed it.
  bool retried = false;      ///< A refusal made us ask again for the streams it did not name.
  std::deque<SubscribeFrame> unsent;
};

struct Link {
  size_t slot = 0;
  int64_t connection =
      0;  ///< In the journal: the frame_seq of its connect record. 0: not open yet.
};

/// The core's parts. Connections are in core_connections.cpp, all else in core.cpp.
struct CaptureCore::Inner {
  explicit Inner(CoreOptions given);

  void observe(const CoreTime& time, CoreActions& actions);
  void start(CoreActions& actions);
  /// Writes it to the journal, then has it read. Returns its number.
  int64_t journal(Record record, CoreActions& actions);
  void append(const Record& record, CoreActions& actions);
  void begin_segment(const Record& header, CoreActions& actions);
  void end_segment(const std::optional<Record>& close, CoreActions& actions);
  void tell(CoreFact::Kind kind, std::string text, CoreActions& actions);

  void take(ConnectionOpened& opened, CoreActions& actions);
  void take(ConnectionEnded& ended, CoreActions& actions);
  void take(FrameReceived& frame, CoreActions& actions);
  void take(HttpAnswered& answer, CoreActions& actions);
  void take(TimerTick& tick, CoreActions& actions);
  void take(DiskReport& report, CoreActions& actions);
  void take(QueueWasFull& full, CoreActions& actions);
  void take(StopRequested& request, CoreActions& actions);
  void stop(const std::string& why, CoreActions& actions);

  void run_deadlines(CoreActions& actions);
  void open_due_connections(CoreActions& actions);
  void send_due_frames(CoreActions& actions);
  void run_rest(CoreActions& actions);
  void name_silent_streams(CoreActions& actions);
  void name_unknown_symbols(std::string_view body, std::string_view url, CoreActions& actions);
  Nanoseconds find_deadline();

  /// Acts on what the interpreter said about the last records.
  void react(CoreActions& actions);
  void resync(const Reaction::Resync& lost, CoreActions& actions);
  void react_to_control(int64_t connection, const ControlMessage& message, CoreActions& actions);
  void tell_gap(const std::string& symbol, const GapRow& gap, CoreActions& actions);
  void close_slot(Slot& slot, std::string why, CoreActions& actions);
  void retry_streams(Slot& slot, std::vector<Subscription> wanted, bool one_by_one);
  bool needs_rest_snapshot(const Subscription& stream) const;
  Slot* slot_of_connection(int64_t connection);
  std::string subject(const Slot& slot) const;

  CoreOptions options;
  const Exchange& exchange;
  Interpreter interpreter;
  FlowTable streams;
  Reaction reaction;
  /// In [0, 1), from the seed.
  double draw() { return std::uniform_real_distribution<double>(0, 1)(random); }
  std::mt19937_64 random;
  EvenPacer connects;
  RestRequests rest;
  std::string rest_url;
  std::map<int64_t, std::string> urls;  ///< Of requests without answer.
  std::vector<Slot> slots;
  std::unordered_map<int64_t, Link> links;
  int64_t next_link = 1;
  SegmentPlan segments;
  std::string open_segment;
  int64_t segment_bytes = 0;
  std::string line;
  UnixNanos wall;
  Nanoseconds now{0};
  std::optional<int64_t> clock_offset;
  Nanoseconds next_silent_check{0};
  Nanoseconds next_unparsable_line{0};
  Nanoseconds deadline{0};
  CoreStatistics statistics;
  bool stopped = false;
};

}  // namespace daedalus
