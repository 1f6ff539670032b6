// Coinbase Advanced Trade as its server speaks.
#include <map>

#include "daedalus/base/check.hpp"
#include "daedalus/base/json_text.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/simulate/venue_wording.hpp"

namespace daedalus {
namespace {

std::string opened(std::string_view channel, UnixNanos now) {
  return fmt::format(R"({{"channel":"{}","timestamp":"{}","sequence_num":0,"events":[{{)", channel,
                     format_rfc3339(now));
}

void append_updates(std::string& out, std::span<const PriceLevel> levels, std::string_view side,
                    std::string_view time) {
  for (const PriceLevel& level : levels) {
    if (out.back() != '[') out += ',';
    out += "{\"side\":\"";
    out += side;
    out += "\",\"event_time\":\"";
    out += time;
    out += "\",\"price_level\":\"";
    append_decimal(out, level.price, true);
    out += "\",\"new_quantity\":\"";
    append_decimal(out, level.size, true);
    out += "\"}";
  }
}

void append_field(std::string& out, std::string_view key, const std::optional<Decimal>& value) {
  out += ",\"";
  out += key;
  out += "\":\"";
  if (value) append_decimal(out, *value, true);
  out += '"';
}

class CoinbaseWording final : public VenueWording {
 public:
  const Exchange& exchange() const override {
    static const Exchange* const exchange = *find_exchange("coinbase");
    return *exchange;
  }
  bool numbers_frames() const override { return true; }
  bool in_band_snapshots() const override { return true; }
  bool ticker_follows_trades() const override { return true; }

  AskedStream asked_stream(const Subscription& subscription,
                           std::string_view stream_name) const override {
    AskedStream asked{
        {StreamKind::other, subscription.symbol_native}, std::string(stream_name), 50};
    if (stream_name == "heartbeats") asked.id = {StreamKind::heartbeats, ""};
    if (subscription.channel == Channel::orderbook) asked.id.kind = StreamKind::book;
    if (subscription.channel == Channel::trades) asked.id.kind = StreamKind::trades;
    if (subscription.channel == Channel::ticker) asked.id.kind = StreamKind::best;
    return asked;
  }

  std::string acknowledgement(const ClientRequest&, const std::set<AskedStream>& subscribed,
                              UnixNanos now) const override {
    std::map<std::string, std::string> products;
    for (const AskedStream& stream : subscribed) {
      std::string& list = products[stream.name];
      if (!list.empty()) list += ',';
      list += json_quoted(stream.id.symbol_native.empty() ? stream.name : stream.id.symbol_native);
    }
    std::string out = opened("subscriptions", now) + "\"subscriptions\":{";
    for (const auto& [channel, list] : products) {
      if (out.back() != '{') out += ',';
      out += fmt::format(R"("{}":[{}])", channel, list);
    }
    return out + "}}]}";
  }

  std::string refusal(std::span<const std::string> symbols) const override {
    return fmt::format(
        R"({{"type":"error","message":"failed to subscribe","reason":"{} is not a valid product"}})",
        fmt::join(symbols, ", "));
  }
  std::string not_understood(std::string_view) const override {
    return R"({"type":"error","message":"malformed request"})";
  }

  std::string book(const BookMessage& message, std::string_view, UnixNanos now) const override {
    std::string out = opened("l2_data", now);
    out.reserve(out.size() + 120 * (message.bids.size() + message.asks.size()) + 100);
    out += fmt::format(R"("type":"{}","product_id":"{}","updates":[)",
                       message.is_snapshot ? "snapshot" : "update", message.symbol_native);
    const std::string time = rfc3339_micros(micros_of(message.time, now));
    append_updates(out, message.bids, "bid", time);
    append_updates(out, message.asks, "offer", time);
    return out + "]}]}";
  }

  /// The venue lists the newest first, and names the maker's side.
  std::vector<std::string> trades(std::span<const Trade> trades, std::string_view,
                                  UnixNanos now) const override {
    std::string out = opened("market_trades", now);
    const bool history = !trades.empty() && trades.front().is_history;
    out += fmt::format(R"("type":"{}","trades":[)", history ? "snapshot" : "update");
    for (auto trade = trades.rbegin(); trade != trades.rend(); ++trade) {
      if (out.back() != '[') out += ',';
      const bool taker_buys = trade->taker_side == Side::buy;
      out += fmt::format(
          R"({{"product_id":"{}","trade_id":"{}","price":"{}","size":"{}","time":"{}","side":"{}"}})",
          trade->symbol_native, trade->trade_id, decimal_text(trade->price, true),
          decimal_text(trade->amount, true), rfc3339_micros(micros_of(trade->time, now)),
          taker_buys ? "SELL" : "BUY");
    }
    out += "]}]}";
    return {std::move(out)};
  }

  std::string ticker(const Ticker& ticker, std::string_view, bool is_first,
                     UnixNanos now) const override {
    std::string out = opened("ticker", now);
    out += fmt::format(R"("type":"{}","tickers":[{{"type":"ticker","product_id":"{}")",
                       is_first ? "snapshot" : "update", ticker.symbol_native);
    append_field(out, "price", ticker.last);
    append_field(out, "volume_24_h", ticker.base_volume);
    append_field(out, "low_24_h", ticker.low);
    append_field(out, "high_24_h", ticker.high);
    append_field(out, "low_52_w", ticker.low);
    append_field(out, "high_52_w", ticker.high);
    append_field(out, "price_percent_chg_24_h", ticker.percentage);
    append_field(out, "best_bid", ticker.bid);
    append_field(out, "best_ask", ticker.ask);
    append_field(out, "best_bid_quantity", ticker.bid_volume);
    append_field(out, "best_ask_quantity", ticker.ask_volume);
    return out + "}]}]}";
  }

  std::string heartbeat(std::string_view, int64_t counter, UnixNanos now) const override {
    return fmt::format(R"({}"current_time":"{}","heartbeat_counter":{}}}]}})",
                       opened("heartbeats", now), format_rfc3339(now), counter);
  }

  std::string rest_book(const BookMessage&, int) const override { return rest_unknown_symbol(); }
  std::string rest_unknown_symbol() const override {
    return R"({"error":"NOT_FOUND","error_details":"not found","message":"not found"})";
  }

  std::string rest_instruments(std::span<const Instrument> instruments) const override {
    std::string out = "{\"products\":[";
    for (const Instrument& entry : instruments) {
      if (out.back() != '[') out += ',';
      out += fmt::format(
          R"({{"product_id":"{}","base_increment":"{}","quote_increment":"{}","price_increment":"{}",)"
          R"("status":"online","product_type":"SPOT","quote_currency_id":"{}","base_currency_id":"{}"}})",
          entry.symbol_native, decimal_text(entry.size_tick.value_or(Decimal{1, 8}), false),
          decimal_text(entry.price_tick.value_or(Decimal{1, 2}), false),
          decimal_text(entry.price_tick.value_or(Decimal{1, 2}), false), entry.quote, entry.base);
    }
    return out + fmt::format("],\"num_products\":{}}}", instruments.size());
  }
};

}  // namespace

const VenueWording& coinbase_wording() {
  static const CoinbaseWording wording;
  return wording;
}

}  // namespace daedalus
