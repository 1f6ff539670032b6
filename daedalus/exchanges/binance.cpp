// Binance spot.
#include <array>

#include "daedalus/exchanges/binance_family.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

constexpr BinanceVenue kVenue = {.name = "binance",
                                 .rest_prefix = "/api/v3",
                                 .plain_depth_interval = "1000ms",
                                 .limits = {.streams_per_connection = 1024,
                                            .symbols_per_message = 100,
                                            .message_bytes = 4096,
                                            .messages_per_second = 4,
                                            .connects_per_second = 1.0,
                                            .snapshot_weight = 50,
                                            .snapshot_weight_per_minute = 6000}};
constexpr std::array kEndpoints = {WebSocketEndpoint{"public", "wss://stream.binance.com:9443"}};
constexpr std::array kChannels = {
    ChannelRule{Channel::orderbook, "", Continuity::range, SnapshotSource::rest_range},
    ChannelRule{Channel::trades, "", Continuity::none},
    ChannelRule{Channel::ticker, "", Continuity::none}};

}  // namespace

constinit const Exchange kBinance = binance_exchange<kVenue>(
    {.title = "Binance spot",
     .endpoints = {.websocket = kEndpoints, .rest = "https://api.binance.com"},
     // The server pings every 20 s; pings of ours count against the 5 messages a second.
     .keepalive = {.client_ping_interval = std::chrono::seconds(0),
                   .silence_limit = std::chrono::seconds(60)},
     .channels = kChannels});

}  // namespace daedalus
