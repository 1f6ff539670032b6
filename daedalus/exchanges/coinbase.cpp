// Coinbase Advanced Trade. One WebSocket for everything; `sequence_num` counts a connection's
// frames.
#include <array>

#include "daedalus/exchanges/coinbase_events.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kName = kCoinbaseName;
constexpr std::array kEndpoints = {
    WebSocketEndpoint{"public", "wss://advanced-trade-ws.coinbase.com"}};
constexpr std::array kChannels = {
    ChannelRule{Channel::orderbook, "", Continuity::connection_counter, SnapshotSource::in_band},
    ChannelRule{Channel::trades, "", Continuity::connection_counter, SnapshotSource::in_band},
    ChannelRule{Channel::ticker, "", Continuity::connection_counter, SnapshotSource::in_band}};
constexpr VenueLimits kLimits = {.streams_per_connection = 300,
                                 .symbols_per_message = 100,
                                 .message_bytes = 16'384,
                                 .messages_per_second = 8,
                                 .connects_per_second = 4,
                                 .subscribe_within = std::chrono::seconds(5)};

Failure not_json() {
  return fail(ErrorKind::malformed, "{}: not JSON", kName);
}

void give_other(std::string_view payload, const std::string& channel, const ExchangeTime& time,
                EventSink& out) {
  out.on_other({.channel = snake_case(channel),
                .symbol_native = coinbase_only_product(payload),
                .time = time,
                .data_json = std::string(payload)});
}

/// Frames without a channel: errors, and what nobody knows yet.
Result<void> read_without_channel(std::string_view payload, EventSink& out) {
  if (!is_json(payload)) return not_json();
  JsonDocument document;
  JsonObject root;
  JsonFields fields;
  if (open_json(payload, document) != simdjson::SUCCESS ||
      document.get_object().get(root) != simdjson::SUCCESS ||
      fields.collect(root) != simdjson::SUCCESS || text_of(fields.find("type")) != "error") {
    give_other(payload, "unknown", {}, out);
    return {};
  }
  ControlMessage message{.kind = ControlMessage::Kind::refused};
  message.text = text_of(fields.find("message"));
  const std::string reason = text_of(fields.find("reason"));
  if (!reason.empty()) message.text += ": " + reason;
  message.symbols = coinbase_products_in(message.text);
  out.on_control(message);
  return {};
}

Result<void> read_events(JsonObject root, CoinbaseEventReader reader,
                         const CoinbaseEnvelope& envelope, EventSink& out) {
  JsonArray events;
  if (root["events"].get_array().get(events) != simdjson::SUCCESS) {
    return fail(ErrorKind::malformed, "{} {}: events is missing", kName, envelope.channel);
  }
  for (auto entry : events) {
    JsonObject event;
    if (entry.get_object().get(event) != simdjson::SUCCESS) return not_json();
    DAEDALUS_OK(reader(event, envelope, out));
  }
  return {};
}

/// The time, and the connection's sequence, which is given at once.
Result<void> read_envelope(JsonObject& root, CoinbaseEnvelope& envelope, EventSink& out) {
  std::string_view timestamp, sequence;
  if (find_token(root, "timestamp", timestamp) != simdjson::SUCCESS) return not_json();
  if (find_token(root, "sequence_num", sequence) != simdjson::SUCCESS) return not_json();
  const auto named = [&](const Error& error) {
    return with_context(error, "{} {}", kName, envelope.channel.substr(0, 64));
  };
  if (!timestamp.empty()) {
    auto time = read_exchange_time("timestamp", timestamp);
    if (!time) return named(time.error());
    envelope.time = *time;
  }
  if (sequence.empty()) return {};
  const auto number = integer_of(sequence);
  if (!number) return named(bad_field("sequence_num", "is no number", sequence).value());
  out.on_connection_sequence(*number);
  return {};
}

Result<void> parse_message(std::string_view payload, EventSink& out) {
  JsonDocument document;
  JsonObject root;
  JsonValue value;
  if (open_json(payload, document) != simdjson::SUCCESS) return not_json();
  if (document.get_object().get(root) != simdjson::SUCCESS ||
      root["channel"].get(value) != simdjson::SUCCESS) {
    return read_without_channel(payload, out);
  }
  const std::string channel = text_of(token_of(value));
  CoinbaseEnvelope envelope{.channel = channel};
  DAEDALUS_OK(read_envelope(root, envelope, out));
  if (const CoinbaseEventReader reader = coinbase_event_reader(channel))
    return read_events(root, reader, envelope, out);
  if (!is_json(payload)) return not_json();
  if (channel == kCoinbaseHeartbeats) {
    out.on_control({.kind = ControlMessage::Kind::heartbeat});
  } else {
    give_other(payload, channel, envelope.time, out);
  }
  return {};
}

Result<void> parse_rest(const RawFrame& frame, EventSink& out) {
  if (!is_json(frame.payload)) return not_json();
  JsonDocument document;
  JsonArray products;
  if (open_json(frame.payload, document) != simdjson::SUCCESS ||
      document["products"].get_array().get(products) != simdjson::SUCCESS) {
    give_other(frame.payload, "unknown", {}, out);
    return {};
  }
  constexpr CoinbaseProductKeys kKeys = {.id = "product_id",
                                         .base = "base_currency_id",
                                         .quote = "quote_currency_id",
                                         .price_tick = "price_increment",
                                         .size_tick = "base_increment"};
  if (auto read = coinbase_read_products(products, kKeys, out); !read) {
    return with_context(read.error(), "{} products", kName);
  }
  return {};
}

Result<void> parse(const RawFrame& frame, ConnectionState&, EventSink& out) {
  auto parsed = frame.url.empty() ? parse_message(frame.payload, out) : parse_rest(frame, out);
  if (parsed) return parsed;
  return coinbase_explain(std::move(parsed).error(), frame.payload, kName);
}

std::string request_text(std::string_view channel, std::span<const std::string> products) {
  return fmt::format(R"({{"type":"subscribe","product_ids":{},"channel":"{}"}})",
                     coinbase_product_array(products), channel);
}

Result<std::vector<SubscribeFrame>> subscribe(std::span<const Subscription> wanted,
                                              const ChannelOptions&) {
  return coinbase_subscribe(
      {.exchange = kName,
       .rules = kChannels,
       .names = kCoinbaseChannelNames,
       .heartbeat = kCoinbaseHeartbeats,
       .products_per_message = static_cast<size_t>(kLimits.symbols_per_message),
       .request_text = request_text},
      wanted);
}

}  // namespace

constinit const Exchange kCoinbase = {
    .name = kName,
    .title = "Coinbase Advanced Trade",
    .endpoints = {.websocket = kEndpoints, .rest = "https://api.coinbase.com"},
    .limits = kLimits,
    .keepalive = {.channel = kCoinbaseHeartbeats},
    .channels = kChannels,
    .subscribe = subscribe,
    .connect_path = [](std::span<const Subscription>) { return std::string(); },
    .parse = parse,
    .snapshot_path = [](std::string_view, const ChannelOptions&) { return std::string(); },
    .snapshot_symbol = [](std::string_view) { return std::optional<std::string>(); },
    .instruments_path = [] { return std::string("/api/v3/brokerage/market/products"); },
    .read_request =
        [](std::string_view frame) { return coinbase_read_request(frame, kCoinbaseChannelNames); },
    .read_connect_path = [](std::string_view) { return std::optional<ClientRequest>(); },
    .instrument_of = coinbase_instrument_of,
    .native_symbol = coinbase_native_symbol,
    .merged_symbol = coinbase_merged_symbol};

}  // namespace daedalus
