#pragma once

#include <span>
#include <string_view>

#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// All exchanges, by name.
std::span<const Exchange* const> all_exchanges();
/// Errors: config, with the nearest valid name.
Result<const Exchange*> find_exchange(std::string_view name);
/// The rule of a channel; absent where the venue does not have it.
const ChannelRule* find_channel_rule(const Exchange& exchange, Channel channel);
/// Which of the venue's WebSocket endpoints serves a channel; absent where it does not have it.
const WebSocketEndpoint* find_endpoint(const Exchange& exchange, Channel channel,
                                       const ChannelOptions& options);

}  // namespace daedalus
