// Coinbase Advanced Trade. One WebSocket for everything; `sequence_num` counts a connection's
// frames.
#include <algorithm>
#include <array>

#include "daedalus/exchanges/coinbase_protocol.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kName = "coinbase";
constexpr std::array kEndpoints = {
    WebSocketEndpoint{"public", "wss://advanced-trade-ws.coinbase.com"}};
constexpr std::array kChannels = {
    ChannelRule{Channel::orderbook, "", Continuity::connection_counter, SnapshotSource::in_band},
    ChannelRule{Channel::trades, "", Continuity::connection_counter, SnapshotSource::in_band},
    ChannelRule{Channel::ticker, "", Continuity::connection_counter, SnapshotSource::in_band}};
constexpr std::array kChannelNames = {CoinbaseChannel{Channel::orderbook, "level2"},
                                      CoinbaseChannel{Channel::trades, "market_trades"},
                                      CoinbaseChannel{Channel::ticker, "ticker"},
                                      CoinbaseChannel{Channel::ticker, "ticker_batch"}};
constexpr VenueLimits kLimits = {.streams_per_connection = 300,
                                 .symbols_per_message = 100,
                                 .message_bytes = 16'384,
                                 .messages_per_second = 8,
                                 .connects_per_second = 4,
                                 .subscribe_within = std::chrono::seconds(5)};

Failure not_json() {
  return fail(ErrorKind::malformed, "{}: not JSON", kName);
}

/// A frame's fields outside of its events.
struct Envelope {
  std::string_view channel;
  ExchangeTime time;
};

/// One entry of `updates`, before its side is known.
struct LevelFields {
  std::string_view side, event_time, price, size;
};

simdjson::error_code read_level_fields(JsonObject level, LevelFields& fields) {
  for (auto field : level) {
    if (field.error()) return field.error();
    const std::string_view key = key_of(field.value_unsafe());
    JsonValue value = field.value_unsafe().value();
    if (key == "price_level") {
      fields.price = token_of(value);
    } else if (key == "new_quantity") {
      fields.size = token_of(value);
    } else if (key == "side") {
      fields.side = token_of(value);
    } else if (key == "event_time") {
      fields.event_time = token_of(value);
    }
  }
  return simdjson::SUCCESS;
}

/// Reads `updates` into the message; the time is that of the last level.
Result<void> read_updates(JsonArray updates, BookMessage& message) {
  std::optional<BadNumber> bad;
  LevelFields fields;
  for (auto entry : updates) {
    JsonObject level_object;
    if (entry.get_object().get(level_object) != simdjson::SUCCESS) return not_json();
    fields = {};
    if (read_level_fields(level_object, fields) != simdjson::SUCCESS) return not_json();
    PriceLevel level;
    read_amount("price_level", fields.price, level.price, bad);
    read_amount("new_quantity", fields.size, level.size, bad);
    if (bad) return bad_number(*bad);
    const std::string_view side = unquoted(fields.side);
    if (side == "bid") {
      message.bids.push_back(level);
    } else if (side == "offer") {
      message.asks.push_back(level);
    } else {
      return bad_field("side", "is neither bid nor offer", fields.side);
    }
  }
  if (fields.event_time.empty()) return {};
  DAEDALUS_TRY(const ExchangeTime time, read_exchange_time("event_time", fields.event_time));
  if (time.exchange_us) message.time = time;
  return {};
}

Result<void> read_book_event(JsonObject event, const Envelope& envelope, EventSink& out) {
  thread_local BookMessage message;
  JsonValue type, product;
  const auto missing = [](std::string_view field) {
    return fail(ErrorKind::malformed, "{} l2_data: {} is missing", kName, field);
  };
  if (event["type"].get(type) != simdjson::SUCCESS) return missing("type");
  const std::string_view kind = unquoted(token_of(type));
  if (kind != "snapshot" && kind != "update") {
    return fail(ErrorKind::malformed, "{} l2_data: type is neither snapshot nor update: {}", kName,
                kind.substr(0, 64));
  }
  if (event["product_id"].get(product) != simdjson::SUCCESS) return missing("product_id");
  message.is_snapshot = kind == "snapshot";
  message.symbol_native = text_of(token_of(product));
  message.time = envelope.time;
  message.bids.clear();
  message.asks.clear();
  JsonArray updates;
  if (event["updates"].get_array().get(updates) != simdjson::SUCCESS) return missing("updates");
  if (auto read = read_updates(updates, message); !read) {
    return with_context(read.error(), "{} l2_data {}", kName, message.symbol_native);
  }
  out.on_book(message);
  return {};
}

