#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// What the venues of Binance's family have in common, and where they differ.
struct BinanceVenue {
  std::string_view name;
  std::string_view rest_prefix;  ///< "/api/v3"
  /// The depth interval whose stream has no suffix ("1000ms").
  std::string_view plain_depth_interval;
  bool one_trades_endpoint = true;  ///< aggTrade and 24 h statistics come where trade and book do.
  VenueLimits limits;
};

/// WebSocket frames (combined or raw), acknowledgements, errors, REST depth and exchangeInfo
/// bodies.
Result<void> binance_parse(const BinanceVenue& venue, const RawFrame& frame, EventSink& out);

Result<std::vector<SubscribeFrame>> binance_subscribe(const BinanceVenue& venue,
                                                      std::span<const Subscription> wanted,
                                                      const ChannelOptions& options);
std::string binance_snapshot_path(const BinanceVenue& venue, std::string_view symbol_native,
                                  const ChannelOptions& options);
/// From any `.../depth?symbol=X&...`, of whatever API version.
std::optional<std::string> binance_snapshot_symbol(std::string_view url);
std::optional<ClientRequest> binance_read_request(std::string_view frame);
/// "/stream?streams=a@b/c@d" and "/ws/a@b", alone or at the end of a URL.
std::optional<ClientRequest> binance_read_connect_path(std::string_view path);

std::optional<Instrument> binance_instrument_of(std::string_view symbol_native);
std::string binance_native_symbol(std::string_view symbol);

/// "btcusdt@depth@100ms" in its parts; the symbol in upper case, as data names it.
struct BinanceStream {
  std::string symbol;
  std::string_view kind;  ///< "depth", "trade", "kline_1m", ...
};
BinanceStream binance_stream_of(std::string_view stream_name);
/// The channel of a stream kind; `other` for what has no columns.
Channel binance_channel_of(std::string_view stream_kind);

}  // namespace daedalus
