#include <gtest/gtest.h>

#include "daedalus/exchanges/event_recorder.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

using std::string;

/// A frame of one channel with one event.
string frame_of(const string& channel, const string& event) {
  return R"({"channel":")" + channel +
         R"(","timestamp":"2026-08-09T21:05:48.483587501Z","sequence_num":13,"events":[)" + event +
         "]}";
}

string level(const string& side, const string& price, const string& size) {
  return R"({"side":")" + side + R"(","event_time":"2026-08-09T21:05:48.170326Z","price_level":)" +
         price + R"(,"new_quantity":)" + size + "}";
}

string book_event(const string& type, const string& levels) {
  return R"({"type":")" + type + R"(","product_id":"BTC-USD","updates":[)" + levels + "]}";
}

class Coinbase : public ::testing::Test {
 protected:
  string parse(const string& payload, const string& url = "") {
    return parse_into(kCoinbase, {.payload = payload, .url = url}, events);
  }
  EventRecorder events;
};

TEST_F(Coinbase, gives_the_sequence_before_a_snapshot_with_exact_levels_and_the_levels_time) {
  const string payload =
      frame_of("l2_data", book_event("snapshot", level("bid", "\"65083.60\"", "\"0.203\"") + "," +
                                                     level("offer", "\"138991023.41\"", "\"2\"")));
  ASSERT_EQ(parse(payload), "");
  EXPECT_EQ(events.order, "SB");
  EXPECT_EQ(events.sequences.at(0), 13);
  const BookMessage& book = events.books.at(0);
  EXPECT_TRUE(book.is_snapshot);
  EXPECT_FALSE(book.from_rest);
  EXPECT_EQ(book.symbol_native, "BTC-USD");
  EXPECT_EQ(to_text(book.bids.at(0).price), "65083.60");
  EXPECT_EQ(to_text(book.asks.at(0).size), "2");
  EXPECT_EQ(book.time.exchange_us, 1786309548170326);
  EXPECT_EQ(book.time.timestamp_ms, 1786309548170);
}

TEST_F(Coinbase, takes_bare_numbers_and_any_order_of_fields) {
  const string payload =
      R"({"events":[{"updates":[{"new_quantity":0,"price_level":1.50,"side":"offer"}],)"
      R"("product_id":"A-B","type":"update"}],"sequence_num":7,"channel":"l2_data"})";
  ASSERT_EQ(parse(payload), "");
  EXPECT_EQ(events.order, "SB");
  EXPECT_FALSE(events.books.at(0).is_snapshot);
  EXPECT_EQ(to_text(events.books.at(0).asks.at(0).price), "1.50");
  EXPECT_FALSE(events.books.at(0).time.timestamp_ms);
}

TEST_F(Coinbase, gives_one_book_message_per_event_in_order) {
  const string payload =
      frame_of("l2_data", book_event("update", level("bid", "\"1\"", "\"1\"")) + "," +
                              book_event("snapshot", level("bid", "\"2\"", "\"1\"")));
  ASSERT_EQ(parse(payload), "");
  EXPECT_EQ(events.order, "SBB");
  EXPECT_FALSE(events.books.at(0).is_snapshot);
  EXPECT_TRUE(events.books.at(1).is_snapshot);
}

TEST_F(Coinbase, falls_back_to_the_message_time_where_the_levels_time_is_unknown) {
  const string old_level =
      R"({"side":"bid","event_time":"1970-01-01T00:00:00Z","price_level":"1","new_quantity":"1"})";
  ASSERT_EQ(parse(frame_of("l2_data", book_event("snapshot", old_level))), "");
  EXPECT_EQ(events.books.at(0).time.exchange_us, 1786309548483587);
}

