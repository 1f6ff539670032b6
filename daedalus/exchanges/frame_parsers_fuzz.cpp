// All venues' parsers and readers of client frames. The input's first byte chooses the venue, and
// with bit 3 that the rest is a REST body.
#include <simdjson.h>

#include <string>

#include "daedalus/base/check.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

bool is_whole_json(std::string_view text) {
  simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

/// Checks each event by itself, and writes down what came, to compare two readings.
class CheckingSink : public EventSink {
 public:
  const std::string& digest() const { return digest_; }

  void on_connection_sequence(int64_t sequence) override {
    digest_ += fmt::format("S{}", sequence);
  }
  void on_book(const BookMessage& message) override {
    digest_ += fmt::format("B{}{}{}", message.symbol_native, message.is_snapshot,
                           message.last_sequence.value_or(-1));
    add_time(message.time);
    for (const auto* side : {&message.bids, &message.asks}) {
      for (const PriceLevel& level : *side) {
        add_amount(level.price);
        add_amount(level.size);
      }
    }
  }
  void on_trade(const Trade& trade) override {
    digest_ += fmt::format("T{}{}{}", trade.symbol_native, trade.trade_id,
                           trade.taker_side ? side_name(*trade.taker_side) : "?");
    add_amount(trade.price);
    add_amount(trade.amount);
    add_time(trade.time);
    check_json(trade.info_json);
#ifdef DAEDALUS_PLANTED_BUG
    DAEDALUS_CHECK(!trade.is_history || trade.taker_side.has_value());
#endif
  }
  void on_ticker(const Ticker& ticker) override {
    digest_ += "K" + ticker.symbol_native;
    for (const auto* value : {&ticker.bid, &ticker.ask, &ticker.bid_volume, &ticker.ask_volume,
                              &ticker.last, &ticker.high, &ticker.low, &ticker.base_volume}) {
      if (*value) add_amount(**value);
    }
    add_time(ticker.time);
    check_json(ticker.info_json);
  }
  void on_other(const OtherMessage& message) override {
    digest_ += "O" + message.channel + message.symbol_native;
    DAEDALUS_CHECK(!message.channel.empty());
    for (const char c : message.channel) {
      DAEDALUS_CHECK((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
    }
    DAEDALUS_CHECK(!message.data_json.empty());
    check_json(message.data_json);
  }
  void on_instrument(const Instrument& instrument) override {
    digest_ += "I" + instrument.symbol + "/" + instrument.symbol_native;
    DAEDALUS_CHECK(!instrument.symbol.empty());
  }
  void on_control(const ControlMessage& message) override {
    digest_ += fmt::format("C{}{}", static_cast<int>(message.kind), message.text);
  }

 private:
  void add_amount(const Decimal& value) {
    DAEDALUS_CHECK(value.mantissa >= 0 && value.mantissa < kPowersOfTen[18]);
    DAEDALUS_CHECK(value.scale >= 0 && value.scale <= kMaxDecimalScale);
    digest_ += to_text(value) + " ";
  }
  void add_time(const ExchangeTime& time) {
    digest_ += fmt::format("@{}", time.exchange_us.value_or(-1));
    DAEDALUS_CHECK(time.timestamp_ms.has_value() == time.exchange_us.has_value());
  }
  static void check_json(const std::string& json) {
    DAEDALUS_CHECK(json.empty() || is_whole_json(json));
  }

  std::string digest_;
};

struct Reading {
  std::string digest;
  std::string error;
};

Reading read_frame(const Exchange& exchange, std::string_view text, bool is_rest) {
  std::string url;
  if (is_rest) url = exchange.snapshot_path("BTCUSDT", {});
  if (is_rest && url.empty()) url = exchange.instruments_path();
  CheckingSink sink;
  ConnectionState state;
  const auto parsed = exchange.parse({.payload = text, .url = url}, state, sink);
  if (parsed) return {sink.digest(), ""};
  DAEDALUS_CHECK(parsed.error().kind == ErrorKind::malformed);
  DAEDALUS_CHECK(parsed.error().message.starts_with(exchange.name));
  return {sink.digest(), parsed.error().message};
}

/// What we ask a venue for is what its server reads.
void check_subscribe(const Exchange& exchange, std::string_view symbol) {
  const std::vector<Subscription> wanted = {{std::string(symbol), Channel::orderbook},
                                            {std::string(symbol), Channel::trades}};
  const auto frames = exchange.subscribe(wanted, {});
  DAEDALUS_CHECK(frames.has_value() == exchange.instrument_of(symbol).has_value());
  if (!frames) {
    DAEDALUS_CHECK(frames.error().kind == ErrorKind::config);
    return;
  }
  std::vector<Subscription> asked;
  for (const SubscribeFrame& frame : *frames) {
    DAEDALUS_CHECK(frame.text.size() <= static_cast<size_t>(exchange.limits.message_bytes));
    if (frame.subscriptions.empty()) continue;
    const auto request = exchange.read_request(frame.text);
    DAEDALUS_CHECK(request && request->subscriptions == frame.subscriptions);
    asked.insert(asked.end(), frame.subscriptions.begin(), frame.subscriptions.end());
  }
  DAEDALUS_CHECK(asked == wanted);
}

/// What clients send, and names: any text is read without harm.
void read_names(const Exchange& exchange, std::string_view text) {
  if (const auto request = exchange.read_request(text)) {
    DAEDALUS_CHECK(request->subscriptions.size() == request->stream_names.size());
  }
  if (const auto request = exchange.read_connect_path(text)) {
    DAEDALUS_CHECK(request->subscriptions.size() == request->stream_names.size());
  }
  if (const auto symbol = exchange.snapshot_symbol(text)) DAEDALUS_CHECK(!symbol->empty());
  if (const auto instrument = exchange.instrument_of(text)) {
    DAEDALUS_CHECK(instrument->symbol_native == text && !instrument->symbol.empty());
  }
  for (const std::string_view channel : exchange.derivative_channels) {
    const auto update = exchange.derivative_of(channel, text);
    if (!update || !update->liquidation_amount) continue;
    DAEDALUS_CHECK(update->liquidation_amount->mantissa > 0 && update->liquidation_side);
  }
  check_subscribe(exchange, text.substr(0, 100));
  exchange.merged_symbol(exchange.native_symbol(text));
}

}  // namespace
}  // namespace daedalus

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace daedalus;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto exchanges = all_exchanges();
  const Exchange& exchange = *exchanges[(data[0] & 7) % exchanges.size()];
  const bool is_rest = (data[0] & 8) != 0;
  const Reading first = read_frame(exchange, text, is_rest);
  const Reading second = read_frame(exchange, text, is_rest);
  DAEDALUS_CHECK(first.digest == second.digest && first.error == second.error);
  const bool called_not_json = first.error.ends_with("not JSON");
  DAEDALUS_CHECK(!called_not_json || !is_whole_json(text));
  read_names(exchange, text);
  return 0;
}
