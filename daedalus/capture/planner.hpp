#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/config/config.hpp"
#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// One source, resolved: what is asked of which venue, and where.
struct SourcePlan {
  std::string source;
  const Exchange* exchange = nullptr;
  std::vector<std::string> symbols;   ///< Canonical, as in the config's order, no doubles.
  std::vector<Subscription> streams;  ///< Sorted, no doubles.
  ChannelOptions channel_options;
  std::string endpoint;       ///< Override of the WebSocket URL, or empty.
  std::string rest_endpoint;  ///< Override of the REST base URL, or empty.
  int streams_per_connection = 0;
};

/// Finds the exchange, its channels and the native ids. Errors: config, naming the source and the
/// nearest valid name.
Result<SourcePlan> plan_source(const SourceConfig& config);

/// One (exchange, symbol, channel) is fed by one source at a time. Errors: config, with both names.
Result<void> check_overlaps(std::span<const SourcePlan> plans);

/// Streams that share one connection.
struct PlannedConnection {
  std::string url;
  std::vector<Subscription> streams;
};

/// Spreads the streams over connections: by the endpoint that serves each channel, then within the
/// venue's cap (or the config's, if that is lower). The streams of a symbol stay together where
/// they can.
std::vector<PlannedConnection> plan_connections(const SourcePlan& plan);

/// The REST base URL, without a slash at its end; empty if the venue has none.
std::string rest_base(const SourcePlan& plan);

/// "BTC-USD" for a native id, or the id itself where the venue's form is unknown.
std::string symbol_title(const Exchange& exchange, std::string_view symbol_native);

/// Number of connections of all sources.
size_t count_connections(std::span<const SourcePlan> plans);

}  // namespace daedalus