constexpr std::string_view kTradeKeys = " product_id trade_id price size time side ";

Result<Trade> read_trade(const JsonFields& fields, const Envelope& envelope) {
  Trade trade;
  std::optional<BadNumber> bad;
  trade.symbol_native = text_of(fields.find("product_id"));
  trade.trade_id = text_of(fields.find("trade_id"));
  read_amount("price", fields.find("price"), trade.price, bad);
  read_amount("size", fields.find("size"), trade.amount, bad);
  if (bad) return bad_number(*bad);
  trade.time = envelope.time;
  if (const std::string_view time = fields.find("time"); !time.empty()) {
    DAEDALUS_TRY(trade.time, read_exchange_time("time", time));
  }
  trade.taker_side = coinbase_taker_side(fields.find("side"));
  if (trade.taker_side) trade.taker_side_source = TakerSideSource::maker_inverted;
  DAEDALUS_TRY(trade.info_json, remaining_json(fields, kTradeKeys));
  return trade;
}

/// All trades of an event are read before the first is given: the venue lists the newest first.
Result<void> read_trades_event(JsonObject event, const Envelope& envelope, EventSink& out) {
  std::string_view type;
  if (find_token(event, "type", type) != simdjson::SUCCESS) return not_json();
  const bool is_history = unquoted(type) == "snapshot";
  JsonFields fields;
  JsonArray entries;
  if (event["trades"].get_array().get(entries) != simdjson::SUCCESS) {
    return fail(ErrorKind::malformed, "{} market_trades: trades is missing", kName);
  }
  std::vector<Trade> trades;
  for (auto entry : entries) {
    JsonObject object;
    if (entry.get_object().get(object) != simdjson::SUCCESS) return not_json();
    fields.clear();
    if (fields.collect(object) != simdjson::SUCCESS) return not_json();
    auto trade = read_trade(fields, envelope);
    if (!trade) {
      return with_context(trade.error(), "{} market_trades {}", kName,
                          text_of(fields.find("product_id")));
    }
    trade->is_history = is_history;
    trades.push_back(*std::move(trade));
  }
  for (auto trade = trades.rbegin(); trade != trades.rend(); ++trade) out.on_trade(*trade);
  return {};
}

constexpr std::string_view kTickerKeys =
    " type product_id price volume_24_h low_24_h high_24_h price_percent_chg_24_h best_bid best_ask"
    " best_bid_quantity best_ask_quantity ";

/// Absent stays absent, and so does the empty text that the venue sends for it.
void read_optional(const JsonFields& fields, std::string_view key, std::optional<Decimal>& into,
                   std::optional<BadNumber>& bad) {
  const std::string_view token = fields.find(key);
  Decimal value;
  if (!unquoted(token).empty() && read_amount(key, token, value, bad)) into = value;
}

Result<Ticker> read_ticker(const JsonFields& fields, const Envelope& envelope) {
  Ticker ticker;
  std::optional<BadNumber> bad;
  ticker.symbol_native = text_of(fields.find("product_id"));
  ticker.time = envelope.time;
  read_optional(fields, "price", ticker.last, bad);
  read_optional(fields, "volume_24_h", ticker.base_volume, bad);
  read_optional(fields, "low_24_h", ticker.low, bad);
  read_optional(fields, "high_24_h", ticker.high, bad);
  read_optional(fields, "best_bid", ticker.bid, bad);
  read_optional(fields, "best_ask", ticker.ask, bad);
  read_optional(fields, "best_bid_quantity", ticker.bid_volume, bad);
  read_optional(fields, "best_ask_quantity", ticker.ask_volume, bad);
  if (bad) return bad_number(*bad);
  const std::string_view percent = fields.find("price_percent_chg_24_h");
  ticker.percentage = parse_decimal(unquoted(percent));
  if (!ticker.percentage && !unquoted(percent).empty()) {
    return bad_field("price_percent_chg_24_h", "is no number", percent);
  }
  DAEDALUS_TRY(ticker.info_json, remaining_json(fields, kTickerKeys));
  return ticker;
}

