#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/base/time.hpp"
#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// What a client can ask a venue's server for; finer than Channel where a venue is.
enum class StreamKind { book, trades, aggregate_trades, best, statistics, heartbeats, other };

/// One stream, whatever name and pace a client asked for it with.
struct StreamId {
  StreamKind kind = StreamKind::book;
  std::string symbol_native;  ///< Empty: of no symbol (heartbeats).

  auto operator<=>(const StreamId&) const = default;
};

/// A stream as one client asked for it.
struct AskedStream {
  StreamId id;
  std::string name;         ///< "btcusdt@depth@100ms"; at Coinbase the channel.
  int64_t interval_ms = 0;  ///< Between two messages of a book; 0: one an event.
};

/// How one venue words what its server sends: pure text, no state. Frames of a venue that numbers
/// them have number 0 until `renumber`.
class VenueWording {
 public:
  virtual ~VenueWording() = default;

  virtual const Exchange& exchange() const = 0;
  /// Frames of a connection carry a count (Coinbase `sequence_num`).
  virtual bool numbers_frames() const { return false; }
  /// A book stream begins with its image; else clients ask REST for it.
  virtual bool in_band_snapshots() const { return false; }
  /// Ticker frames come with trades; else with each change of the best prices.
  virtual bool ticker_follows_trades() const { return false; }
  /// Streams connected to by path "/ws/..." come without their name around them.
  virtual bool has_raw_streams() const { return false; }

  virtual AskedStream asked_stream(const Subscription& subscription,
                                   std::string_view stream_name) const = 0;

  virtual std::string acknowledgement(const ClientRequest& request,
                                      const std::set<AskedStream>& subscribed,
                                      UnixNanos now) const = 0;
  /// Of symbols that the venue does not have; empty: the venue says nothing.
  virtual std::string refusal(std::span<const std::string> symbols) const = 0;
  /// A frame that is no request at all; empty: the venue says nothing.
  virtual std::string not_understood(std::string_view frame) const = 0;
  virtual std::string book(const BookMessage& message, std::string_view stream_name,
                           UnixNanos now) const = 0;
  /// Trades of one order, oldest first; one frame or one for each.
  virtual std::vector<std::string> trades(std::span<const Trade> trades,
                                          std::string_view stream_name, UnixNanos now) const = 0;
  virtual std::string ticker(const Ticker& ticker, std::string_view stream_name, bool is_first,
                             UnixNanos now) const = 0;
  /// Empty: the venue has none.
  virtual std::string heartbeat(std::string_view symbol_native, int64_t counter,
                                UnixNanos now) const = 0;

  /// Levels beyond `limit` on each side are left out; 0: all.
  virtual std::string rest_book(const BookMessage& message, int limit) const = 0;
  virtual std::string rest_unknown_symbol() const = 0;
  virtual std::string rest_instruments(std::span<const Instrument> instruments) const = 0;

  /// The count a frame carries; absent: none.
  std::optional<int64_t> number_of(std::string_view frame) const;
  /// The same frame with another count.
  std::string renumber(std::string_view frame, int64_t number) const;
};

bool operator<(const AskedStream& a, const AskedStream& b);

/// Errors: config, for a venue nobody can play.
Result<const VenueWording*> find_wording(const Exchange& exchange);

/// `[["65062.50","0.1"],...]`; trimmed: without trailing zeros, as some venues send.
void append_levels(std::string& out, std::span<const PriceLevel> levels, bool trimmed);
void append_decimal(std::string& out, const Decimal& value, bool trimmed);
std::string decimal_text(const Decimal& value, bool trimmed);
/// RFC 3339 with six digits.
std::string rfc3339_micros(int64_t unix_us);
/// Exchange time in us: that of the message, else `now`.
int64_t micros_of(const ExchangeTime& time, UnixNanos now);
int64_t millis_of(UnixNanos time);

const VenueWording& coinbase_wording();
const VenueWording& coinbase_exchange_wording();
const VenueWording& binance_wording(const Exchange& exchange);

}  // namespace daedalus
