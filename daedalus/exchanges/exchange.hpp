#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/base/time.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// What proves that no message of a stream is missing.
enum class Continuity {
  none,                ///< Nothing does.
  connection_counter,  ///< `sequence_num` +1 over all channels of a connection (Coinbase).
  range,               ///< U of a delta = u of the one before + 1 (Binance spot).
  chain,               ///< pu of a delta = u of the one before (Binance futures).
};

/// Where a book's first image comes from, and how deltas join it.
enum class SnapshotSource {
  in_band,     ///< The stream begins with one.
  rest_range,  ///< REST; drop u <= id, first U <= id + 1 <= u.
  rest_chain,  ///< REST; drop u < id, first U <= id <= u or pu == id.
};

/// Rules of one channel at one venue.
struct ChannelRule {
  Channel channel = Channel::orderbook;
  std::string_view
      endpoint;  ///< Which of `Endpoints::websocket` serves it, by name ("" = the first).
  Continuity continuity = Continuity::none;
  SnapshotSource snapshot = SnapshotSource::in_band;  ///< Read for orderbook only.
  std::string_view aggregate_endpoint;  ///< Serves `aggTrade`, where that is not `endpoint`.
};

/// What the venue allows; the planner and the pacing keep to it.
struct VenueLimits {
  int streams_per_connection = 1024;
  int symbols_per_message = 100;  ///< In one subscribe frame.
  int message_bytes = 4096;       ///< Of one subscribe frame.
  int messages_per_second = 5;    ///< Frames we send, per connection.
  double connects_per_second = 1.0;
  int snapshot_weight = 0;                   ///< Of one REST book.
  int snapshot_weight_per_minute = 0;        ///< 0: no REST snapshots.
  std::chrono::seconds subscribe_within{0};  ///< First subscribe after connect; 0: whenever.
};

/// Who keeps the connection alive. Never counted as life of a stream.
struct Keepalive {
  std::chrono::seconds client_ping_interval{
      20};  ///< WebSocket pings from us; 0: only the server pings.
  std::chrono::seconds silence_limit{
      60};                   ///< No frame, ping or pong at all for so long: reconnect.
  std::string_view channel;  ///< Asked for beside the data, for heartbeats; empty: none.
};

struct WebSocketEndpoint {
  std::string_view name;
  std::string_view url;
};

struct Endpoints {
  std::span<const WebSocketEndpoint> websocket;
  std::string_view rest;  ///< Base URL, no slash at its end; empty: none needed.
};

/// One received frame, or one REST body (then `url` says which was asked).
struct RawFrame {
  std::string_view payload;
  bool is_binary = false;
  std::string_view url;  ///< Empty for WebSocket frames.
};

/// Messages that are no rows.
struct ControlMessage {
  enum class Kind {
    heartbeat,
    acknowledged,  ///< A request of ours was taken.
    refused,       ///< The venue says no: `text` is its reason, `symbols` whom it names.
    notice,        ///< Anything else the venue tells, e.g. that it will shut down.
  };
  Kind kind = Kind::notice;
  std::optional<int64_t> request_id;        ///< Which request, where the venue says it.
  std::vector<Subscription> subscriptions;  ///< What is now subscribed, where the venue lists it.
  std::vector<std::string> symbols;         ///< Native ids a refusal names.
  std::string text;
};

/// Takes what a frame holds, in the frame's order (trades: oldest first, whatever the venue does).
/// References are valid during the call only: parsers reuse their memory.
class EventSink {
 public:
  virtual ~EventSink() = default;
  /// Comes before the frame's events. `sequence` counts all frames of the connection.
  virtual void on_connection_sequence(int64_t sequence) = 0;
  virtual void on_book(const BookMessage& message) = 0;
  virtual void on_trade(const Trade& trade) = 0;
  virtual void on_ticker(const Ticker& ticker) = 0;
  virtual void on_other(const OtherMessage& message) = 0;
  virtual void on_instrument(const Instrument& instrument) = 0;
  virtual void on_control(const ControlMessage& message) = 0;
};