TEST_F(Coinbase, turns_the_makers_side_and_gives_the_oldest_trade_first) {
  const string payload = frame_of(
      "market_trades",
      R"({"type":"update","trades":[)"
      R"({"product_id":"ETH-USD","trade_id":"12","price":"1919.4","size":"0.5","time":"2026-08-09T21:05:48.167634Z","side":"SELL"},)"
      R"({"product_id":"ETH-USD","trade_id":"11","price":"1919.3","size":"0.25","time":"2026-08-09T21:05:48.100000Z","side":"BUY"}]})");
  ASSERT_EQ(parse(payload), "");
  EXPECT_EQ(events.order, "STT");
  const Trade& first = events.trades.at(0);
  EXPECT_EQ(first.trade_id, "11");
  EXPECT_EQ(first.taker_side, Side::sell);
  EXPECT_EQ(first.taker_side_source, TakerSideSource::maker_inverted);
  EXPECT_FALSE(first.is_history);
  EXPECT_EQ(first.info_json, "");
  const Trade& second = events.trades.at(1);
  EXPECT_EQ(second.taker_side, Side::buy);
  EXPECT_EQ(second.time.exchange_us, 1786309548167634);
}

TEST_F(Coinbase, marks_the_trades_of_a_snapshot_as_history) {
  const string payload = frame_of(
      "market_trades",
      R"({"type":"snapshot","trades":[{"product_id":"ETH-USD","trade_id":"1","price":"1","size":"1","time":"2026-08-09T21:05:48Z","side":"UNKNOWN","note":[1]}]})");
  ASSERT_EQ(parse(payload), "");
  EXPECT_TRUE(events.trades.at(0).is_history);
  EXPECT_FALSE(events.trades.at(0).taker_side);
  EXPECT_EQ(events.trades.at(0).taker_side_source, TakerSideSource::none);
  EXPECT_EQ(events.trades.at(0).info_json, R"({"note":[1]})");
}

TEST_F(Coinbase, reads_both_ticker_channels_and_keeps_what_no_column_holds) {
  const string ticker =
      R"({"type":"update","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"65086.18","volume_24_h":"2867.5","low_24_h":"1","high_24_h":"3","low_52_w":"57717.55","high_52_w":"126296","price_percent_chg_24_h":"-0.09601107287722","best_bid":"65083.66","best_ask":"65083.67","best_bid_quantity":"0.2","best_ask_quantity":""}]})";
  for (const char* channel : {"ticker", "ticker_batch"}) {
    ASSERT_EQ(parse(frame_of(channel, ticker)), "");
    const Ticker& read = events.tickers.back();
    EXPECT_EQ(read.kind, TickerKind::bbo);
    EXPECT_EQ(to_text(*read.bid), "65083.66");
    EXPECT_EQ(to_text(*read.last), "65086.18");
    EXPECT_EQ(to_text(*read.base_volume), "2867.5");
    EXPECT_EQ(to_text(*read.percentage), "-0.09601107287722");
    EXPECT_FALSE(read.ask_volume);
    EXPECT_EQ(read.info_json, R"({"low_52_w":"57717.55","high_52_w":"126296"})");
    EXPECT_EQ(read.time.exchange_us, 1786309548483587);
  }
}

TEST_F(Coinbase, tells_what_is_subscribed) {
  ASSERT_EQ(parse(frame_of("subscriptions",
                           R"({"subscriptions":{"level2":["BTC-USD"],"heartbeats":["x"],)"
                           R"("candles":["BTC-USD"]}})")),
            "");
  EXPECT_EQ(events.order, "SC");
  const ControlMessage& message = events.controls.at(0);
  EXPECT_EQ(message.kind, ControlMessage::Kind::acknowledged);
  ASSERT_EQ(message.subscriptions.size(), 2u);
  EXPECT_EQ(message.subscriptions[0], (Subscription{"BTC-USD", Channel::orderbook}));
  EXPECT_EQ(message.subscriptions[1], (Subscription{"BTC-USD", Channel::other}));
}

TEST_F(Coinbase, counts_heartbeats_as_control_messages_with_a_sequence) {
  ASSERT_EQ(parse(frame_of("heartbeats", R"({"current_time":"x","heartbeat_counter":41691})")), "");
  EXPECT_EQ(events.order, "SC");
  EXPECT_EQ(events.controls.at(0).kind, ControlMessage::Kind::heartbeat);
}

