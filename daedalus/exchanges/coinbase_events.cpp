// The events of Coinbase Advanced Trade's channels.
#include "daedalus/exchanges/coinbase_events.hpp"

#include <algorithm>

namespace daedalus {
namespace {

Failure not_json() {
  return fail(ErrorKind::malformed, "{}: not JSON", kCoinbaseName);
}

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

Result<void> read_book_event(JsonObject event, const CoinbaseEnvelope& envelope, EventSink& out) {
  thread_local BookMessage message;
  JsonValue type, product;
  const auto missing = [](std::string_view field) {
    return fail(ErrorKind::malformed, "{} l2_data: {} is missing", kCoinbaseName, field);
  };
  if (event["type"].get(type) != simdjson::SUCCESS) return missing("type");
  const std::string_view kind = unquoted(token_of(type));
  if (kind != "snapshot" && kind != "update") {
    return fail(ErrorKind::malformed, "{} l2_data: type is neither snapshot nor update: {}",
                kCoinbaseName, kind.substr(0, 64));
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
    return with_context(read.error(), "{} l2_data {}", kCoinbaseName, message.symbol_native);
  }
  out.on_book(message);
  return {};
}

constexpr std::string_view kTradeKeys = " product_id trade_id price size time side ";

Result<Trade> read_trade(const JsonFields& fields, const CoinbaseEnvelope& envelope) {
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
Result<void> read_trades_event(JsonObject event, const CoinbaseEnvelope& envelope, EventSink& out) {
  std::string_view type;
  if (find_token(event, "type", type) != simdjson::SUCCESS) return not_json();
  const bool is_history = unquoted(type) == "snapshot";
  JsonFields fields;
  JsonArray entries;
  if (event["trades"].get_array().get(entries) != simdjson::SUCCESS) {
    return fail(ErrorKind::malformed, "{} market_trades: trades is missing", kCoinbaseName);
  }
  std::vector<Trade> trades;
  for (auto entry : entries) {
    JsonObject object;
    if (entry.get_object().get(object) != simdjson::SUCCESS) return not_json();
    fields.clear();
    if (fields.collect(object) != simdjson::SUCCESS) return not_json();
    auto trade = read_trade(fields, envelope);
    if (!trade) {
      return with_context(trade.error(), "{} market_trades {}", kCoinbaseName,
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

Result<Ticker> read_ticker(const JsonFields& fields, const CoinbaseEnvelope& envelope) {
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

Result<void> read_tickers_event(JsonObject event, const CoinbaseEnvelope& envelope,
                                EventSink& out) {
  JsonArray entries;
  if (event["tickers"].get_array().get(entries) != simdjson::SUCCESS) {
    return fail(ErrorKind::malformed, "{} ticker: tickers is missing", kCoinbaseName);
  }
  JsonFields fields;
  for (auto entry : entries) {
    JsonObject object;
    if (entry.get_object().get(object) != simdjson::SUCCESS) return not_json();
    fields.clear();
    if (fields.collect(object) != simdjson::SUCCESS) return not_json();
    auto ticker = read_ticker(fields, envelope);
    if (!ticker) {
      return with_context(ticker.error(), "{} ticker {}", kCoinbaseName,
                          text_of(fields.find("product_id")));
    }
    out.on_ticker(*ticker);
  }
  return {};
}

/// `{"subscriptions":{"level2":["BTC-USD"]}}`: all that is now subscribed.
Result<void> read_subscriptions_event(JsonObject event, const CoinbaseEnvelope&, EventSink& out) {
  ControlMessage message{.kind = ControlMessage::Kind::acknowledged};
  JsonObject channels;
  if (event["subscriptions"].get_object().get(channels) != simdjson::SUCCESS) return not_json();
  for (auto field : channels) {
    if (field.error()) return not_json();
    const std::string name(key_of(field.value_unsafe()));
    if (name == kCoinbaseHeartbeats) continue;
    const auto known =
        std::find_if(kCoinbaseChannelNames.begin(), kCoinbaseChannelNames.end(),
                     [&](const CoinbaseChannel& entry) { return entry.name == name; });
    const Channel channel = known == kCoinbaseChannelNames.end() ? Channel::other : known->channel;
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

}  // namespace

CoinbaseEventReader coinbase_event_reader(std::string_view channel) {
  if (channel == "l2_data") return read_book_event;
  if (channel == "market_trades") return read_trades_event;
  if (channel == "ticker" || channel == "ticker_batch") return read_tickers_event;
  if (channel == "subscriptions") return read_subscriptions_event;
  return nullptr;
}

}  // namespace daedalus
