// Coinbase Exchange, the older feed (ws-feed): one message type a frame, no sequence on its books.
#include <algorithm>
#include <array>

#include "daedalus/exchanges/coinbase_protocol.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kName = "coinbase_exchange";
constexpr std::string_view kHeartbeat = "heartbeat";
constexpr std::array kEndpoints = {
    WebSocketEndpoint{"public", "wss://ws-feed.exchange.coinbase.com"}};
constexpr std::array kChannels = {ChannelRule{Channel::orderbook}, ChannelRule{Channel::trades},
                                  ChannelRule{Channel::ticker}};
/// The first name of a channel is the one we ask for: books without login are batched to 50 ms.
constexpr std::array kChannelNames = {
    CoinbaseChannel{Channel::orderbook, "level2_batch"},
    CoinbaseChannel{Channel::orderbook, "level2"}, CoinbaseChannel{Channel::trades, "matches"},
    CoinbaseChannel{Channel::ticker, "ticker"}, CoinbaseChannel{Channel::ticker, "ticker_batch"}};
constexpr VenueLimits kLimits = {.streams_per_connection = 300,
                                 .symbols_per_message = 100,
                                 .message_bytes = 16'384,
                                 .messages_per_second = 50,
                                 .connects_per_second = 4,
                                 .subscribe_within = std::chrono::seconds(5)};

Failure not_json() {
  return fail(ErrorKind::malformed, "{}: not JSON", kName);
}

/// One message: its scalars, and its levels if it is about a book.
struct Payload {
  JsonFields fields;
  BookMessage book;
  std::optional<BadNumber> bad;
  std::string_view bad_side;
};

/// `changes`: ["buy", "price", "size"] each.
simdjson::error_code read_changes(JsonArray changes, Payload& into) {
  for (auto entry : changes) {
    JsonArray values;
    if (const auto error = entry.get_array().get(values)) return error;
    std::array<std::string_view, 3> tokens;
    size_t place = 0;
    for (auto element : values) {
      JsonValue value;
      if (const auto error = element.get(value)) return error;
      if (place < tokens.size()) tokens[place] = token_of(value);
      ++place;
    }
    PriceLevel level;
    read_amount("changes", tokens[1], level.price, into.bad);
    read_amount("changes", tokens[2], level.size, into.bad);
    const std::string_view side = unquoted(tokens[0]);
    if (side == "buy") {
      into.book.bids.push_back(level);
    } else if (side == "sell") {
      into.book.asks.push_back(level);
    } else if (into.bad_side.empty()) {
      into.bad_side = place == 0 ? "[]" : tokens[0];
    }
  }
  return simdjson::SUCCESS;
}

simdjson::error_code read_array(std::string_view key, JsonValue& value, Payload& into) {
  JsonArray array;
  if (const auto error = value.get_array().get(array)) return error;
  if (key == "bids") return read_level_pairs(array, key, into.book.bids, into.bad);
  if (key == "asks") return read_level_pairs(array, key, into.book.asks, into.bad);
  if (key == "changes") return read_changes(array, into);
  std::string_view raw;
  if (const auto error = array.raw_json().get(raw)) return error;
  into.fields.add(key, raw);
  return simdjson::SUCCESS;
}

simdjson::error_code read_fields(JsonObject object, Payload& into) {
  for (auto field : object) {
    if (field.error()) return field.error();
    const std::string_view key = key_of(field.value_unsafe());
    JsonValue value = field.value_unsafe().value();
    simdjson::ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    if (type == simdjson::ondemand::json_type::array) {
      if (const auto error = read_array(key, value, into)) return error;
    } else if (type == simdjson::ondemand::json_type::object) {
      JsonObject inner;
      std::string_view raw;
      if (const auto error = value.get_object().get(inner)) return error;
      if (const auto error = inner.raw_json().get(raw)) return error;
      into.fields.add(key, raw);
    } else {
      into.fields.add(key, token_of(value));
    }
  }
  return simdjson::SUCCESS;
}

Result<ExchangeTime> message_time(const JsonFields& fields) {
  const std::string_view token = fields.find("time");
  if (token.empty()) return ExchangeTime{};
  return read_exchange_time("time", token);
}

