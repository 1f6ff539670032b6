// What Binance's family says. One pass gathers a message's fields and levels in whatever order they
// come, then the message is told by its event name or, where it has none, by its fields.
#include "daedalus/exchanges/binance_protocol.hpp"

#include "daedalus/exchanges/binance_instruments.hpp"
#include "daedalus/exchanges/json_reader.hpp"

namespace daedalus {
namespace {

using simdjson::ondemand::json_type;

/// One message. Reused by a thread; tokens live as long as the opened JSON.
struct Payload {
  std::string_view stream;  ///< "btcusdt@trade" of a combined stream; empty for a raw one.
  JsonFields fields;        ///< Of the message itself; of its `error` object too.
  BookMessage book;         ///< Its levels; the rest is filled in when it is given.
  bool has_levels = false;
  std::optional<BadNumber> bad;

  void clear() {
    stream = {};
    fields.clear();
    book.bids.clear();
    book.asks.clear();
    has_levels = false;
    bad.reset();
  }
};

/// Where a message is given to, and what names it in errors.
struct Context {
  const BinanceVenue& venue;
  std::string_view payload;
  EventSink& out;
};

Failure not_json(const BinanceVenue& venue) {
  return fail(ErrorKind::malformed, "{}: not JSON", venue.name);
}

simdjson::error_code read_fields(JsonObject object, Payload& into);

simdjson::error_code read_array(std::string_view key, JsonValue& value, Payload& into) {
  JsonArray array;
  if (const auto error = value.get_array().get(array)) return error;
  const bool bids = key == "b" || key == "bids";
  if (bids || key == "a" || key == "asks") {
    into.has_levels = true;
    return read_level_pairs(array, key, bids ? into.book.bids : into.book.asks, into.bad);
  }
  std::string_view raw;
  if (const auto error = array.raw_json().get(raw)) return error;
  into.fields.add(key, raw);
  return simdjson::SUCCESS;
}

simdjson::error_code read_object(std::string_view key, JsonValue& value, Payload& into) {
  JsonObject object;
  if (const auto error = value.get_object().get(object)) return error;
  if (key == "data" || key == "error") return read_fields(object, into);
  std::string_view raw;
  if (const auto error = object.raw_json().get(raw)) return error;
  into.fields.add(key, raw);
  return simdjson::SUCCESS;
}

simdjson::error_code read_fields(JsonObject object, Payload& into) {
  for (auto field : object) {
    if (field.error()) return field.error();
    const std::string_view key = key_of(field.value_unsafe());
    JsonValue value = field.value_unsafe().value();
    json_type type{};
    if (const auto error = value.type().get(type)) return error;
    if (type == json_type::array) {
      if (const auto error = read_array(key, value, into)) return error;
    } else if (type == json_type::object) {
      if (const auto error = read_object(key, value, into)) return error;
    } else if (key == "stream") {
      into.stream = unquoted(token_of(value));
    } else {
      into.fields.add(key, token_of(value));
    }
  }
  return simdjson::SUCCESS;
}

/// Transaction time if sent, else event time.
Result<ExchangeTime> message_time(const JsonFields& fields) {
  for (const std::string_view key : {"T", "E"}) {
    const std::string_view token = fields.find(key);
    if (!token.empty()) return read_exchange_time(key, token);
  }
  return ExchangeTime{};
}

Result<void> read_sequence(const JsonFields& fields, std::string_view key,
                           std::optional<int64_t>& into) {
  const std::string_view token = fields.find(key);
  into = integer_of(token);
  if (!into) return bad_field(key, "is no number", token);
  return {};
}

Result<void> read_delta_sequences(const JsonFields& fields, BookMessage& book) {
  DAEDALUS_OK(read_sequence(fields, "U", book.first_sequence));
  DAEDALUS_OK(read_sequence(fields, "u", book.last_sequence));
  if (fields.has("pu")) DAEDALUS_OK(read_sequence(fields, "pu", book.previous_sequence));
  return {};
}

/// A delta, or with `lastUpdateId` a full image.
Result<void> fill_book(Payload& payload) {
  BookMessage& book = payload.book;
  book.first_sequence.reset();
  book.previous_sequence.reset();
  if (payload.bad) return bad_number(*payload.bad);
  DAEDALUS_TRY(book.time, message_time(payload.fields));
  if (payload.fields.has("lastUpdateId")) {
    return read_sequence(payload.fields, "lastUpdateId", book.last_sequence);
  }
  return read_delta_sequences(payload.fields, book);
}

Result<void> give_book(const Context& context, Payload& payload, std::string symbol,
                       bool is_snapshot, bool from_rest) {
  payload.book.symbol_native = std::move(symbol);
  payload.book.is_snapshot = is_snapshot;
  payload.book.from_rest = from_rest;
  if (auto filled = fill_book(payload); !filled) {
    return with_context(filled.error(), "{} depth {}", context.venue.name,
                        payload.book.symbol_native);
  }
  context.out.on_book(payload.book);
  return {};
}

Result<Trade> read_trade(const JsonFields& fields, bool is_aggregate) {
  Trade trade{.symbol_native = text_of(fields.find("s")),
              .trade_id = std::string(unquoted(fields.find(is_aggregate ? "a" : "t"))),
              .is_aggregate = is_aggregate};
  std::optional<BadNumber> bad;
  read_amount("p", fields.find("p"), trade.price, bad);
  read_amount("q", fields.find("q"), trade.amount, bad);
  if (bad) return bad_number(*bad);
  DAEDALUS_TRY(trade.time, message_time(fields));
  const std::string_view buyer_is_maker = fields.find("m");
  if (buyer_is_maker == "true" || buyer_is_maker == "false") {
    trade.taker_side = buyer_is_maker == "true" ? Side::sell : Side::buy;
    trade.taker_side_source = TakerSideSource::venue;
  }
  DAEDALUS_TRY(trade.info_json, remaining_json(fields, is_aggregate ? " e E T s a p q m M "
                                                                    : " e E T s t p q m M "));
  return trade;
}

void read_optional(const JsonFields& fields, std::string_view key, std::optional<Decimal>& into,
                   std::optional<BadNumber>& bad) {
  const std::string_view token = fields.find(key);
  Decimal value;
  if (!unquoted(token).empty() && read_amount(key, token, value, bad)) into = value;
}

void read_best(const JsonFields& fields, Ticker& ticker, std::optional<BadNumber>& bad) {
  read_optional(fields, "b", ticker.bid, bad);
  read_optional(fields, "B", ticker.bid_volume, bad);
  read_optional(fields, "a", ticker.ask, bad);
  read_optional(fields, "A", ticker.ask_volume, bad);
}

Result<Ticker> read_book_ticker(const JsonFields& fields) {
  Ticker ticker{.symbol_native = text_of(fields.find("s"))};
  std::optional<BadNumber> bad;
  read_best(fields, ticker, bad);
  if (bad) return bad_number(*bad);
  DAEDALUS_TRY(ticker.time, message_time(fields));
  if (fields.has("u")) DAEDALUS_OK(read_sequence(fields, "u", ticker.sequence));
  DAEDALUS_TRY(ticker.info_json, remaining_json(fields, " e E T s u b B a A "));
  return ticker;
}

Result<Ticker> read_statistics(const JsonFields& fields) {
  Ticker ticker{.symbol_native = text_of(fields.find("s")), .kind = TickerKind::stats_24h};
  std::optional<BadNumber> bad;
  read_best(fields, ticker, bad);
  read_optional(fields, "c", ticker.last, bad);
  read_optional(fields, "o", ticker.open, bad);
  read_optional(fields, "h", ticker.high, bad);
  read_optional(fields, "l", ticker.low, bad);
  read_optional(fields, "w", ticker.vwap, bad);
  read_optional(fields, "v", ticker.base_volume, bad);
  read_optional(fields, "q", ticker.quote_volume, bad);
  if (bad) return bad_number(*bad);
  ticker.close = ticker.last;
  ticker.change = parse_decimal(unquoted(fields.find("p")));
  ticker.percentage = parse_decimal(unquoted(fields.find("P")));
  for (const std::string_view key : {"p", "P"}) {
    const std::string_view token = fields.find(key);
    const bool wrong =
        !(key == "p" ? ticker.change : ticker.percentage) && !unquoted(token).empty();
    if (wrong) return bad_field(key, "is no number", token);
  }
  DAEDALUS_TRY(ticker.time, message_time(fields));
  DAEDALUS_TRY(ticker.info_json, remaining_json(fields, " e E s p P w c b B a A o h l v q "));
  return ticker;
}

Result<void> give_trade(const Context& context, const JsonFields& fields, bool is_aggregate) {
  const auto trade = read_trade(fields, is_aggregate);
  if (!trade) {
    return with_context(trade.error(), "{} {} {}", context.venue.name,
                        is_aggregate ? "aggTrade" : "trade", text_of(fields.find("s")));
  }
  context.out.on_trade(*trade);
  return {};
}

Result<void> give_ticker(const Context& context, const JsonFields& fields, bool is_statistics) {
  const auto ticker = is_statistics ? read_statistics(fields) : read_book_ticker(fields);
  if (!ticker) {
    return with_context(ticker.error(), "{} {} {}", context.venue.name,
                        is_statistics ? "24hrTicker" : "bookTicker", text_of(fields.find("s")));
  }
  context.out.on_ticker(*ticker);
  return {};
}

/// The message as JSON, without the wrapper of a combined stream.
std::string message_json(std::string_view payload) {
  JsonDocument document;
  JsonValue data;
  std::string_view raw;
  if (open_json(payload, document) == simdjson::SUCCESS &&
      document["data"].get(data) == simdjson::SUCCESS &&
      simdjson::to_json_string(data).get(raw) == simdjson::SUCCESS) {
    return std::string(raw);
  }
  return std::string(payload);
}

/// Any JSON that has no columns here, under its event's or stream's name.
Result<void> give_other(const Context& context, const Payload& payload) {
  if (!is_json(context.payload)) return not_json(context.venue);
  const std::string event = text_of(payload.fields.find("e"));
  const BinanceStream stream = binance_stream_of(payload.stream);
  OtherMessage message;
  message.channel = snake_case(event.empty() ? std::string(stream.kind) : event);
  message.symbol_native = text_of(payload.fields.find("s"));
  if (message.symbol_native.empty()) message.symbol_native = stream.symbol;
  message.type = event;
  if (const auto time = message_time(payload.fields)) message.time = *time;
  message.data_json = message_json(context.payload);
  context.out.on_other(message);
  return {};
}

void give_refusal(const Context& context, const JsonFields& fields, std::string_view url) {
  ControlMessage message{.kind = ControlMessage::Kind::refused,
                         .request_id = integer_of(fields.find("id"))};
  message.text =
      fmt::format("{} (code {})", text_of(fields.find("msg")), unquoted(fields.find("code")));
  if (const auto symbol = binance_snapshot_symbol(url)) message.symbols.push_back(*symbol);
  context.out.on_control(message);
}

bool is_book_ticker(const JsonFields& fields) {
  return fields.has("u") && fields.has("s") && fields.has("b") && fields.has("B") &&
         fields.has("a") && fields.has("A");
}

/// "depth5", "depth20": the top of the book, whole, in each message.
bool is_partial_depth(std::string_view kind) {
  return kind.starts_with("depth") && kind.size() > 5 && kind[5] >= '0' && kind[5] <= '9';
}

Result<void> give_event(const Context& context, Payload& payload, std::string_view event) {
  const JsonFields& fields = payload.fields;
  if (event == "depthUpdate") {
    const bool partial = is_partial_depth(binance_stream_of(payload.stream).kind);
    return give_book(context, payload, text_of(fields.find("s")), partial, false);
  }
  if (event == "trade") return give_trade(context, fields, false);
  if (event == "aggTrade") return give_trade(context, fields, true);
  if (event == "bookTicker") return give_ticker(context, fields, false);
  if (event == "24hrTicker") return give_ticker(context, fields, true);
  if (event != "serverShutdown") return give_other(context, payload);
  context.out.on_control({.kind = ControlMessage::Kind::notice, .text = "serverShutdown"});
  return {};
}

Result<void> give_message(const Context& context, Payload& payload) {
  const JsonFields& fields = payload.fields;
  if (const std::string_view event = unquoted(fields.find("e")); !event.empty()) {
    return give_event(context, payload, event);
  }
  if (is_book_ticker(fields)) return give_ticker(context, fields, false);
  if (payload.has_levels && !payload.stream.empty() && fields.has("lastUpdateId")) {
    return give_book(context, payload, binance_stream_of(payload.stream).symbol, true, false);
  }
  if (fields.has("code") && fields.has("msg")) {
    give_refusal(context, fields, {});
    return {};
  }
  if (fields.has("result") && fields.has("id")) {
    context.out.on_control(
        {.kind = ControlMessage::Kind::acknowledged, .request_id = integer_of(fields.find("id"))});
    return {};
  }
  return give_other(context, payload);
}

Result<void> give_rest(const Context& context, Payload& payload, std::string_view url) {
  if (payload.fields.has("code") && payload.fields.has("msg")) {
    give_refusal(context, payload.fields, url);
    return {};
  }
  const auto symbol = binance_snapshot_symbol(url);
  if (symbol && payload.has_levels) return give_book(context, payload, *symbol, true, true);
  if (payload.fields.has("symbols")) {
    return binance_read_instruments(context.venue.name, context.payload, context.out);
  }
  return give_other(context, payload);
}

}  // namespace

Result<void> binance_parse(const BinanceVenue& venue, const RawFrame& frame, EventSink& out) {
  thread_local Payload payload;
  payload.clear();
  const Context context{venue, frame.payload, out};
  JsonDocument document;
  JsonObject root;
  if (open_json(frame.payload, document) != simdjson::SUCCESS) return not_json(venue);
  if (document.get_object().get(root) != simdjson::SUCCESS ||
      read_fields(root, payload) != simdjson::SUCCESS) {
    payload.clear();
    return give_other(context, payload);
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return not_json(venue);
  if (frame.url.empty()) return give_message(context, payload);
  return give_rest(context, payload, frame.url);
}

}  // namespace daedalus
