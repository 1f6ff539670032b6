// Binance USD-M futures: spot's protocol with a chain of update ids (`pu`) and, since 2026, two
// endpoints: books, best prices and trades at /public, the rest at /market.
#include <array>

#include "daedalus/exchanges/binance_derivatives.hpp"
#include "daedalus/exchanges/binance_family.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

constexpr BinanceVenue kVenue = {.name = "binance_usdm",
                                 .rest_prefix = "/fapi/v1",
                                 .plain_depth_interval = "250ms",
                                 .one_trades_endpoint = false,
                                 .limits = {.streams_per_connection = 1024,
                                            .symbols_per_message = 100,
                                            .message_bytes = 4096,
                                            .messages_per_second = 8,
                                            .connects_per_second = 1.0,
                                            .snapshot_weight = 20,
                                            .snapshot_weight_per_minute = 2400}};
constexpr std::array kEndpoints = {WebSocketEndpoint{"public", "wss://fstream.binance.com/public"},
                                   WebSocketEndpoint{"market", "wss://fstream.binance.com/market"}};
constexpr std::array kChannels = {
    ChannelRule{Channel::orderbook, "public", Continuity::chain, SnapshotSource::rest_chain},
    ChannelRule{Channel::trades, "public", Continuity::none, SnapshotSource::in_band, "market"},
    ChannelRule{Channel::ticker, "public", Continuity::none}};

}  // namespace

constinit const Exchange kBinanceUsdm = binance_exchange<kVenue>(
    {.title = "Binance USD-M futures",
     .endpoints = {.websocket = kEndpoints, .rest = "https://fapi.binance.com"},
     // The server pings every 3 minutes only.
     .keepalive = {.client_ping_interval = std::chrono::seconds(30),
                   .silence_limit = std::chrono::seconds(90)},
     .channels = kChannels,
     .derivative_channels = kBinanceDerivativeChannels,
     .derivative_of = binance_derivative_of});

}  // namespace daedalus
