#include "daedalus/exchanges/coinbase_protocol.hpp"

#include <algorithm>

#include "daedalus/base/json_text.hpp"
#include "daedalus/market/symbol.hpp"

namespace daedalus {
namespace {

bool is_symbol_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// "BTC-USD" and "BTC-PERP-INTX", but not "-USD", "BTC-", "BTC" or "a b".
bool is_product_id(std::string_view text) {
  const size_t dash = text.find('-');
  return dash != std::string_view::npos && dash > 0 && text.back() != '-' && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), is_symbol_char);
}

/// The wanted products of one channel.
Result<std::vector<std::string>> products_of(std::string_view exchange, Channel channel,
                                             std::span<const Subscription> wanted) {
  std::vector<std::string> products;
  for (const Subscription& subscription : wanted) {
    if (subscription.channel == Channel::other) {
      return fail(ErrorKind::config, "{}: cannot subscribe to channel \"other\"", exchange);
    }
    if (!coinbase_instrument_of(subscription.symbol_native)) {
      return fail(ErrorKind::config, "{}: no product id: \"{}\" (they look like BTC-USD)", exchange,
                  subscription.symbol_native);
    }
    if (subscription.channel == channel) products.push_back(subscription.symbol_native);
  }
  return products;
}

Channel channel_named(std::string_view name, std::span<const CoinbaseChannel> names) {
  for (const CoinbaseChannel& entry : names) {
    if (entry.name == name) return entry.channel;
  }
  return Channel::other;
}

/// A request's channels and products, gathered before they are multiplied out.
struct RequestParts {
  std::vector<std::string> products;
  std::vector<std::pair<std::string, std::vector<std::string>>> channels;  ///< With own products.
};

