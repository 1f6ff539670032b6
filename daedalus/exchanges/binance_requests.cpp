// Symbols, streams, requests and URLs of Binance's family.
#include <algorithm>

#include "daedalus/base/json_text.hpp"
#include "daedalus/exchanges/binance_protocol.hpp"
#include "daedalus/exchanges/json_reader.hpp"
#include "daedalus/market/symbol.hpp"

namespace daedalus {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Letters, digits, `_` (delivery date) and bytes of UTF-8: some symbols are not ASCII.
bool is_symbol_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

Result<std::vector<std::string>> streams_of(const BinanceVenue& venue,
                                            const Subscription& subscription,
                                            const ChannelOptions& options) {
  const std::string symbol = lower_case(subscription.symbol_native);
  if (!binance_instrument_of(subscription.symbol_native)) {
    return fail(ErrorKind::config, "{}: no symbol: \"{}\" (they look like BTCUSDT)", venue.name,
                subscription.symbol_native);
  }
  switch (subscription.channel) {
    case Channel::orderbook: {
      const bool plain = options.depth_interval == venue.plain_depth_interval;
      return std::vector{symbol + (plain ? "@depth" : "@depth@" + options.depth_interval)};
    }
    case Channel::trades:
      if (options.trades_stream != "trade" && options.trades_stream != "aggTrade") {
        return fail(ErrorKind::config, "{}: trades_stream is trade or aggTrade, not \"{}\"",
                    venue.name, options.trades_stream);
      }
      return std::vector{symbol + "@" + options.trades_stream};
    case Channel::ticker: {
      std::vector<std::string> streams{symbol + "@bookTicker"};
      if (options.ticker_24h) streams.push_back(symbol + "@ticker");
      return streams;
    }
    case Channel::other:
      break;
  }
  return fail(ErrorKind::config, "{}: cannot subscribe to channel \"{}\"", venue.name,
              channel_name(subscription.channel));
}

/// What one connection of a venue with several endpoints cannot serve.
Result<void> check_options(const BinanceVenue& venue, std::span<const Subscription> wanted,
                           const ChannelOptions& options) {
  if (venue.one_trades_endpoint) return {};
  const auto wants = [&](Channel channel) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const Subscription& entry) { return entry.channel == channel; });
  };
  if (wants(Channel::ticker) && options.ticker_24h) {
    return fail(ErrorKind::config,
                "{}: ticker_24h is served by another endpoint than bookTicker; leave it out",
                venue.name);
  }
  return {};
}

class FrameBuilder {
 public:
  explicit FrameBuilder(const VenueLimits& limits) : limits_(limits) {}

  void add(const Subscription& subscription, const std::vector<std::string>& streams) {
    std::string params;
    for (const std::string& stream : streams) {
      params += params.empty() ? "" : ",";
      params += json_quoted(stream);
    }
    const bool too_many = symbols_ >= static_cast<size_t>(limits_.symbols_per_message);
    const bool too_long =
        params_.size() + params.size() + kFrameBytes > static_cast<size_t>(limits_.message_bytes);
    if (symbols_ > 0 && (too_many || too_long)) finish();
    params_ += (params_.empty() ? "" : ",") + params;
    subscriptions_.push_back(subscription);
    ++symbols_;
  }

  std::vector<SubscribeFrame> take() {
    if (symbols_ > 0) finish();
    return std::move(frames_);
  }

 private:
  static constexpr size_t kFrameBytes = 64;

  void finish() {
    frames_.push_back({.text = fmt::format(R"({{"method":"SUBSCRIBE","params":[{}],"id":{}}})",
                                           params_, frames_.size() + 1),
                       .subscriptions = std::move(subscriptions_)});
    subscriptions_.clear();
    params_.clear();
    symbols_ = 0;
  }

  VenueLimits limits_;
  std::vector<SubscribeFrame> frames_;
  std::vector<Subscription> subscriptions_;
  std::string params_;
  size_t symbols_ = 0;
};

void add_stream(ClientRequest& request, std::string_view name) {
  if (name.empty()) return;
  const BinanceStream stream = binance_stream_of(name);
  request.subscriptions.push_back({stream.symbol, binance_channel_of(stream.kind)});
  request.stream_names.emplace_back(name);
}

}  // namespace

BinanceStream binance_stream_of(std::string_view stream_name) {
  const size_t at = stream_name.find('@');
  if (at == std::string_view::npos) return {"", stream_name};
  BinanceStream stream;
  if (stream_name.starts_with('!')) return {"", stream_name.substr(1, at - 1)};
  stream.symbol = stream_name.substr(0, at);
  for (char& c : stream.symbol) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  stream.kind = stream_name.substr(at + 1);
  stream.kind = stream.kind.substr(0, stream.kind.find('@'));
  return stream;
}

