#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daedalus/base/time.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// Where a row stands in the order of all, and whose it is.
struct RowKey {
  UnixNanos capture_time;
  int64_t recv_seq = 0;  ///< frame_seq * 65,536 + place in the frame.
  std::string symbol;    ///< Canonical; empty: the row is about no symbol.
  std::string symbol_native;
};

enum class GapKind { disconnect, sequence, checksum, crossed, snapshot_late, process };
std::string_view gap_kind_name(GapKind kind);

enum class GapEdge { open, close };

/// Places of one frame number in `recv_seq`.
inline constexpr int64_t kRowsPerFrame = 65'536;

/// One edge of a gap of one (symbol, channel).
struct GapRow {
  int64_t gap_id = 0;  ///< The recv_seq of its open row.
  GapEdge edge = GapEdge::open;
  Channel channel = Channel::orderbook;
  GapKind kind = GapKind::disconnect;
  std::optional<int64_t> expected;  ///< Sequence that should have come.
  std::optional<int64_t> received;
  std::optional<int64_t> frames_affected;  ///< Close: frames of the stream that were unusable.
  std::string recovered_by;                ///< Close: snapshot, resubscribe, ...
  std::string detail;
};

enum class BookRowKind { snapshot, delta, checkpoint };

/// Takes the rows of bronze in their final order. References hold during the call only.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) = 0;
  virtual void on_trade_row(const RowKey& key, const Trade& trade) = 0;
  virtual void on_ticker_row(const RowKey& key, const Ticker& ticker) = 0;
  virtual void on_gap_row(const RowKey& key, const GapRow& gap) = 0;
  virtual void on_other_row(const RowKey& key, const OtherMessage& message) = 0;
  virtual void on_instrument_row(const RowKey& key, const Instrument& instrument) = 0;
};

}  // namespace daedalus
