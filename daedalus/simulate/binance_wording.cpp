// Binance's family as its servers speak: spot (also Binance.US) and USD-M futures.
#include <map>

#include "daedalus/base/json_text.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/simulate/venue_wording.hpp"

namespace daedalus {
namespace {

int64_t interval_of(std::string_view name, bool futures) {
  const size_t at = name.rfind('@');
  const std::string_view last = at == std::string_view::npos ? name : name.substr(at + 1);
  int64_t interval = 0;
  size_t digits = 0;
  for (; digits < last.size() && last[digits] >= '0' && last[digits] <= '9'; ++digits) {
    if (digits < 6) interval = interval * 10 + (last[digits] - '0');
  }
  if (digits > 0 && last.substr(digits) == "ms") return interval;
  return futures ? 250 : 1000;
}

StreamKind kind_of(std::string_view name) {
  const size_t at = name.find('@');
  std::string_view kind = at == std::string_view::npos ? std::string_view() : name.substr(at + 1);
  kind = kind.substr(0, kind.find('@'));
  if (kind == "depth") return StreamKind::book;
  if (kind == "trade") return StreamKind::trades;
  if (kind == "aggTrade") return StreamKind::aggregate_trades;
  if (kind == "bookTicker") return StreamKind::best;
  if (kind == "ticker") return StreamKind::statistics;
  return StreamKind::other;
}

std::string shown(const std::optional<Decimal>& value) {
  return value ? decimal_text(*value, false) : "0";
}

class BinanceWording final : public VenueWording {
 public:
  explicit BinanceWording(const Exchange& exchange)
      : exchange_(exchange), futures_(exchange.name.find("usdm") != std::string_view::npos) {}

  const Exchange& exchange() const override { return exchange_; }
  bool has_raw_streams() const override { return true; }

  AskedStream asked_stream(const Subscription& subscription,
                           std::string_view stream_name) const override {
    return {{kind_of(stream_name), subscription.symbol_native},
            std::string(stream_name),
            interval_of(stream_name, futures_)};
  }

  std::string acknowledgement(const ClientRequest& request, const std::set<AskedStream>&,
                              UnixNanos) const override {
    if (!request.id) return {};
    return fmt::format(R"({{"result":null,"id":{}}})", *request.id);
  }
  /// The venue takes any well-formed name and never sends anything for it.
  std::string refusal(std::span<const std::string>) const override { return {}; }
  std::string not_understood(std::string_view) const override {
    return R"({"error":{"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"}})";
  }

  std::string book(const BookMessage& message, std::string_view stream_name,
                   UnixNanos now) const override {
    std::string out;
    out.reserve(44 * (message.bids.size() + message.asks.size()) + 200);
    open(out, stream_name);
    const int64_t event_ms = millis_of(now);
    out += fmt::format(R"({{"e":"depthUpdate","E":{},)", event_ms);
    if (futures_) out += fmt::format("\"T\":{},", message.time.timestamp_ms.value_or(event_ms));
    out += fmt::format(R"("s":"{}","U":{},"u":{},)", message.symbol_native,
                       message.first_sequence.value_or(0), message.last_sequence.value_or(0));
    if (futures_) out += fmt::format("\"pu\":{},", message.previous_sequence.value_or(0));
    out += "\"b\":";
    append_levels(out, message.bids, false);
    out += ",\"a\":";
    append_levels(out, message.asks, false);
    return close(std::move(out));
  }

  std::vector<std::string> trades(std::span<const Trade> trades, std::string_view stream_name,
                                  UnixNanos now) const override {
    std::vector<std::string> frames;
    const bool aggregate = kind_of(stream_name) == StreamKind::aggregate_trades;
    const int64_t event_ms = millis_of(now);
    for (const Trade& trade : trades) {
      const int64_t trade_ms = trade.time.timestamp_ms.value_or(event_ms);
      const bool buyer_is_maker = trade.taker_side == Side::sell;
      const std::string price = decimal_text(trade.price, false);
      const std::string amount = decimal_text(trade.amount, false);
      const std::string& id = trade.trade_id;
      std::string out;
      open(out, stream_name);
      if (aggregate) {
        out += fmt::format(
            R"({{"e":"aggTrade","E":{},"s":"{}","a":{},"p":"{}","q":"{}","f":{},"l":{},"T":{},"m":{})",
            event_ms, trade.symbol_native, id, price, amount, id, id, trade_ms, buyer_is_maker);
      } else {
        out += fmt::format(R"({{"e":"trade","E":{},"T":{},"s":"{}","t":{},"p":"{}","q":"{}",)",
                           event_ms, trade_ms, trade.symbol_native, id, price, amount);
        out += fmt::format(R"({}"m":{})", futures_ ? "\"X\":\"MARKET\"," : "", buyer_is_maker);
      }
      if (!futures_) out += ",\"M\":true";
      frames.push_back(close(std::move(out)));
    }
    return frames;
  }

