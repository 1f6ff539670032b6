#include <gtest/gtest.h>

#include "daedalus/exchanges/event_recorder.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

using std::string;

class CoinbaseExchange : public ::testing::Test {
 protected:
  string parse(const string& payload, const string& url = "") {
    return parse_into(kCoinbaseExchange, {.payload = payload, .url = url}, events);
  }
  EventRecorder events;
};

TEST_F(CoinbaseExchange, reads_a_snapshot_and_changes_of_both_sides) {
  ASSERT_EQ(
      parse(
          R"({"type":"snapshot","product_id":"BAND-GBP","asks":[["14.8024","12.77"],["14.8069","12.49"]],"bids":[["14.7","1"]]})"),
      "");
  ASSERT_EQ(
      parse(
          R"({"type":"l2update","product_id":"SKL-BTC","changes":[["sell","0.00001306","660.5"],["buy","0.1","0"]],"time":"2021-04-17T16:43:37.075687Z"})"),
      "");
  EXPECT_EQ(events.order, "BB");
  EXPECT_TRUE(events.books[0].is_snapshot);
  EXPECT_EQ(events.books[0].asks.size(), 2u);
  EXPECT_FALSE(events.books[0].time.timestamp_ms);
  const BookMessage& delta = events.books[1];
  EXPECT_FALSE(delta.is_snapshot);
  EXPECT_EQ(to_text(delta.asks.at(0).price), "0.00001306");
  EXPECT_TRUE(delta.bids.at(0).size.is_zero());
  EXPECT_EQ(delta.time.exchange_us, 1618677817075687);
}

TEST_F(CoinbaseExchange, turns_the_makers_side_and_knows_history) {
  const auto match = [](const string& type) {
    return R"({"type":")" + type +
           R"(","trade_id":280232,"maker_order_id":"m","taker_order_id":"t","side":"sell","size":"985","price":"0.00001305","product_id":"SKL-BTC","sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"})";
  };
  ASSERT_EQ(parse(match("match")), "");
  ASSERT_EQ(parse(match("last_match")), "");
  EXPECT_EQ(events.trades[0].taker_side, Side::buy);
  EXPECT_EQ(events.trades[0].taker_side_source, TakerSideSource::maker_inverted);
  EXPECT_EQ(events.trades[0].trade_id, "280232");
  EXPECT_EQ(events.trades[0].info_json,
            R"({"maker_order_id":"m","taker_order_id":"t","sequence":177100030})");
  EXPECT_FALSE(events.trades[0].is_history);
  EXPECT_TRUE(events.trades[1].is_history);
}

TEST_F(CoinbaseExchange, reads_tickers) {
  ASSERT_EQ(
      parse(
          R"({"type":"ticker","sequence":333938798,"product_id":"BAND-GBP","price":"14.7775","open_24h":"14.6647","volume_24h":"94381.28","low_24h":"14.3691","high_24h":"16.55","best_bid":"14.7550","best_ask":"14.8060","side":"buy","time":"2021-04-17T16:43:30.244075Z","trade_id":881613,"last_size":"0.04"})"),
      "");
  const Ticker& ticker = events.tickers.at(0);
  EXPECT_EQ(ticker.kind, TickerKind::bbo);
  EXPECT_EQ(to_text(*ticker.bid), "14.7550");
  EXPECT_EQ(to_text(*ticker.open), "14.6647");
  EXPECT_FALSE(ticker.bid_volume);
  EXPECT_EQ(ticker.time.timestamp_ms, 1618677810244);
  EXPECT_EQ(ticker.info_json,
            R"({"sequence":333938798,"side":"buy","trade_id":881613,"last_size":"0.04"})");
}

