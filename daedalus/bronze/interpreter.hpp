#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"
#include "daedalus/bronze/row_sink.hpp"
#include "daedalus/exchanges/exchange.hpp"
#include "daedalus/journal/record.hpp"

namespace daedalus {

/// What a live capture acts on; sealing and import pass a plain one, which ignores all.
class StreamObserver {
 public:
  virtual ~StreamObserver() = default;
  /// The stream's book cannot go on without a new image: ask for one (REST), or open the
  /// connection again (in-band).
  virtual void on_resync_needed(int64_t /*connection*/, const Subscription&, GapKind) {}
  /// The venue counts frames per connection and one is missing: all of the connection resyncs.
  virtual void on_connection_broken(int64_t /*connection*/, GapKind) {}
  /// A book joined its snapshot, or an image came in-band.
  virtual void on_book_live(int64_t /*connection*/, const Subscription&) {}
  /// Data of a stream came (not a heartbeat).
  virtual void on_data(int64_t /*connection*/, const Subscription&, UnixNanos) {}
  virtual void on_control(int64_t /*connection*/, const ControlMessage&) {}
  virtual void on_unparsable(int64_t /*connection*/, const Error&) {}
};

/// Why a received frame gave no row; keys of the segment record's counts.
using FrameCounts = std::map<std::string, int64_t>;

struct InterpreterOptions {
  int64_t buffered_deltas_per_book =
      20'000;                            ///< While a snapshot is awaited; over it: snapshot_late.
  int64_t crossed_events = 20;           ///< A crossed book is a gap after so many events
  int64_t crossed_ns = kNanosPerSecond;  ///< or so long.
  int64_t duplicate_trade_ids = 4096;    ///< Remembered per stream.
};

/// The one reading of a journal: takes records in order, keeps every stream's continuity, splice,
/// duplicates, gaps and book, and gives bronze rows in their final order. Pure: the same records
/// give the same rows. Live capture and sealing run this same code.
class Interpreter {
 public:
  Interpreter(const Exchange& exchange, const InterpreterOptions& options);
  Interpreter(Interpreter&&) noexcept;
  Interpreter& operator=(Interpreter&&) noexcept;
  ~Interpreter();

  /// A record's rows go to `rows`, its consequences to `observer`. Never fails: what cannot be
  /// parsed is counted and told to the observer.
  void apply(const Record& record, RowSink& rows, StreamObserver& observer);
  /// One checkpoint row per live book, in symbol order, numbered under `frame_seq`.
  void write_checkpoints(UnixNanos opened, int64_t frame_seq, RowSink& rows) const;

  /// Frames (recv and http) by reason; "rows" counts those that gave at least one.
  const FrameCounts& frame_counts() const;
  void reset_frame_counts();
  /// A hash of one symbol's book (all levels, both sides); absent while it is not synced.
  std::optional<uint64_t> book_hash(std::string_view symbol_native) const;

  /// The best `depth` levels of each side (0: all) into `out`'s levels; none while not synced.
  void copy_book_top(std::string_view symbol_native, int64_t depth, BookMessage& out) const;
  /// What the venue's REST answer said of a symbol; absent if none came yet.
  std::optional<Instrument> instrument(std::string_view symbol_native) const;

  std::string save() const;
  /// Errors: malformed.
  static Result<Interpreter> restore(const Exchange& exchange, const InterpreterOptions& options,
                                     std::string_view state);

 private:
  struct Inner;
  explicit Interpreter(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