Result<void> read_tickers_event(JsonObject event, const Envelope& envelope, EventSink& out) {
  JsonArray entries;
  if (event["tickers"].get_array().get(entries) != simdjson::SUCCESS) {
    return fail(ErrorKind::malformed, "{} ticker: tickers is missing", kName);
  }
  JsonFields fields;
  for (auto entry : entries) {
    JsonObject object;
    if (entry.get_object().get(object) != simdjson::SUCCESS) return not_json();
    fields.clear();
    if (fields.collect(object) != simdjson::SUCCESS) return not_json();
    auto ticker = read_ticker(fields, envelope);
    if (!ticker) {
      return with_context(ticker.error(), "{} ticker {}", kName,
                          text_of(fields.find("product_id")));
    }
    out.on_ticker(*ticker);
  }
  return {};
}

/// `{"subscriptions":{"level2":["BTC-USD"]}}`: all that is now subscribed.
Result<void> read_subscriptions_event(JsonObject event, const Envelope&, EventSink& out) {
  ControlMessage message{.kind = ControlMessage::Kind::acknowledged};
  JsonObject channels;
  if (event["subscriptions"].get_object().get(channels) != simdjson::SUCCESS) return not_json();
  for (auto field : channels) {
    if (field.error()) return not_json();
    const std::string name(key_of(field.value_unsafe()));
    const auto known =
        std::find_if(kChannelNames.begin(), kChannelNames.end(),
                     [&](const CoinbaseChannel& entry) { return entry.name == name; });
    const Channel channel = known == kChannelNames.end() ? Channel::other : known->channel;
    JsonArray products;
    if (field.value().get_array().get(products) != simdjson::SUCCESS) return not_json();
    for (auto entry : products) {
      JsonValue product;
      if (entry.get(product) != simdjson::SUCCESS) return not_json();
      message.subscriptions.push_back({text_of(token_of(product)), channel});
    }
  }
  out.on_control(message);
  return {};
}

using EventReader = Result<void> (*)(JsonObject, const Envelope&, EventSink&);

EventReader reader_of(std::string_view channel) {
  if (channel == "l2_data") return read_book_event;
  if (channel == "market_trades") return read_trades_event;
  if (channel == "ticker" || channel == "ticker_batch") return read_tickers_event;
  if (channel == "subscriptions") return read_subscriptions_event;
  return nullptr;
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

Result<void> read_events(JsonObject root, EventReader reader, const Envelope& envelope,
                         EventSink& out) {
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
Result<void> read_envelope(JsonObject& root, Envelope& envelope, EventSink& out) {
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
  Envelope envelope{.channel = channel};
  DAEDALUS_OK(read_envelope(root, envelope, out));
  if (const EventReader reader = reader_of(channel))
    return read_events(root, reader, envelope, out);
  if (!is_json(payload)) return not_json();
  if (channel == "heartbeats") {
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
       .names = kChannelNames,
       .heartbeat = "heartbeats",
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
    .keepalive = {},
    .channels = kChannels,
    .subscribe = subscribe,
    .connect_path = [](std::span<const Subscription>) { return std::string(); },
    .parse = parse,
    .snapshot_path = [](std::string_view, const ChannelOptions&) { return std::string(); },
    .snapshot_symbol = [](std::string_view) { return std::optional<std::string>(); },
    .instruments_path = [] { return std::string("/api/v3/brokerage/market/products"); },
    .read_request =
        [](std::string_view frame) { return coinbase_read_request(frame, kChannelNames); },
    .read_connect_path = [](std::string_view) { return std::optional<ClientRequest>(); },
    .instrument_of = coinbase_instrument_of,
    .native_symbol = coinbase_native_symbol,
    .merged_symbol = coinbase_merged_symbol};

}  // namespace daedalus