TEST_F(CoinbaseExchange, tells_control_messages_apart) {
  ASSERT_EQ(
      parse(
          R"({"type":"subscriptions","channels":[{"name":"level2","product_ids":["A-B","C-D"]},{"name":"matches","product_ids":["A-B"]}]})"),
      "");
  ASSERT_EQ(parse(R"({"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"A-B"})"),
            "");
  ASSERT_EQ(
      parse(
          R"({"type":"error","message":"Failed to subscribe","reason":"XX-YY is not a valid product"})"),
      "");
  ASSERT_EQ(parse(R"({"type":"status","products":[]})"), "");
  EXPECT_EQ(events.order, "CCCO");
  EXPECT_EQ(events.controls[0].subscriptions.size(), 3u);
  EXPECT_EQ(events.controls[0].subscriptions[2], (Subscription{"A-B", Channel::trades}));
  EXPECT_EQ(events.controls[1].kind, ControlMessage::Kind::heartbeat);
  EXPECT_EQ(events.controls[2].text, "Failed to subscribe: XX-YY is not a valid product");
  EXPECT_EQ(events.controls[2].symbols, std::vector<string>{"XX-YY"});
  EXPECT_EQ(events.others[0].channel, "status");
}

TEST_F(CoinbaseExchange, names_venue_message_and_field_of_bad_input) {
  EXPECT_EQ(parse(R"({"type":"l2update","product_id":"A-B","changes":[["buy","NaN","1"]]})"),
            "coinbase_exchange l2update A-B: changes is no number: \"NaN\"");
  EXPECT_EQ(parse(R"({"type":"l2update","product_id":"A-B","changes":[["bid","1","1"]]})"),
            "coinbase_exchange l2update A-B: changes names no side: \"bid\"");
  EXPECT_EQ(parse(R"({"type":"l2update","product_id":"A-B","changes":[["buy","1"]]})"),
            "coinbase_exchange l2update A-B: changes is missing");
  EXPECT_EQ(parse(R"({"type":"match","product_id":"A-B","price":"-1","size":"1"})"),
            "coinbase_exchange match A-B: price is negative: \"-1\"");
  EXPECT_EQ(parse(R"({"type":"match","product_id":"A-B","price":"1","size":"1","time":"noon"})"),
            "coinbase_exchange match A-B: time is no time: \"noon\"");
  EXPECT_EQ(parse("{\"type\":\"match\""), "coinbase_exchange: not JSON");
  EXPECT_EQ(parse("nope"), "coinbase_exchange: not JSON");
  EXPECT_TRUE(events.order.empty());
}

TEST_F(CoinbaseExchange, reads_products_as_instruments) {
  ASSERT_EQ(
      parse(
          R"([{"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","quote_increment":"0.01","base_increment":"0.00000001"}])",
          "https://api.exchange.coinbase.com/products"),
      "");
  EXPECT_EQ(events.instruments.at(0).symbol, "BTC-USD");
  EXPECT_EQ(to_text(*events.instruments.at(0).size_tick), "0.00000001");
}

TEST_F(CoinbaseExchange, reads_the_subscriptions_it_writes_and_those_of_others) {
  const std::vector<Subscription> wanted = {{"A-B", Channel::trades}};
  const auto frames = kCoinbaseExchange.subscribe(wanted, {});
  ASSERT_TRUE(frames);
  EXPECT_EQ(frames->at(0).text,
            R"({"type":"subscribe","product_ids":["A-B"],"channels":["matches"]})");
  EXPECT_EQ(kCoinbaseExchange.read_request(frames->at(0).text)->subscriptions, wanted);
  const auto nested = kCoinbaseExchange.read_request(
      R"({"type":"unsubscribe","channels":[{"name":"level2","product_ids":["X-Y"]},"heartbeat"]})");
  ASSERT_TRUE(nested);
  EXPECT_TRUE(nested->unsubscribe);
  EXPECT_EQ(nested->subscriptions.at(0), (Subscription{"X-Y", Channel::orderbook}));
  EXPECT_EQ(nested->stream_names.at(1), "heartbeat");
  EXPECT_FALSE(kCoinbaseExchange.read_request(R"({"type":"hello"})"));
}

}  // namespace
}  // namespace daedalus
