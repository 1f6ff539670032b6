#include "daedalus/capture/planner.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "daedalus/base/nearest_name.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/market/symbol.hpp"

namespace daedalus {
namespace {

Result<const ChannelRule*> rule_of(const SourceConfig& config, const Exchange& exchange,
                                   const std::string& name) {
  const std::optional<Channel> channel = channel_of_name(name);
  const ChannelRule* rule = channel ? find_channel_rule(exchange, *channel) : nullptr;
  if (rule != nullptr) return rule;
  std::vector<std::string> allowed;
  std::string list;
  for (const ChannelRule& known : exchange.channels) {
    if (known.channel == Channel::other) continue;
    allowed.emplace_back(channel_name(known.channel));
    list += (list.empty() ? "" : ", ") + allowed.back();
  }
  const std::string nearest = nearest_name(name, allowed);
  return fail(ErrorKind::config, "source {}: {} has no channel \"{}\"; it has {}{}", config.name,
              exchange.name, name, list, nearest.empty() ? "" : "; did you mean " + nearest + "?");
}

const WebSocketEndpoint* endpoint_named(const Exchange& exchange, std::string_view name) {
  for (const WebSocketEndpoint& endpoint : exchange.endpoints.websocket) {
    if (endpoint.name == name || name.empty()) return &endpoint;
  }
  return nullptr;
}

/// Where the path of a URL begins; its end if it has none.
size_t path_start(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t slash = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  return slash == std::string_view::npos ? url.size() : slash;
}

/// The venue's URL, or the override with the venue's path unless it brings its own.
std::string base_url(const SourcePlan& plan, std::string_view endpoint_name) {
  const WebSocketEndpoint* endpoint = endpoint_named(*plan.exchange, endpoint_name);
  const std::string_view venue = endpoint == nullptr ? std::string_view() : endpoint->url;
  if (plan.endpoint.empty()) return std::string(venue);
  std::string_view own = plan.endpoint;
  if (own.ends_with('/')) own.remove_suffix(1);
  if (path_start(own) != own.size()) return std::string(own);
  return std::string(own) + std::string(venue.substr(path_start(venue)));
}

/// An override of the venue's address begins as it must; empty is none.
Result<void> check_url(const SourceConfig& config, std::string_view key, const std::string& url,
                       std::string_view scheme) {
  const std::string plain = fmt::format("{}://", scheme);
  const std::string with_tls = fmt::format("{}s://", scheme);
  for (const std::string& start : {plain, with_tls}) {
    if (url.empty() || (url.starts_with(start) && url.size() > start.size())) return {};
  }
  return fail(ErrorKind::config, "source {}: {} \"{}\" must begin with {} or {}", config.name, key,
              url, with_tls, plain);
}

}  // namespace

Result<SourcePlan> plan_source(const SourceConfig& config) {
  DAEDALUS_OK(check_url(config, "endpoint", config.endpoint, "ws"));
  DAEDALUS_OK(check_url(config, "rest_endpoint", config.rest_endpoint, "http"));
  SourcePlan plan;
  DAEDALUS_TRY(plan.exchange, find_exchange(config.exchange));
  const Exchange& exchange = *plan.exchange;
  plan.source = config.name.empty() ? config.exchange : config.name;
  plan.channel_options = {.trades_stream = config.trades_stream,
                          .depth_interval = config.depth_interval,
                          .ticker_24h = config.ticker_24h,
                          .rest_depth_limit = config.rest_depth_limit};
  plan.endpoint = config.endpoint;
  plan.rest_endpoint = config.rest_endpoint;
  plan.streams_per_connection = config.streams_per_connection;
  if (config.symbols.empty()) {
    return fail(ErrorKind::config, "source {}: no symbols", plan.source);
  }
  std::set<Subscription> streams;
  for (const std::string& typed : config.symbols) {
    const std::string native = exchange.native_symbol(exchange.merged_symbol(typed));
    const std::optional<Instrument> instrument = exchange.instrument_of(native);
    if (!instrument || instrument->symbol.starts_with('.')) {
      return fail(ErrorKind::config, "source {}: \"{}\" cannot be a symbol of {}", plan.source,
                  typed, exchange.name);
    }
    if (std::ranges::find(plan.symbols, instrument->symbol) == plan.symbols.end()) {
      plan.symbols.push_back(instrument->symbol);
    }
    for (const std::string& channel : config.channels) {
      DAEDALUS_TRY(const ChannelRule* rule, rule_of(config, exchange, channel));
      streams.insert({native, rule->channel});
    }
  }
  plan.streams.assign(streams.begin(), streams.end());
  if (plan.streams.empty()) return fail(ErrorKind::config, "source {}: no channels", plan.source);
  DAEDALUS_OK(exchange.subscribe(plan.streams, plan.channel_options));
  return plan;
}

Result<void> check_overlaps(std::span<const SourcePlan> plans) {
  std::map<std::tuple<std::string, std::string, Channel>, std::string> owners;
  std::set<std::string> names;
  for (const SourcePlan& plan : plans) {
    if (!names.insert(plan.source).second) {
      return fail(ErrorKind::config, "two sources are called \"{}\"; give each a name of its own",
                  plan.source);
    }
    for (const Subscription& stream : plan.streams) {
      const auto [at, is_new] = owners.try_emplace(
          {std::string(plan.exchange->name), stream.symbol_native, stream.channel}, plan.source);
      if (is_new) continue;
      return fail(ErrorKind::config, "{} {} of {} is in both sources \"{}\" and \"{}\"",
                  symbol_title(*plan.exchange, stream.symbol_native), channel_name(stream.channel),
                  plan.exchange->name, at->second, plan.source);
    }
  }
  return {};
}

std::vector<PlannedConnection> plan_connections(const SourcePlan& plan) {
  const Exchange& exchange = *plan.exchange;
  int cap = std::max(1, exchange.limits.streams_per_connection);
  if (plan.streams_per_connection > 0) cap = std::min(cap, plan.streams_per_connection);

  std::map<std::string_view, std::vector<Subscription>> by_endpoint;
  for (const Subscription& stream : plan.streams) {  // Sorted: a symbol's streams are neighbours.
    const WebSocketEndpoint* endpoint =
        find_endpoint(exchange, stream.channel, plan.channel_options);
    by_endpoint[endpoint == nullptr ? std::string_view() : endpoint->name].push_back(stream);
  }
  std::vector<PlannedConnection> connections;
  for (const auto& [endpoint, streams] : by_endpoint) {
    const size_t needed = (streams.size() + cap - 1) / cap;
    const size_t even = (streams.size() + needed - 1) / needed;
    size_t begin = 0;
    while (begin < streams.size()) {
      size_t end = std::min(begin + even, streams.size());
      while (end < streams.size() && end - begin < static_cast<size_t>(cap) &&
             streams[end].symbol_native == streams[end - 1].symbol_native) {
        ++end;
      }
      PlannedConnection connection;
      connection.streams.assign(streams.begin() + begin, streams.begin() + end);
      connection.url = base_url(plan, endpoint) + exchange.connect_path(connection.streams);
      connections.push_back(std::move(connection));
      begin = end;
    }
  }
  return connections;
}

std::string rest_base(const SourcePlan& plan) {
  std::string base =
      plan.rest_endpoint.empty() ? std::string(plan.exchange->endpoints.rest) : plan.rest_endpoint;
  while (base.ends_with('/')) base.pop_back();
  return base;
}

std::string symbol_title(const Exchange& exchange, std::string_view symbol_native) {
  const std::optional<Instrument> instrument = exchange.instrument_of(symbol_native);
  return instrument ? instrument->symbol : std::string(symbol_native);
}

size_t count_connections(std::span<const SourcePlan> plans) {
  size_t count = 0;
  for (const SourcePlan& plan : plans) count += plan_connections(plan).size();
  return count;
}

}  // namespace daedalus