TEST_F(Coinbase, keeps_candles_and_unknown_channels_as_json) {
  const string candles = frame_of(
      "candles", R"({"type":"update","candles":[{"start":"1786309500","product_id":"ETH-USD"}]})");
  ASSERT_EQ(parse(candles), "");
  EXPECT_EQ(events.order, "SO");
  EXPECT_EQ(events.others.at(0).channel, "candles");
  EXPECT_EQ(events.others.at(0).symbol_native, "ETH-USD");
  EXPECT_EQ(events.others.at(0).data_json, candles);
  ASSERT_EQ(parse(R"({"channel":"futures_Balance-Summary","events":[]})"), "");
  EXPECT_EQ(events.others.at(1).channel, "futures_balance_summary");
  ASSERT_EQ(parse(R"(["what"])"), "");
  EXPECT_EQ(events.others.at(2).channel, "unknown");
}

TEST_F(Coinbase, names_the_product_that_a_refusal_is_about) {
  ASSERT_EQ(parse(R"({"type":"error","message":"XX-YYY is not a valid product"})"), "");
  EXPECT_EQ(events.controls.at(0).kind, ControlMessage::Kind::refused);
  EXPECT_EQ(events.controls.at(0).symbols, std::vector<string>{"XX-YYY"});
  EXPECT_EQ(events.controls.at(0).text, "XX-YYY is not a valid product");
}

TEST_F(Coinbase, names_venue_symbol_and_field_of_a_bad_number) {
  const string digits(400, '1');
  const auto update = [](const string& price, const string& size) {
    return frame_of("l2_data", book_event("update", level("bid", price, size)));
  };
  EXPECT_EQ(parse(update("\"NaN\"", "\"1\"")),
            "coinbase l2_data BTC-USD: price_level is no number: \"NaN\"");
  EXPECT_EQ(parse(update("\"\"", "\"1\"")),
            "coinbase l2_data BTC-USD: price_level is no number: \"\"");
  EXPECT_EQ(parse(update("\"1\"", digits)),
            "coinbase l2_data BTC-USD: new_quantity is no number: " + digits.substr(0, 64));
  EXPECT_EQ(parse(update("\"-5\"", "\"1\"")),
            "coinbase l2_data BTC-USD: price_level is negative: \"-5\"");
  EXPECT_TRUE(events.books.empty());
}

TEST_F(Coinbase, refuses_a_trade_without_a_price_and_a_level_without_a_side) {
  EXPECT_EQ(parse(frame_of("market_trades",
                           R"({"type":"update","trades":[{"product_id":"A-B","size":"1"}]})")),
            "coinbase market_trades A-B: price is missing");
  EXPECT_EQ(parse(frame_of("l2_data", book_event("update", level("ask", "\"1\"", "\"1\"")))),
            "coinbase l2_data BTC-USD: side is neither bid nor offer: \"ask\"");
  EXPECT_EQ(parse(frame_of("l2_data", R"({"type":"update","updates":[]})")),
            "coinbase l2_data: product_id is missing");
}

TEST_F(Coinbase, refuses_what_is_not_json_or_cut_off) {
  const string whole = frame_of("l2_data", book_event("update", level("bid", "\"1\"", "\"1\"")));
  EXPECT_EQ(parse(whole), "");
  events.books.clear();
  for (const string& text : {string("<html>"), string(), string("{\"channel\":"), string("\xff{}"),
                             whole.substr(0, whole.size() - 1), whole.substr(0, 60)}) {
    EXPECT_EQ(parse(text), "coinbase: not JSON") << text;
  }
}

TEST_F(Coinbase, asks_nothing_more_of_a_frame_after_its_first_break) {
  for (const char* text : {R"({"channel":"l2_data","a" "b","sequence_num":1,"events":[]})",
                           R"({"channel":"market_trades","events":[{"trades" [],"type":"x"}]})",
                           R"({"a":[1,"channel":"l2_data"})"}) {
    EXPECT_EQ(parse(text), "coinbase: not JSON") << text;
  }
}

