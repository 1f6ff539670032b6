#include "daedalus/exchanges/registry.hpp"

#include <array>
#include <string>
#include <vector>

#include "daedalus/base/nearest_name.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

const std::array<const Exchange*, 5> kExchanges = {
    &kCoinbase, &kCoinbaseExchange, &kBinance, &kBinanceUs, &kBinanceUsdm,
};

}  // namespace

std::span<const Exchange* const> all_exchanges() {
  return kExchanges;
}

Result<const Exchange*> find_exchange(std::string_view name) {
  std::vector<std::string> names;
  std::string list;
  for (const Exchange* exchange : kExchanges) {
    if (exchange->name == name) return exchange;
    names.emplace_back(exchange->name);
    list += list.empty() ? "" : ", ";
    list += exchange->name;
  }
  const std::string nearest = nearest_name(name, names);
  const std::string hint = nearest.empty() ? "" : fmt::format(" Did you mean \"{}\"?", nearest);
  return fail(ErrorKind::config, "unknown exchange \"{}\": there are {}.{}", name.substr(0, 64),
              list, hint);
}

const ChannelRule* find_channel_rule(const Exchange& exchange, Channel channel) {
  for (const ChannelRule& rule : exchange.channels) {
    if (rule.channel == channel) return &rule;
  }
  return nullptr;
}

const WebSocketEndpoint* find_endpoint(const Exchange& exchange, Channel channel,
                                       const ChannelOptions& options) {
  const ChannelRule* const rule = find_channel_rule(exchange, channel);
  if (rule == nullptr) return nullptr;
  const bool aggregate = channel == Channel::trades && options.trades_stream == "aggTrade" &&
                         !rule->aggregate_endpoint.empty();
  const std::string_view name = aggregate ? rule->aggregate_endpoint : rule->endpoint;
  for (const WebSocketEndpoint& endpoint : exchange.endpoints.websocket) {
    if (name.empty() || endpoint.name == name) return &endpoint;
  }
  return nullptr;
}

}  // namespace daedalus
