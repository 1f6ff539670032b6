#pragma once

#include <array>
#include <string_view>

#include "daedalus/exchanges/coinbase_protocol.hpp"

namespace daedalus {

inline constexpr std::string_view kCoinbaseName = "coinbase";
inline constexpr std::string_view kCoinbaseHeartbeats = "heartbeats";
inline constexpr std::array kCoinbaseChannelNames = {
    CoinbaseChannel{Channel::orderbook, "level2"},
    CoinbaseChannel{Channel::trades, "market_trades"}, CoinbaseChannel{Channel::ticker, "ticker"},
    CoinbaseChannel{Channel::ticker, "ticker_batch"}};

/// An Advanced Trade frame's fields outside of its events.
struct CoinbaseEnvelope {
  std::string_view channel;
  ExchangeTime time;
};

/// Reads one entry of a frame's `events`. Errors: malformed.
using CoinbaseEventReader = Result<void> (*)(JsonObject event, const CoinbaseEnvelope& envelope,
                                             EventSink& out);
/// The reader of a channel's events; null for channels without columns.
CoinbaseEventReader coinbase_event_reader(std::string_view channel);

}  // namespace daedalus
