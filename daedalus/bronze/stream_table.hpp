#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "daedalus/base/serialize.hpp"
#include "daedalus/book/order_book.hpp"
#include "daedalus/bronze/row_sink.hpp"
#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// What a reader may assume of a stream from here on.
enum class Coverage {
  never,  ///< It has not begun: no gap can open.
  live,   ///< Complete.
  gap,    ///< Between a gap's open and close row.
};

/// Where the order of all stands: the record that is being read.
struct FrameClock {
  UnixNanos capture_time;
  int64_t frame_seq = 0;
  int64_t place = 0;  ///< Of the next row in the record.
};

struct OpenGap {
  int64_t gap_id = 0;
  GapKind kind = GapKind::disconnect;
  int64_t frames_lost = 0;  ///< Messages of the stream that came meanwhile and gave no row.
};

/// A delta that waits for its REST image.
struct BufferedDelta {
  BookMessage message;
  bool owns_frame = false;  ///< Its frame is not yet counted: what becomes of the delta decides.
};

/// One book and how it hangs together.
struct BookTrack {
  OrderBook book;
  bool is_synced = false;
  bool is_joining = false;  ///< A REST image stands, the first delta behind it is still to come.
  std::optional<int64_t> last_sequence;
  std::deque<BufferedDelta> buffer;
  int64_t crossed_events = 0;  ///< In a row.
  UnixNanos crossed_since;
};

/// The ids of the last trades written, bounded; first in, first out.
class RecentTrades {
 public:
  /// True if the id is new; it is then remembered and the oldest beyond `limit` forgotten.
  bool insert(const Trade& trade, int64_t limit);
  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  std::deque<uint64_t> order_;
  std::unordered_set<uint64_t> known_;
};

struct Stream {
  Subscription subscription;
  int native = 0;           ///< Index of its NativeSymbol.
  int64_t connection = -1;  ///< -1: not yet known.
  Coverage coverage = Coverage::never;
  OpenGap gap;     ///< Valid while coverage is gap.
  BookTrack book;  ///< Orderbook streams only.
  RecentTrades trades;
};

/// A symbol as the venue writes it; its key is reused for every row.
struct NativeSymbol {
  RowKey key;
  int symbol = 0;
};

/// A symbol as we write it: the venue may write it in several ways.
struct SymbolStreams {
  std::string name;
  std::array<int, 4> streams = {-1, -1, -1, -1};  ///< By channel; -1: none.
  bool has_data = false;
  bool instrument_written = false;
};

struct Connection {
  bool saw_connect = false;
  std::optional<int64_t> last_sequence;
  ConnectionState parser;
  std::map<int64_t, std::vector<Subscription>> requests;  ///< Sent, by id, until acknowledged.
  std::vector<int> streams;
};

/// All that a source's streams are known by. Grows with what the venue names, in that order.
class StreamTable {
 public:
  explicit StreamTable(const Exchange& exchange) : exchange_(&exchange) {}

  /// Index of the native symbol; absent for text that cannot be a symbol (nor a folder's name).
  std::optional<int> find_or_add_native(std::string_view native);
  std::optional<int> find_native(std::string_view native) const;
  Stream& stream_of(int native, Channel channel);
  int stream_index(int native, Channel channel);

  void save(StateWriter& out) const;
  /// Into an empty table. Errors: malformed.
  Result<void> load(StateReader& in);

  std::vector<NativeSymbol> natives;
  std::vector<SymbolStreams> symbols;
  std::deque<Stream> streams;  ///< References stay valid while it grows.
  std::map<int64_t, Connection> connections;
  std::map<std::string, Instrument, std::less<>> instruments;  ///< By native id, from REST.

 private:
  Result<void> check_indices() const;

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  const Exchange* exchange_;
  std::unordered_map<std::string, int, Hash, std::equal_to<>> native_index_;
  std::map<std::string, int, std::less<>> symbol_index_;
  mutable int last_native_ = -1;
};

bool same_instrument(const Instrument& a, const Instrument& b);

}  // namespace daedalus
