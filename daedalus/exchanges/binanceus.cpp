// Binance.US: Binance spot's protocol at its own addresses.
#include <array>

#include "daedalus/exchanges/binance_family.hpp"
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

constinit const Exchange kBinanceUs = binance_exchange<kVenue>(
    {.title = "Binance.US",
     .endpoints = {.websocket = kEndpoints, .rest = "https://api.binance.us"},
     // The server pings every 3 minutes only.
     .keepalive = {.client_ping_interval = std::chrono::seconds(30),
                   .silence_limit = std::chrono::seconds(90)},
     .channels = kChannels});

}  // namespace daedalus
