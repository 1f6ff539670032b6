#pragma once

#include "daedalus/exchanges/binance_protocol.hpp"

namespace daedalus {

/// The family's functions bound to one venue; `facts` brings title, endpoints, keepalive and
/// channels.
template <const BinanceVenue& kVenue>
constexpr Exchange binance_exchange(Exchange facts) {
  facts.name = kVenue.name;
  facts.limits = kVenue.limits;
  facts.subscribe = [](std::span<const Subscription> wanted, const ChannelOptions& options) {
    return binance_subscribe(kVenue, wanted, options);
  };
  facts.connect_path = [](std::span<const Subscription>) { return std::string("/stream"); };
  facts.parse = [](const RawFrame& frame, ConnectionState&, EventSink& out) {
    return binance_parse(kVenue, frame, out);
  };
  facts.snapshot_path = [](std::string_view symbol, const ChannelOptions& options) {
    return binance_snapshot_path(kVenue, symbol, options);
  };
  facts.snapshot_symbol = binance_snapshot_symbol;
  facts.instruments_path = [] { return std::string(kVenue.rest_prefix) + "/exchangeInfo"; };
  facts.read_request = binance_read_request;
  facts.read_connect_path = binance_read_connect_path;
  facts.instrument_of = binance_instrument_of;
  facts.native_symbol = binance_native_symbol;
  facts.merged_symbol = [](std::string_view symbol) { return std::string(symbol); };
  return facts;
}

}  // namespace daedalus