Result<void> give_book(Payload& payload, bool is_snapshot, EventSink& out) {
  if (payload.bad) return bad_number(*payload.bad);
  if (!payload.bad_side.empty()) {
    return bad_field("changes", "names no side", payload.bad_side);
  }
  DAEDALUS_TRY(payload.book.time, message_time(payload.fields));
  payload.book.is_snapshot = is_snapshot;
  payload.book.symbol_native = text_of(payload.fields.find("product_id"));
  out.on_book(payload.book);
  return {};
}

Result<void> give_trade(const JsonFields& fields, bool is_history, EventSink& out) {
  Trade trade{.symbol_native = text_of(fields.find("product_id")),
              .trade_id = text_of(fields.find("trade_id")),
              .is_history = is_history};
  std::optional<BadNumber> bad;
  read_amount("price", fields.find("price"), trade.price, bad);
  read_amount("size", fields.find("size"), trade.amount, bad);
  if (bad) return bad_number(*bad);
  DAEDALUS_TRY(trade.time, message_time(fields));
  trade.taker_side = coinbase_taker_side(fields.find("side"));
  if (trade.taker_side) trade.taker_side_source = TakerSideSource::maker_inverted;
  DAEDALUS_TRY(trade.info_json,
               remaining_json(fields, " type product_id trade_id price size time side "));
  out.on_trade(trade);
  return {};
}

Result<void> give_ticker(const JsonFields& fields, EventSink& out) {
  Ticker ticker{.symbol_native = text_of(fields.find("product_id"))};
  std::optional<BadNumber> bad;
  const auto read = [&](std::string_view key, std::optional<Decimal>& into) {
    const std::string_view token = fields.find(key);
    Decimal value;
    if (!unquoted(token).empty() && read_amount(key, token, value, bad)) into = value;
  };
  read("price", ticker.last);
  read("open_24h", ticker.open);
  read("volume_24h", ticker.base_volume);
  read("low_24h", ticker.low);
  read("high_24h", ticker.high);
  read("best_bid", ticker.bid);
  read("best_ask", ticker.ask);
  read("best_bid_size", ticker.bid_volume);
  read("best_ask_size", ticker.ask_volume);
  if (bad) return bad_number(*bad);
  DAEDALUS_TRY(ticker.time, message_time(fields));
  DAEDALUS_TRY(ticker.info_json,
               remaining_json(fields,
                              " type product_id price open_24h volume_24h low_24h high_24h best_bid"
                              " best_ask best_bid_size best_ask_size time "));
  out.on_ticker(ticker);
  return {};
}

void give_refusal(const JsonFields& fields, EventSink& out) {
  ControlMessage message{.kind = ControlMessage::Kind::refused};
  message.text = text_of(fields.find("message"));
  const std::string reason = text_of(fields.find("reason"));
  if (!reason.empty()) message.text += ": " + reason;
  message.symbols = coinbase_products_in(message.text);
  out.on_control(message);
}

/// `{"type":"subscriptions","channels":[{"name":"level2","product_ids":[...]}]}`: all that flows.
Result<void> give_subscriptions(std::string_view payload, EventSink& out) {
  if (!is_json(payload)) return not_json();
  ControlMessage message{.kind = ControlMessage::Kind::acknowledged};
  const ClientRequest listed = coinbase_read_channels(payload, kChannelNames);
  for (size_t i = 0; i < listed.subscriptions.size(); ++i) {
    if (listed.stream_names[i] == kHeartbeat) continue;
    message.subscriptions.push_back(listed.subscriptions[i]);
  }
  out.on_control(message);
  return {};
}

Result<void> give_other(std::string_view payload, std::string_view type, const JsonFields& fields,
                        EventSink& out) {
  if (!is_json(payload)) return not_json();
  OtherMessage message{.channel = type.empty() ? "unknown" : snake_case(type),
                       .symbol_native = text_of(fields.find("product_id")),
                       .type = std::string(type),
                       .data_json = std::string(payload)};
  if (const auto time = message_time(fields)) message.time = *time;
  out.on_other(message);
  return {};
}

