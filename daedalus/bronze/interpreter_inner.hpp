#pragma once

#include <array>
#include <string>
#include <string_view>

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/bronze/stream_table.hpp"

namespace daedalus {

/// What became of a received frame; each is counted under one.
enum class FrameOutcome {
  rows,
  heartbeat,
  acknowledged,
  refused,
  notice,
  duplicate,
  before_snapshot,
  buffered,
  unsynced,
  stale_snapshot,
  instruments,
  http_error,
  unknown_symbol,
  unparsable,
  empty,
};
inline constexpr size_t kFrameOutcomes = 15;
std::string_view frame_outcome_name(FrameOutcome outcome);

/// The interpreter's working parts. The functions lie in interpreter.cpp (records, connections),
/// interpreter_events.cpp (what a frame holds), book_tracking.cpp (books) and
/// interpreter_state.cpp.
struct Interpreter::Inner final : EventSink {
  Inner(const Exchange& venue, const InterpreterOptions& chosen);

  // Records.
  void apply(const Record& record);
  void on_start(const Record& record);
  void on_connect(const Record& record);
  void on_disconnect(const Record& record);
  void on_send(const Record& record);
  void on_frame(const Record& record, std::string_view url);
  void finish_frame(const Record& record, const Result<void>& parsed);
  void break_streams_named_in(std::string_view payload, int64_t connection);

  // Connections and their streams.
  Connection& connection(int64_t id);
  void attach(int stream, int64_t connection_id);
  void drop_connection(int64_t id, GapKind kind, const std::string& detail);
  void subscribed(const Subscription& subscription, int64_t connection_id, const char* by);

  // Gaps.
  struct GapFacts {
    GapKind kind = GapKind::disconnect;
    std::optional<int64_t> expected = {};
    std::optional<int64_t> received = {};
    std::string detail = {};
  };
  /// Opens nothing on a stream that is in a gap, nor (but for snapshot_late) on one not yet begun.
  void open_gap(Stream& stream, const GapFacts& facts);
  void close_gap(Stream& stream, std::string_view recovered_by);
  /// The stream is lost: gap, and a book is dropped with what it buffers.
  void break_stream(Stream& stream, const GapFacts& facts);

  // What a frame holds.
  void on_connection_sequence(int64_t sequence) override;
  void on_book(const BookMessage& message) override;
  void on_trade(const Trade& trade) override;
  void on_ticker(const Ticker& ticker) override;
  void on_other(const OtherMessage& message) override;
  void on_instrument(const Instrument& instrument) override;
  void on_control(const ControlMessage& message) override;
  /// The stream that data came for; null (and counted) if the symbol cannot be one.
  Stream* data_stream(std::string_view native, Channel channel, bool is_flow);
  void note(FrameOutcome outcome);

  // Books.
  void on_image(Stream& stream, const BookMessage& message);
  void on_rest_image(Stream& stream, const BookMessage& message);
  void on_delta(Stream& stream, const BookMessage& message);
  void on_sequenced_delta(Stream& stream, const BookMessage& message);
  void accept_delta(Stream& stream, const BookMessage& message);
  void buffer_delta(Stream& stream, const BookMessage& message);
  void drop_buffer(Stream& stream);
  void resolve_buffered(Stream& stream, const BufferedDelta& delta, FrameOutcome outcome);
  bool apply_to_book(Stream& stream, const BookMessage& message);
  void write_book_row(Stream& stream, BookRowKind kind, const BookMessage& message);
  void write_buffered(Stream& stream);
  void check_crossed(Stream& stream);
  bool bridges(const BookMessage& delta, int64_t image) const;
  bool is_older(const BookMessage& delta, int64_t image) const;
  bool continues(const BookMessage& delta, int64_t last) const;
  void resync(Stream& stream, GapKind kind);

  /// Null if the symbol has no book or it is not synced.
  const Stream* synced_book(std::string_view symbol_native) const;
  RowKey& next_key(int native);
  void count(FrameOutcome outcome) { counts[static_cast<size_t>(outcome)] += 1; }

  const Exchange* exchange;
  InterpreterOptions options;
  const ChannelRule* book_rule = nullptr;  ///< Null: the venue has no books.
  StreamTable table;
  bool is_import = false;  ///< The running process reads a recording: nobody can be asked.
  std::array<int64_t, kFrameOutcomes> counts{};
  mutable FrameCounts named_counts;

  // The record that is being read.
  FrameClock now;
  int64_t connection_id = 0;
  RowSink* rows = nullptr;
  StreamObserver* observer = nullptr;
  int64_t frame_rows = 0;  ///< Rows of data (gap rows aside) that the frame gave.
  bool skip_frame = false;
  FrameOutcome outcome = FrameOutcome::empty;
  int buffered_into = -1;  ///< Stream that took a delta of this frame; -1: none.
};

}  // namespace daedalus