std::vector<std::string> strings_in(simdjson::dom::element element) {
  std::vector<std::string> texts;
  simdjson::dom::array array;
  if (element.get(array) != simdjson::SUCCESS) return texts;
  for (const simdjson::dom::element entry : array) {
    std::string_view text;
    if (entry.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

void read_channels(simdjson::dom::element element, RequestParts& parts) {
  simdjson::dom::array array;
  if (element.get(array) != simdjson::SUCCESS) return;
  for (const simdjson::dom::element entry : array) {
    std::string_view name;
    if (entry.get(name) == simdjson::SUCCESS) {
      parts.channels.emplace_back(name, std::vector<std::string>());
    } else if (entry["name"].get(name) == simdjson::SUCCESS) {
      simdjson::dom::element products;
      std::vector<std::string> ids;
      if (entry["product_ids"].get(products) == simdjson::SUCCESS) ids = strings_in(products);
      parts.channels.emplace_back(name, std::move(ids));
    }
  }
}

void add_streams(ClientRequest& request, const std::string& name,
                 const std::vector<std::string>& products, std::span<const CoinbaseChannel> names) {
  const Channel channel = channel_named(name, names);
  for (const std::string& product : products) {
    request.subscriptions.push_back({product, channel});
    request.stream_names.push_back(name);
  }
  if (!products.empty()) return;
  request.subscriptions.push_back({"", channel});
  request.stream_names.push_back(name);
}

Result<std::optional<Decimal>> read_tick(const JsonFields& fields, std::string_view key) {
  const std::string_view token = fields.find(key);
  if (unquoted(token).empty()) return std::optional<Decimal>();
  Decimal tick;
  std::optional<BadNumber> bad;
  if (!read_amount(key, token, tick, bad)) return bad_number(*bad);
  return std::optional<Decimal>(tick);
}

Result<Instrument> read_product(const JsonFields& fields, const CoinbaseProductKeys& keys) {
  Instrument instrument;
  instrument.symbol_native = text_of(fields.find(keys.id));
  if (instrument.symbol_native.empty()) return bad_field(keys.id, "is empty", fields.find(keys.id));
  instrument.symbol = canonical_symbol(instrument.symbol_native);
  instrument.base = text_of(fields.find(keys.base));
  instrument.quote = text_of(fields.find(keys.quote));
  const bool is_future = unquoted(fields.find("product_type")) == "FUTURE";
  if (is_future) instrument.size_unit = SizeUnit::contracts;
  auto price_tick = read_tick(fields, keys.price_tick);
  if (!price_tick) return with_context(price_tick.error(), "{}", instrument.symbol_native);
  auto size_tick = read_tick(fields, keys.size_tick);
  if (!size_tick) return with_context(size_tick.error(), "{}", instrument.symbol_native);
  instrument.price_tick = *price_tick;
  instrument.size_tick = *size_tick;
  return instrument;
}

}  // namespace

std::optional<Side> coinbase_taker_side(std::string_view maker_side_token) {
  const std::string_view side = unquoted(maker_side_token);
  if (side == "BUY" || side == "buy") return Side::sell;
  if (side == "SELL" || side == "sell") return Side::buy;
  return std::nullopt;
}

std::string coinbase_native_symbol(std::string_view symbol) {
  return canonical_symbol(symbol);
}

std::optional<Instrument> coinbase_instrument_of(std::string_view symbol_native) {
  if (symbol_native.empty() || !is_product_id(symbol_native)) return std::nullopt;
  Instrument instrument;
  instrument.symbol_native = symbol_native;
  instrument.symbol = symbol_native;
  const size_t dash = symbol_native.find('-');
  instrument.base = symbol_native.substr(0, dash);
  const std::string_view rest = symbol_native.substr(dash + 1);
  const bool is_future = rest.find('-') != std::string_view::npos;
  if (is_future) instrument.size_unit = SizeUnit::contracts;
  if (!is_future) instrument.quote = rest;
  return instrument;
}

std::string coinbase_merged_symbol(std::string_view symbol) {
  constexpr std::string_view kMerged = "-USDC";
  const bool spot = std::count(symbol.begin(), symbol.end(), '-') == 1;
  if (spot && symbol.ends_with(kMerged)) symbol.remove_suffix(1);
  return std::string(symbol);
}

std::vector<std::string> coinbase_products_in(std::string_view text) {
  std::vector<std::string> products;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && is_symbol_char(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    if (!word.empty() && is_product_id(word)) products.emplace_back(word);
    at = end + 1;
  }
  return products;
}

std::string coinbase_only_product(std::string_view payload) {
  constexpr std::string_view kKey = "\"product_id\":\"";
  std::string_view only;
  for (size_t at = payload.find(kKey); at != std::string_view::npos;
       at = payload.find(kKey, at + 1)) {
    const std::string_view rest = payload.substr(at + kKey.size());
    const std::string_view product = rest.substr(0, rest.find('"'));
    if (!only.empty() && product != only) return {};
    only = product;
  }
  return std::string(only);
}

Result<std::vector<SubscribeFrame>> coinbase_subscribe(const CoinbaseRequestStyle& style,
                                                       std::span<const Subscription> wanted) {
  std::vector<SubscribeFrame> frames;
  std::vector<std::string> heartbeat_products;
  for (const ChannelRule& rule : style.rules) {
    DAEDALUS_TRY(const std::vector<std::string> products,
                 products_of(style.exchange, rule.channel, wanted));
    const auto name = std::find_if(style.names.begin(), style.names.end(), [&](const auto& entry) {
      return entry.channel == rule.channel;
    });
    for (size_t at = 0; at < products.size(); at += style.products_per_message) {
      const size_t count = std::min(style.products_per_message, products.size() - at);
      const auto part = std::span(products).subspan(at, count);
      SubscribeFrame frame{.text = style.request_text(name->name, part)};
      for (const std::string& product : part)
        frame.subscriptions.push_back({product, rule.channel});
      if (heartbeat_products.empty()) heartbeat_products.assign(part.begin(), part.end());
      frames.push_back(std::move(frame));
    }
  }
  if (!frames.empty()) {
    frames.push_back({.text = style.request_text(style.heartbeat, heartbeat_products)});
  }
  return frames;
}

std::string coinbase_product_array(std::span<const std::string> products) {
  std::string json = "[";
  for (const std::string& product : products) {
    if (json.size() > 1) json += ',';
    json += json_quoted(product);
  }
  return json + "]";
}

ClientRequest coinbase_read_channels(std::string_view frame,
                                     std::span<const CoinbaseChannel> names) {
  simdjson::dom::parser parser;
  simdjson::dom::element root, element;
  ClientRequest request;
  if (parser.parse(frame.data(), frame.size()).get(root) != simdjson::SUCCESS) return request;
  RequestParts parts;
  std::string_view channel;
  if (root["product_ids"].get(element) == simdjson::SUCCESS) parts.products = strings_in(element);
  if (root["channel"].get(channel) == simdjson::SUCCESS) {
    parts.channels.emplace_back(channel, std::vector<std::string>());
  }
  if (root["channels"].get(element) == simdjson::SUCCESS) read_channels(element, parts);
  for (const auto& [name, products] : parts.channels) {
    add_streams(request, name, products.empty() ? parts.products : products, names);
  }
  return request;
}

std::optional<ClientRequest> coinbase_read_request(std::string_view frame,
                                                   std::span<const CoinbaseChannel> names) {
  simdjson::dom::parser parser;
  std::string_view type;
  if (parser.parse(frame.data(), frame.size())["type"].get(type) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (type != "subscribe" && type != "unsubscribe") return std::nullopt;
  ClientRequest request = coinbase_read_channels(frame, names);
  request.unsubscribe = type == "unsubscribe";
  return request;
}

Failure coinbase_explain(Error error, std::string_view payload, std::string_view exchange) {
  const bool blames_json = error.message.ends_with("not JSON");
  if (!blames_json || !is_json(payload)) return Failure(std::move(error));
  return fail(ErrorKind::malformed, "{}: a message of unknown shape: {}", exchange,
              payload.substr(0, 64));
}

Result<void> coinbase_read_products(JsonArray products, const CoinbaseProductKeys& keys,
                                    EventSink& out) {
  JsonFields fields;
  for (auto entry : products) {
    JsonObject product;
    if (entry.get_object().get(product) != simdjson::SUCCESS) {
      return fail(ErrorKind::malformed, "an entry is no object");
    }
    fields.clear();
    if (fields.collect(product) != simdjson::SUCCESS) {
      return fail(ErrorKind::malformed, "not JSON");
    }
    DAEDALUS_TRY(const Instrument instrument, read_product(fields, keys));
    out.on_instrument(instrument);
  }
  return {};
}

}  // namespace daedalus
