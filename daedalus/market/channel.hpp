#pragma once

#include <optional>
#include <string_view>

namespace daedalus {

/// What users subscribe to and what bronze folders are called. `other` stands for channels that
/// are kept as JSON under the venue's own name in snake case (candles, funding, ...).
enum class Channel { orderbook, trades, ticker, other };

constexpr std::string_view channel_name(Channel channel) {
  switch (channel) {
    case Channel::orderbook:
      return "orderbook";
    case Channel::trades:
      return "trades";
    case Channel::ticker:
      return "ticker";
    case Channel::other:
      return "other";
  }
  return "other";
}

constexpr std::optional<Channel> channel_of_name(std::string_view name) {
  if (name == "orderbook") return Channel::orderbook;
  if (name == "trades") return Channel::trades;
  if (name == "ticker") return Channel::ticker;
  return std::nullopt;
}

}  // namespace daedalus