  std::string ticker(const Ticker& ticker, std::string_view stream_name, bool,
                     UnixNanos now) const override {
    std::string out;
    open(out, stream_name);
    const int64_t event_ms = millis_of(now);
    if (ticker.kind == TickerKind::bbo) {
      out += fmt::format(R"({{{}"u":{},"s":"{}","b":"{}","B":"{}","a":"{}","A":"{}")",
                         futures_ ? "\"e\":\"bookTicker\"," : "", ticker.sequence.value_or(0),
                         ticker.symbol_native, shown(ticker.bid), shown(ticker.bid_volume),
                         shown(ticker.ask), shown(ticker.ask_volume));
      if (futures_) {
        out +=
            fmt::format(R"(,"T":{},"E":{})", ticker.time.timestamp_ms.value_or(event_ms), event_ms);
      }
      return close(std::move(out));
    }
    out += fmt::format(
        R"({{"e":"24hrTicker","E":{},"s":"{}","p":"{}","P":"{}","w":"{}","c":"{}","o":"{}",)"
        R"("h":"{}","l":"{}","v":"{}","q":"{}","O":{},"C":{})",
        event_ms, ticker.symbol_native, shown(ticker.change), shown(ticker.percentage),
        shown(ticker.vwap), shown(ticker.last), shown(ticker.open), shown(ticker.high),
        shown(ticker.low), shown(ticker.base_volume), shown(ticker.quote_volume),
        event_ms - 86'400'000, event_ms);
    return close(std::move(out));
  }

  std::string heartbeat(std::string_view, int64_t, UnixNanos) const override { return {}; }

  std::string rest_book(const BookMessage& message, int limit) const override {
    const auto cut = [&](std::span<const PriceLevel> levels) {
      return limit > 0 && levels.size() > static_cast<size_t>(limit)
                 ? levels.first(static_cast<size_t>(limit))
                 : levels;
    };
    std::string out = fmt::format("{{\"lastUpdateId\":{},", message.last_sequence.value_or(0));
    if (futures_) {
      const int64_t time_ms = message.time.timestamp_ms.value_or(0);
      out += fmt::format("\"E\":{},\"T\":{},", time_ms, time_ms);
    }
    out += "\"bids\":";
    append_levels(out, cut(message.bids), false);
    out += ",\"asks\":";
    append_levels(out, cut(message.asks), false);
    return out + "}";
  }
  std::string rest_unknown_symbol() const override {
    return R"({"code":-1121,"msg":"Invalid symbol."})";
  }

  std::string rest_instruments(std::span<const Instrument> instruments) const override {
    std::string out = "{\"timezone\":\"UTC\",\"symbols\":[";
    for (const Instrument& entry : instruments) {
      if (out.back() != '[') out += ',';
      out += fmt::format(R"({{"symbol":"{}","status":"TRADING","baseAsset":"{}","quoteAsset":"{}",)"
                         R"("filters":[{{"filterType":"PRICE_FILTER","tickSize":"{}"}},)"
                         R"({{"filterType":"LOT_SIZE","stepSize":"{}"}}]}})",
                         entry.symbol_native, entry.base, entry.quote,
                         decimal_text(entry.price_tick.value_or(Decimal{1, 8}), false),
                         decimal_text(entry.size_tick.value_or(Decimal{1, 8}), false));
    }
    return out + "]}";
  }

 private:
  static void open(std::string& out, std::string_view stream_name) {
    out += "{\"stream\":\"";
    out += stream_name;
    out += "\",\"data\":";
  }
  static std::string close(std::string out) {
    out += "}}";
    return out;
  }

  const Exchange& exchange_;
  bool futures_;
};

}  // namespace

const VenueWording& binance_wording(const Exchange& exchange) {
  static std::map<std::string_view, BinanceWording> wordings;
  return wordings.try_emplace(exchange.name, exchange).first->second;
}

}  // namespace daedalus
