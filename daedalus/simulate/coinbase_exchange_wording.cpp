// The older Coinbase feed as its server speaks: no count of frames, one trade a frame.
#include <map>

#include "daedalus/base/json_text.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/simulate/venue_wording.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kNoOrder = "00000000-0000-4000-8000-000000000000";

void append_changes(std::string& out, std::span<const PriceLevel> levels, std::string_view side) {
  for (const PriceLevel& level : levels) {
    out += out.back() == '[' ? "[\"" : ",[\"";
    out += side;
    out += "\",\"";
    append_decimal(out, level.price, false);
    out += "\",\"";
    append_decimal(out, level.size, false);
    out += "\"]";
  }
}

void append_field(std::string& out, std::string_view key, const std::optional<Decimal>& value) {
  if (!value) return;
  out += fmt::format(",\"{}\":\"", key);
  append_decimal(out, *value, false);
  out += '"';
}

class CoinbaseExchangeWording final : public VenueWording {
 public:
  const Exchange& exchange() const override {
    static const Exchange* const exchange = *find_exchange("coinbase_exchange");
    return *exchange;
  }
  bool in_band_snapshots() const override { return true; }
  bool ticker_follows_trades() const override { return true; }

  AskedStream asked_stream(const Subscription& subscription,
                           std::string_view stream_name) const override {
    AskedStream asked{
        {StreamKind::other, subscription.symbol_native}, std::string(stream_name), 50};
    if (stream_name == "heartbeat") asked.id.kind = StreamKind::heartbeats;
    if (subscription.channel == Channel::orderbook) asked.id.kind = StreamKind::book;
    if (subscription.channel == Channel::trades) asked.id.kind = StreamKind::trades;
    if (subscription.channel == Channel::ticker) asked.id.kind = StreamKind::best;
    return asked;
  }

  std::string acknowledgement(const ClientRequest&, const std::set<AskedStream>& subscribed,
                              UnixNanos) const override {
    std::map<std::string, std::string> products;
    for (const AskedStream& stream : subscribed) {
      std::string& list = products[stream.name];
      if (!list.empty()) list += ',';
      list += json_quoted(stream.id.symbol_native);
    }
    std::string out = "{\"type\":\"subscriptions\",\"channels\":[";
    for (const auto& [channel, list] : products) {
      if (out.back() != '[') out += ',';
      out += fmt::format(R"({{"name":"{}","product_ids":[{}]}})", channel, list);
    }
    return out + "]}";
  }

  std::string refusal(std::span<const std::string> symbols) const override {
    return fmt::format(
        R"({{"type":"error","message":"Failed to subscribe","reason":"{} is not a valid product"}})",
        fmt::join(symbols, ", "));
  }
  std::string not_understood(std::string_view) const override {
    return R"({"type":"error","message":"Malformed JSON"})";
  }

  std::string book(const BookMessage& message, std::string_view, UnixNanos now) const override {
    std::string out;
    out.reserve(40 * (message.bids.size() + message.asks.size()) + 200);
    if (message.is_snapshot) {
      out += fmt::format(R"({{"type":"snapshot","product_id":"{}","asks":)", message.symbol_native);
      append_levels(out, message.asks, false);
      out += ",\"bids\":";
      append_levels(out, message.bids, false);
      return out + "}";
    }
    out +=
        fmt::format(R"({{"type":"l2update","product_id":"{}","changes":[)", message.symbol_native);
    append_changes(out, message.bids, "buy");
    append_changes(out, message.asks, "sell");
    return out + fmt::format(R"(],"time":"{}"}})", rfc3339_micros(micros_of(message.time, now)));
  }

  /// Of history the venue sends the last trade only. The side is the maker's.
  std::vector<std::string> trades(std::span<const Trade> trades, std::string_view,
                                  UnixNanos now) const override {
    std::vector<std::string> frames;
    if (!trades.empty() && trades.front().is_history) trades = trades.last(1);
    for (const Trade& trade : trades) {
      const std::string_view side = trade.taker_side == Side::buy ? "sell" : "buy";
      frames.push_back(fmt::format(
          R"({{"type":"{}","trade_id":{},"maker_order_id":"{}","taker_order_id":"{}","side":"{}",)"
          R"("size":"{}","price":"{}","product_id":"{}","sequence":{},"time":"{}"}})",
          trade.is_history ? "last_match" : "match", trade.trade_id, kNoOrder, kNoOrder, side,
          decimal_text(trade.amount, false), decimal_text(trade.price, false), trade.symbol_native,
          trade.trade_id, rfc3339_micros(micros_of(trade.time, now))));
    }
    return frames;
  }

  std::string ticker(const Ticker& ticker, std::string_view, bool, UnixNanos now) const override {
    std::string out = fmt::format(R"({{"type":"ticker","sequence":{},"product_id":"{}")",
                                  ticker.sequence.value_or(0), ticker.symbol_native);
    append_field(out, "price", ticker.last);
    append_field(out, "open_24h", ticker.open);
    append_field(out, "volume_24h", ticker.base_volume);
    append_field(out, "low_24h", ticker.low);
    append_field(out, "high_24h", ticker.high);
    append_field(out, "best_bid", ticker.bid);
    append_field(out, "best_ask", ticker.ask);
    return out + fmt::format(R"(,"time":"{}"}})", rfc3339_micros(micros_of(ticker.time, now)));
  }

  std::string heartbeat(std::string_view symbol_native, int64_t counter,
                        UnixNanos now) const override {
    return fmt::format(
        R"({{"type":"heartbeat","sequence":{},"last_trade_id":0,"product_id":"{}","time":"{}"}})",
        counter, symbol_native, rfc3339_micros(floor_divide(now.value, 1000)));
  }

  std::string rest_book(const BookMessage&, int) const override { return rest_unknown_symbol(); }
  std::string rest_unknown_symbol() const override { return R"({"message":"NotFound"})"; }

  std::string rest_instruments(std::span<const Instrument> instruments) const override {
    std::string out = "[";
    for (const Instrument& entry : instruments) {
      if (out.back() != '[') out += ',';
      out += fmt::format(
          R"({{"id":"{}","base_currency":"{}","quote_currency":"{}","base_increment":"{}",)"
          R"("quote_increment":"{}","status":"online"}})",
          entry.symbol_native, entry.base, entry.quote,
          decimal_text(entry.size_tick.value_or(Decimal{1, 8}), false),
          decimal_text(entry.price_tick.value_or(Decimal{1, 2}), false));
    }
    return out + "]";
  }
};

}  // namespace

const VenueWording& coinbase_exchange_wording() {
  static const CoinbaseExchangeWording wording;
  return wording;
}

}  // namespace daedalus