/// What a venue needs to remember between frames of one connection (channel ids, ...): part of the
/// sealing state. Empty at most venues.
struct ConnectionState {
  std::vector<std::pair<int64_t, std::string>> channel_ids;
};

/// A frame to send, and the streams it asks for.
struct SubscribeFrame {
  std::string text;
  std::vector<Subscription> subscriptions;
};

/// A subscribe or unsubscribe frame (or the streams in a connect URL) as the venue's server reads
/// it: used for acknowledgements by request id, for recordings of sent frames, and by replay.
struct ClientRequest {
  std::optional<int64_t> id;
  bool unsubscribe = false;
  std::vector<Subscription> subscriptions;
  /// The venue's names of what was asked, one a subscription, e.g. "btcusdt@depth@100ms".
  std::vector<std::string> stream_names;
};

/// What is wanted of a venue's channel beyond its name (config keys of a source).
struct ChannelOptions {
  std::string trades_stream = "trade";   ///< Binance: `trade` or `aggTrade`.
  std::string depth_interval = "100ms";  ///< Binance.
  bool ticker_24h = false;               ///< Binance: 24 h statistics beside bookTicker.
  int rest_depth_limit = 1000;
};

/// One exchange's wire protocol: no socket, no clock, no thread, no log.
struct Exchange {
  std::string_view name;   ///< `exchange=` partition and config key.
  std::string_view title;  ///< For people: "Coinbase Advanced Trade".
  Endpoints endpoints;
  VenueLimits limits;
  Keepalive keepalive;
  std::span<const ChannelRule> channels;

  /// Frames that subscribe to `wanted` on a fresh connection, within the limits per frame; request
  /// ids count from 1. Errors: config, for a symbol that cannot be one of this venue.
  Result<std::vector<SubscribeFrame>> (*subscribe)(std::span<const Subscription> wanted,
                                                   const ChannelOptions& options);
  /// Path and query behind the WebSocket URL of `endpoint` (often empty).
  std::string (*connect_path)(std::span<const Subscription> wanted);
  /// Errors: malformed; events before the bad place may have been given already, never after it.
  Result<void> (*parse)(const RawFrame& frame, ConnectionState& state, EventSink& out);
  /// Path and query of the REST book image of a symbol. Empty where snapshots are in-band.
  std::string (*snapshot_path)(std::string_view symbol_native, const ChannelOptions& options);
  /// The symbol that a REST book URL asks for; absent for any other URL.
  std::optional<std::string> (*snapshot_symbol)(std::string_view url);
  /// Path and query of the instruments' list. Empty: none.
  std::string (*instruments_path)();
  /// Reads a frame that a client sends. Absent: no subscribe or unsubscribe.
  std::optional<ClientRequest> (*read_request)(std::string_view frame);
  /// Reads the streams in a connect URL's path and query. Absent: none.
  std::optional<ClientRequest> (*read_connect_path)(std::string_view path);

  /// Canonical symbol and its parts from the native id; absent for text that is no symbol here.
  std::optional<Instrument> (*instrument_of)(std::string_view symbol_native);
  /// The native id of a canonical symbol or of a native id in any case.
  std::string (*native_symbol)(std::string_view symbol);
  /// Channels (as OtherMessage names them) that hold mark prices, liquidations and the like.
  std::span<const std::string_view> derivative_channels = {};
  /// What a message of one of these says; absent for one that says nothing of use. Reads JSON in
  /// the thread's memory, as `parse` does: to be called behind its last event, or inside
  /// `on_other`.
  std::optional<DerivativeUpdate> (*derivative_of)(std::string_view channel,
                                                   std::string_view data_json) = nullptr;
  /// A second source's native id whose book the venue serves merged with this one, as symbol under
  /// which both are recorded (Coinbase BTC-USDC is BTC-USD); else the same symbol.
  std::string (*merged_symbol)(std::string_view symbol);
};

/// What a venue's HTTP or handshake refusal means, in words ("429 Too Many Requests: ...; retry in
/// 30 s").
std::string explain_refusal(const Exchange& exchange, int status,
                            std::optional<int64_t> retry_after_s);

}  // namespace daedalus