Result<void> give_message(std::string_view text, Payload& payload, EventSink& out) {
  const JsonFields& fields = payload.fields;
  const std::string type = text_of(fields.find("type"));
  if (type == "l2update" || type == "snapshot") return give_book(payload, type == "snapshot", out);
  if (type == "match" || type == "last_match") return give_trade(fields, type != "match", out);
  if (type == "ticker") return give_ticker(fields, out);
  if (type == "subscriptions") return give_subscriptions(text, out);
  if (type == "error") {
    give_refusal(fields, out);
    return {};
  }
  if (type == kHeartbeat) {
    out.on_control({.kind = ControlMessage::Kind::heartbeat});
    return {};
  }
  return give_other(text, type, fields, out);
}

Result<void> parse_message(std::string_view text, EventSink& out) {
  thread_local Payload payload;
  payload.fields.clear();
  payload.book.bids.clear();
  payload.book.asks.clear();
  payload.bad.reset();
  payload.bad_side = {};
  JsonDocument document;
  JsonObject root;
  if (open_json(text, document) != simdjson::SUCCESS) return not_json();
  if (document.get_object().get(root) != simdjson::SUCCESS ||
      read_fields(root, payload) != simdjson::SUCCESS) {
    return give_other(text, "", {}, out);
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return not_json();
  if (auto given = give_message(text, payload, out); !given) {
    if (given.error().message.starts_with(kName)) return given;
    return with_context(given.error(), "{} {} {}", kName,
                        text_of(payload.fields.find("type")).substr(0, 64),
                        text_of(payload.fields.find("product_id")).substr(0, 64));
  }
  return {};
}

Result<void> parse_rest(std::string_view text, EventSink& out) {
  if (!is_json(text)) return not_json();
  JsonDocument document;
  JsonArray products;
  if (open_json(text, document) != simdjson::SUCCESS ||
      document.get_array().get(products) != simdjson::SUCCESS) {
    return give_other(text, "", {}, out);
  }
  constexpr CoinbaseProductKeys kKeys = {.id = "id",
                                         .base = "base_currency",
                                         .quote = "quote_currency",
                                         .price_tick = "quote_increment",
                                         .size_tick = "base_increment"};
  if (auto read = coinbase_read_products(products, kKeys, out); !read) {
    return with_context(read.error(), "{} products", kName);
  }
  return {};
}

Result<void> parse(const RawFrame& frame, ConnectionState&, EventSink& out) {
  auto parsed =
      frame.url.empty() ? parse_message(frame.payload, out) : parse_rest(frame.payload, out);
  if (parsed) return parsed;
  return coinbase_explain(std::move(parsed).error(), frame.payload, kName);
}

std::string request_text(std::string_view channel, std::span<const std::string> products) {
  return fmt::format(R"({{"type":"subscribe","product_ids":{},"channels":["{}"]}})",
                     coinbase_product_array(products), channel);
}

Result<std::vector<SubscribeFrame>> subscribe(std::span<const Subscription> wanted,
                                              const ChannelOptions&) {
  return coinbase_subscribe(
      {.exchange = kName,
       .rules = kChannels,
       .names = kChannelNames,
       .heartbeat = kHeartbeat,
       .products_per_message = static_cast<size_t>(kLimits.symbols_per_message),
       .request_text = request_text},
      wanted);
}

}  // namespace

constinit const Exchange kCoinbaseExchange = {
    .name = kName,
    .title = "Coinbase Exchange (older feed)",
    .endpoints = {.websocket = kEndpoints, .rest = "https://api.exchange.coinbase.com"},
    .limits = kLimits,
    .keepalive = {.channel = kHeartbeat},
    .channels = kChannels,
    .subscribe = subscribe,
    .connect_path = [](std::span<const Subscription>) { return std::string(); },
    .parse = parse,
    .snapshot_path = [](std::string_view, const ChannelOptions&) { return std::string(); },
    .snapshot_symbol = [](std::string_view) { return std::optional<std::string>(); },
    .instruments_path = [] { return std::string("/products"); },
    .read_request =
        [](std::string_view frame) { return coinbase_read_request(frame, kChannelNames); },
    .read_connect_path = [](std::string_view) { return std::optional<ClientRequest>(); },
    .instrument_of = coinbase_instrument_of,
    .native_symbol = coinbase_native_symbol,
    .merged_symbol = coinbase_merged_symbol};

}  // namespace daedalus
