// Binance USD-M futures: spot's protocol with a chain of update ids (`pu`) and, since 2026, two
// endpoints: books, best prices and trades at /public, the rest at /market.
#include <array>

#include "daedalus/exchanges/binance_protocol.hpp"
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

constinit const Exchange kBinanceUsdm = {
    .name = kVenue.name,
    .title = "Binance USD-M futures",
    .endpoints = {.websocket = kEndpoints, .rest = "https://fapi.binance.com"},
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
    .instruments_path = [] { return std::string("/fapi/v1/exchangeInfo"); },
    .read_request = binance_read_request,
    .read_connect_path = binance_read_connect_path,
    .instrument_of = binance_instrument_of,
    .native_symbol = binance_native_symbol,
    .merged_symbol = [](std::string_view symbol) { return std::string(symbol); }};

}  // namespace daedalus