TEST_F(Coinbase, tells_an_unknown_shape_from_what_is_not_json) {
  EXPECT_EQ(parse(R"({"channel":"l2_data","events":[1]})"),
            R"(coinbase: a message of unknown shape: {"channel":"l2_data","events":[1]})");
}

TEST_F(Coinbase, reads_products_as_instruments) {
  const string body =
      R"({"products":[{"product_id":"BTC-USD", "price":"65086.18", "base_increment":"0.00000001", "product_type":"SPOT", "quote_currency_id":"USD", "base_currency_id":"BTC", "alias_to":["BTC-USDC"], "price_increment":"0.01"}]})";
  ASSERT_EQ(parse(body, "https://api.coinbase.com/api/v3/brokerage/market/products"), "");
  const Instrument& instrument = events.instruments.at(0);
  EXPECT_EQ(instrument.symbol, "BTC-USD");
  EXPECT_EQ(instrument.base, "BTC");
  EXPECT_EQ(instrument.quote, "USD");
  EXPECT_EQ(to_text(*instrument.price_tick), "0.01");
  EXPECT_EQ(to_text(*instrument.size_tick), "0.00000001");
}

TEST_F(Coinbase, subscribes_one_channel_a_frame_and_heartbeats_beside) {
  const std::vector<Subscription> wanted = {{"BTC-USD", Channel::orderbook},
                                            {"BTC-USD", Channel::trades},
                                            {"ETH-USD", Channel::orderbook}};
  const auto frames = kCoinbase.subscribe(wanted, {});
  ASSERT_TRUE(frames);
  ASSERT_EQ(frames->size(), 3u);
  EXPECT_EQ(frames->at(0).text,
            R"({"type":"subscribe","product_ids":["BTC-USD","ETH-USD"],"channel":"level2"})");
  EXPECT_EQ(frames->at(0).subscriptions.size(), 2u);
  EXPECT_NE(frames->at(2).text.find("heartbeats"), string::npos);
  EXPECT_TRUE(frames->at(2).subscriptions.empty());
  const auto request = kCoinbase.read_request(frames->at(0).text);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->subscriptions, frames->at(0).subscriptions);
  EXPECT_EQ(request->stream_names, (std::vector<string>{"level2", "level2"}));
}

TEST_F(Coinbase, splits_a_subscription_of_many_products) {
  std::vector<Subscription> wanted;
  for (int i = 0; i < 250; ++i) wanted.push_back({fmt::format("A{}-USD", i), Channel::trades});
  const auto frames = kCoinbase.subscribe(wanted, {});
  ASSERT_TRUE(frames);
  EXPECT_EQ(frames->size(), 4u);
  EXPECT_EQ(frames->at(2).subscriptions.size(), 50u);
}

TEST_F(Coinbase, refuses_to_subscribe_to_text_that_is_no_product) {
  const std::vector<Subscription> wanted = {{"BTCUSD", Channel::trades}};
  const auto frames = kCoinbase.subscribe(wanted, {});
  ASSERT_FALSE(frames);
  EXPECT_EQ(frames.error().kind, ErrorKind::config);
  EXPECT_EQ(frames.error().message, "coinbase: no product id: \"BTCUSD\" (they look like BTC-USD)");
}

TEST_F(Coinbase, knows_its_symbols) {
  EXPECT_EQ(kCoinbase.native_symbol("btc/usd"), "BTC-USD");
  EXPECT_EQ(kCoinbase.merged_symbol("BTC-USDC"), "BTC-USD");
  EXPECT_EQ(kCoinbase.merged_symbol("USDC-EUR"), "USDC-EUR");
  EXPECT_EQ(kCoinbase.instrument_of("ETH-BTC")->quote, "BTC");
  EXPECT_FALSE(kCoinbase.instrument_of("ETHBTC"));
  EXPECT_FALSE(kCoinbase.instrument_of("-BTC"));
  EXPECT_FALSE(kCoinbase.instrument_of("ETH-"));
}

}  // namespace
}  // namespace daedalus