Channel binance_channel_of(std::string_view stream_kind) {
  if (stream_kind.starts_with("depth")) return Channel::orderbook;
  if (stream_kind == "trade" || stream_kind == "aggTrade") return Channel::trades;
  if (stream_kind == "bookTicker" || stream_kind == "ticker") return Channel::ticker;
  return Channel::other;
}

Result<std::vector<SubscribeFrame>> binance_subscribe(const BinanceVenue& venue,
                                                      std::span<const Subscription> wanted,
                                                      const ChannelOptions& options) {
  DAEDALUS_OK(check_options(venue, wanted, options));
  FrameBuilder frames(venue.limits);
  for (const Subscription& subscription : wanted) {
    DAEDALUS_TRY(const std::vector<std::string> streams, streams_of(venue, subscription, options));
    frames.add(subscription, streams);
  }
  return frames.take();
}

std::string binance_snapshot_path(const BinanceVenue& venue, std::string_view symbol_native,
                                  const ChannelOptions& options) {
  return fmt::format("{}/depth?symbol={}&limit={}", venue.rest_prefix, symbol_native,
                     options.rest_depth_limit);
}

std::optional<std::string> binance_snapshot_symbol(std::string_view url) {
  const size_t query_at = url.find('?');
  if (query_at == std::string_view::npos) return std::nullopt;
  if (!url.substr(0, query_at).ends_with("/depth")) return std::nullopt;
  constexpr std::string_view kKey = "symbol=";
  std::string_view query = url.substr(query_at + 1);
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view entry = query.substr(0, end);
    if (entry.starts_with(kKey) && entry.size() > kKey.size()) {
      return binance_native_symbol(entry.substr(kKey.size()));
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return std::nullopt;
}

std::optional<ClientRequest> binance_read_request(std::string_view frame) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view method;
  if (parser.parse(frame.data(), frame.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  if (root["method"].get(method) != simdjson::SUCCESS) return std::nullopt;
  ClientRequest request;
  request.unsubscribe = method == "UNSUBSCRIBE";
  if (!request.unsubscribe && method != "SUBSCRIBE") return std::nullopt;
  int64_t id = 0;
  if (root["id"].get(id) == simdjson::SUCCESS) request.id = id;
  simdjson::dom::array params;
  if (root["params"].get(params) != simdjson::SUCCESS) return std::nullopt;
  for (const simdjson::dom::element entry : params) {
    std::string_view name;
    if (entry.get(name) == simdjson::SUCCESS) add_stream(request, name);
  }
  return request;
}

std::optional<ClientRequest> binance_read_connect_path(std::string_view path) {
  std::string_view names;
  if (const size_t at = path.find("streams="); at != std::string_view::npos) {
    names = path.substr(at + 8);
    names = names.substr(0, names.find('&'));
  } else if (const size_t raw = path.find("/ws/"); raw != std::string_view::npos) {
    names = path.substr(raw + 4);
    names = names.substr(0, names.find('?'));
  }
  if (names.empty()) return std::nullopt;
  ClientRequest request;
  while (!names.empty()) {
    const size_t end = std::min(names.find('/'), names.size());
    add_stream(request, names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return request;
}

std::optional<Instrument> binance_instrument_of(std::string_view symbol_native) {
  if (symbol_native.empty() || symbol_native.size() > 64 || !is_utf8(symbol_native)) {
    return std::nullopt;
  }
  if (!std::all_of(symbol_native.begin(), symbol_native.end(), is_symbol_char)) return std::nullopt;
  const size_t date_at = symbol_native.find('_');
  const std::string_view pair = symbol_native.substr(0, date_at);
  Instrument instrument;
  instrument.symbol_native = symbol_native;
  instrument.symbol = pair;
  instrument.base = pair;
  if (const auto parts = split_by_quote(pair)) {
    instrument.base = parts->base;
    instrument.quote = parts->quote;
    instrument.symbol = parts->base + "-" + parts->quote;
  }
  if (date_at != std::string_view::npos) {
    instrument.symbol += '-';
    instrument.symbol += symbol_native.substr(date_at + 1);
  }
  return instrument;
}

std::string binance_native_symbol(std::string_view symbol) {
  const std::string canonical = canonical_symbol(symbol);
  std::vector<std::string> parts(1);
  for (const char c : canonical) {
    if (c == '-') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() == 1) return canonical;
  const bool dated = parts[1].find_first_not_of("0123456789") == std::string::npos;
  if (parts.size() == 2) return parts[0] + (dated ? "_" : "") + parts[1];
  return parts[0] + parts[1] + "_" + parts[2];
}

}  // namespace daedalus
