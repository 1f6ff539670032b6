// Binance.US: Binance spot's protocol at its own addresses.
#include <array>

#include "daedalus/exchanges/binance_protocol.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

constexpr BinanceVenue kVenue = {.name = "binanceus",
                                 .rest_prefix = "/api/v3",
                                 .plain_depth_interval = "1000ms",
                                 .limits = {.streams_per_connection = 1024,
                                            .symbols_per_message = 100,
                                            .message_bytes = 4096,
                                            .messages_per_second = 4,
                                            .connects_per_second = 1.0,
                                            .snapshot_weight = 50,
                                            .snapshot_weight_per_minute = 1200}};
constexpr std::array kEndpoints = {WebSocketEndpoint{"public", "wss://stream.binance.us:9443"}};
constexpr std::array kChannels = {
    ChannelRule{Channel::orderbook, "", Continuity::range, SnapshotSource::rest_range},
    ChannelRule{Channel::trades, "", Continuity::none},
    ChannelRule{Channel::ticker, "", Continuity::none}};

}  // namespace

constinit const Exchange kBinanceUs = {
    .name = kVenue.name,
    .title = "Binance.US",
    .endpoints = {.websocket = kEndpoints, .rest = "https://api.binance.us"},
    .limits = kVenue.limits,
    // The server pings every 3 minutes only.
    .keepalive = {.client_ping_interval = std::chrono::seconds(30),
                  .silence_limit = std::chrono::seconds(90)},
    .channels = kChannels,
    .subscribe =
        [](std::span<const Subscription> wanted, const ChannelOptions& options) {
          return binance_subscribe(kVenue, wanted, options);
        },
    .connect_path = [](std::span<const Subscription>) { return std::string("/stream"); },
    .parse = [](const RawFrame& frame, ConnectionState&,
                EventSink& out) { return binance_parse(kVenue, frame, out); },
    .snapshot_path =
        [](std::string_view symbol, const ChannelOptions& options) {
          return binance_snapshot_path(kVenue, symbol, options);
        },
    .snapshot_symbol = binance_snapshot_symbol,
    .instruments_path = [] { return std::string("/api/v3/exchangeInfo"); },
    .read_request = binance_read_request,
    .read_connect_path = binance_read_connect_path,
    .instrument_of = binance_instrument_of,
    .native_symbol = binance_native_symbol,
    .merged_symbol = [](std::string_view symbol) { return std::string(symbol); }};

}  // namespace daedalus
