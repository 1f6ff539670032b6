#include <gtest/gtest.h>

#include "daedalus/exchanges/event_recorder.hpp"
#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

using std::string;

string combined(const string& stream, const string& data) {
  return R"({"stream":")" + stream + R"(","data":)" + data + "}";
}

const string kDepth =
    R"({"e":"depthUpdate","E":1617647603472,"s":"ZILUSDT","U":499822845,"u":499822867,"b":[["0.21437000","2800.00000000"],["0.21435000","0.00000000"]],"a":[["0.21449000","11400.0"]]})";

class Binance : public ::testing::Test {
 protected:
  string parse(const string& payload, const string& url = "", const Exchange& venue = kBinance) {
    return parse_into(venue, {.payload = payload, .url = url}, events);
  }
  EventRecorder events;
};

TEST_F(Binance, reads_a_delta_from_a_combined_and_from_a_raw_stream) {
  ASSERT_EQ(parse(combined("zilusdt@depth@100ms", kDepth)), "");
  ASSERT_EQ(parse(kDepth), "");
  EXPECT_EQ(events.order, "BB");
  for (const BookMessage& book : events.books) {
    EXPECT_FALSE(book.is_snapshot);
    EXPECT_EQ(book.symbol_native, "ZILUSDT");
    EXPECT_EQ(book.first_sequence, 499822845);
    EXPECT_EQ(book.last_sequence, 499822867);
    EXPECT_FALSE(book.previous_sequence);
    EXPECT_EQ(book.bids.size(), 2u);
    EXPECT_EQ(to_text(book.bids[0].price), "0.21437000");
    EXPECT_TRUE(book.bids[1].size.is_zero());
    EXPECT_EQ(to_text(book.asks.at(0).size), "11400.0");
    EXPECT_EQ(book.time.timestamp_ms, 1617647603472);
  }
}

TEST_F(Binance, reads_the_futures_chain_and_prefers_the_transaction_time) {
  const string delta =
      R"({"e":"depthUpdate","E":1617647797599,"T":1617647797571,"s":"BATUSDT","U":11,"u":15,"pu":10,"b":[],"a":[]})";
  ASSERT_EQ(parse(combined("batusdt@depth@100ms", delta), "", kBinanceUsdm), "");
  EXPECT_EQ(events.books.at(0).previous_sequence, 10);
  EXPECT_EQ(events.books.at(0).time.exchange_us, 1617647797571000);
}

TEST_F(Binance, forgets_the_previous_message) {
  ASSERT_EQ(parse(R"({"e":"depthUpdate","E":1,"s":"A","U":1,"u":2,"pu":9,"b":[["1","1"]],"a":[]})"),
            "");
  ASSERT_EQ(parse(R"({"e":"depthUpdate","s":"A","U":1,"u":2,"b":[],"a":[]})"), "");
  EXPECT_TRUE(events.books.at(1).bids.empty());
  EXPECT_FALSE(events.books.at(1).previous_sequence);
  EXPECT_FALSE(events.books.at(1).time.timestamp_ms);
}

TEST_F(Binance, takes_partial_depth_as_a_whole_image) {
  ASSERT_EQ(parse(combined("btcusdt@depth5@100ms",
                           R"({"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[]})")),
            "");
  EXPECT_TRUE(events.books.at(0).is_snapshot);
  EXPECT_FALSE(events.books.at(0).from_rest);
  EXPECT_EQ(events.books.at(0).symbol_native, "BTCUSDT");
  EXPECT_EQ(events.books.at(0).last_sequence, 160);
}

TEST_F(Binance, reads_a_rest_book_of_any_api_version_by_its_url) {
  const string body =
      R"({"lastUpdateId": 134180599, "bids": [["1.21400000", "63.38000000"]], "asks": [["1.216", "2"]]})";
  for (const char* url : {"https://www.binance.com/api/v1/depth?symbol=ZILUSDT&limit=1000",
                          "/api/v3/depth?limit=5&symbol=ZILUSDT"}) {
    ASSERT_EQ(parse(body, url), "");
    const BookMessage& book = events.books.back();
    EXPECT_TRUE(book.is_snapshot && book.from_rest);
    EXPECT_EQ(book.symbol_native, "ZILUSDT");
    EXPECT_EQ(book.last_sequence, 134180599);
    EXPECT_FALSE(book.first_sequence);
    EXPECT_FALSE(book.time.timestamp_ms);
  }
  const string path = kBinance.snapshot_path("ZILUSDT", {});
  EXPECT_EQ(path, "/api/v3/depth?symbol=ZILUSDT&limit=1000");
  EXPECT_EQ(kBinance.snapshot_symbol(path), "ZILUSDT");
  EXPECT_FALSE(kBinance.snapshot_symbol("/api/v3/exchangeInfo?symbol=ZILUSDT"));
}

TEST_F(Binance, reads_the_taker_from_the_buyers_role) {
  ASSERT_EQ(
      parse(combined(
          "btcusdt@trade",
          R"({"e":"trade","E":1721347022957,"T":1721347022956,"s":"BTCUSDT","t":5182005737,"p":"63943.90","q":"0.003","X":"MARKET","m":true})")),
      "");
  ASSERT_EQ(
      parse(
          R"({"e":"trade","E":1721749184044,"s":"NEXOUSDT","t":"9","p":1.216,"q":"10.8","T":1721749184044,"m":false,"M":true})"),
      "");
  const Trade& sell = events.trades.at(0);
  EXPECT_EQ(sell.taker_side, Side::sell);
  EXPECT_EQ(sell.taker_side_source, TakerSideSource::venue);
  EXPECT_EQ(sell.trade_id, "5182005737");
  EXPECT_EQ(sell.time.timestamp_ms, 1721347022956);
  EXPECT_EQ(sell.info_json, R"({"X":"MARKET"})");
  EXPECT_FALSE(sell.is_aggregate);
  const Trade& buy = events.trades.at(1);
  EXPECT_EQ(buy.taker_side, Side::buy);
  EXPECT_EQ(buy.trade_id, "9");
  EXPECT_EQ(buy.info_json, "");
}

TEST_F(Binance, marks_aggregate_trades_and_keeps_the_ids_they_cover) {
  ASSERT_EQ(
      parse(combined(
          "sandusdt@aggTrade",
          R"({"e":"aggTrade","E":1617647797640,"a":9445517,"s":"SANDUSDT","p":"0.69067","q":"369","f":12821738,"l":12821739,"T":1617647797485,"m":true})")),
      "");
  const Trade& trade = events.trades.at(0);
  EXPECT_TRUE(trade.is_aggregate);
  EXPECT_EQ(trade.trade_id, "9445517");
  EXPECT_EQ(trade.info_json, R"({"f":12821738,"l":12821739})");
}

TEST_F(Binance, reads_best_prices_with_and_without_event_name) {
  ASSERT_EQ(parse(combined("x@bookTicker",
                           R"({"u":134180603,"s":"X","b":"1.2","B":"63.3","a":"1.3","A":"62"})")),
            "");
  ASSERT_EQ(
      parse(
          R"({"e":"bookTicker","u":7,"s":"X","b":"1","B":"2","a":"3","A":"4","T":1721347022507,"E":1721347022508})"),
      "");
  EXPECT_EQ(events.tickers.at(0).sequence, 134180603);
  EXPECT_FALSE(events.tickers.at(0).time.timestamp_ms);
  EXPECT_EQ(events.tickers.at(0).info_json, "");
  EXPECT_EQ(events.tickers.at(0).kind, TickerKind::bbo);
  EXPECT_EQ(events.tickers.at(1).time.timestamp_ms, 1721347022507);
  EXPECT_EQ(to_text(*events.tickers.at(1).ask_volume), "4");
}

TEST_F(Binance, reads_24_hour_statistics) {
  ASSERT_EQ(
      parse(combined(
          "bnbbtc@ticker",
          R"({"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"-0.0015","P":"-250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10","b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,"n":18151})")),
      "");
  const Ticker& ticker = events.tickers.at(0);
  EXPECT_EQ(ticker.kind, TickerKind::stats_24h);
  EXPECT_EQ(to_text(*ticker.change), "-0.0015");
  EXPECT_EQ(to_text(*ticker.percentage), "-250.00");
  EXPECT_EQ(to_text(*ticker.vwap), "0.0018");
  EXPECT_EQ(to_text(*ticker.close), "0.0025");
  EXPECT_EQ(to_text(*ticker.quote_volume), "18");
  EXPECT_EQ(ticker.time.timestamp_ms, 1672515782136);
  EXPECT_EQ(ticker.info_json,
            R"({"x":"0.0009","Q":"10","O":0,"C":86400000,"F":0,"L":18150,"n":18151})");
}

TEST_F(Binance, takes_microseconds_where_the_venue_sends_them) {
  ASSERT_EQ(parse(R"({"e":"depthUpdate","E":1672515782136123,"s":"A","U":1,"u":2,"b":[],"a":[]})"),
            "");
  EXPECT_EQ(events.books.at(0).time.exchange_us, 1672515782136123);
  EXPECT_EQ(events.books.at(0).time.timestamp_ms, 1672515782136);
}

TEST_F(Binance, tells_acknowledgements_errors_and_shutdown_apart) {
  ASSERT_EQ(parse(R"({"result":null,"id":3})"), "");
  ASSERT_EQ(parse(R"({"error":{"code":2,"msg":"Invalid request"},"id":4})"), "");
  ASSERT_EQ(parse(R"({"code":-1121,"msg":"Invalid symbol."})"), "");
  ASSERT_EQ(parse(R"({"code":-1121,"msg":"Invalid symbol."})", "/api/v3/depth?symbol=NOPEUSDT"),
            "");
  ASSERT_EQ(parse(R"({"e":"serverShutdown","E":1770123456789})"), "");
  EXPECT_EQ(events.order, "CCCCC");
  EXPECT_EQ(events.controls[0].kind, ControlMessage::Kind::acknowledged);
  EXPECT_EQ(events.controls[0].request_id, 3);
  EXPECT_EQ(events.controls[1].kind, ControlMessage::Kind::refused);
  EXPECT_EQ(events.controls[1].request_id, 4);
  EXPECT_EQ(events.controls[1].text, "Invalid request (code 2)");
  EXPECT_FALSE(events.controls[2].request_id);
  EXPECT_EQ(events.controls[3].symbols, std::vector<string>{"NOPEUSDT"});
  EXPECT_EQ(events.controls[4].kind, ControlMessage::Kind::notice);
}

TEST_F(Binance, keeps_other_streams_as_json_without_their_wrapper) {
  ASSERT_EQ(parse(combined("btcusdt@kline_1m",
                           R"({"e":"kline","E":1672515782136,"s":"BTCUSDT","k":{"t":1}})")),
            "");
  ASSERT_EQ(parse(combined("!miniTicker@arr", R"([{"e":"24hrMiniTicker","s":"A"}])")), "");
  ASSERT_EQ(parse(R"({"e":"markPriceUpdate","E":1672515782136,"s":"BTCUSDT","p":"1"})"), "");
  ASSERT_EQ(parse(R"({"what":[1]})"), "");
  ASSERT_EQ(parse("[1]"), "");
  EXPECT_EQ(events.order, "OOOOO");
  EXPECT_EQ(events.others[0].channel, "kline");
  EXPECT_EQ(events.others[0].symbol_native, "BTCUSDT");
  EXPECT_EQ(events.others[0].data_json,
            R"({"e":"kline","E":1672515782136,"s":"BTCUSDT","k":{"t":1}})");
  EXPECT_EQ(events.others[1].channel, "mini_ticker");
  EXPECT_EQ(events.others[2].channel, "mark_price_update");
  EXPECT_EQ(events.others[3].channel, "unknown");
  EXPECT_EQ(events.others[3].data_json, R"({"what":[1]})");
}

TEST_F(Binance, names_venue_symbol_and_field_of_a_bad_number) {
  const string digits(400, '7');
  const auto delta = [](const string& levels) {
    return combined("aaausdt@depth", R"({"e":"depthUpdate","E":1,"s":"AAAUSDT","U":1,"u":2,"b":[)" +
                                         levels + R"(],"a":[]})");
  };
  EXPECT_EQ(parse(delta(R"(["NaN","1"])")), "binance depth AAAUSDT: b is no number: \"NaN\"");
  EXPECT_EQ(parse(delta(R"(["1",""])")), "binance depth AAAUSDT: b is no number: \"\"");
  EXPECT_EQ(parse(delta("[" + digits + ",1]")),
            "binance depth AAAUSDT: b is no number: " + digits.substr(0, 64));
  EXPECT_EQ(parse(delta(R"(["-1","1"])"), "", kBinanceUsdm),
            "binance_usdm depth AAAUSDT: b is negative: \"-1\"");
  EXPECT_EQ(parse(delta(R"(["1"])")), "binance depth AAAUSDT: b has a level without a size: []");
  EXPECT_EQ(parse(R"({"e":"depthUpdate","s":"A","u":2,"b":[],"a":[]})"),
            "binance depth A: U is missing");
  EXPECT_EQ(parse(R"({"e":"trade","s":"A","t":1,"p":"x","q":"1","m":true})"),
            "binance trade A: p is no number: \"x\"");
  EXPECT_EQ(parse(R"({"e":"trade","s":"A","t":1,"p":"1","q":"1","T":"soon","m":true})"),
            "binance trade A: T is no time: \"soon\"");
  EXPECT_TRUE(events.order.empty());
}

TEST_F(Binance, refuses_what_is_not_json_or_cut_off) {
  const string whole = combined("zilusdt@depth@100ms", kDepth);
  for (const string& text :
       {string("<html>"), string(), whole.substr(0, whole.size() - 1), whole.substr(0, 90),
        whole + "}", kDepth + kDepth, string(R"({"e":"trade","s":"A","p":"1","q":"1","x":tru})")}) {
    EXPECT_NE(parse(text), "") << text;
  }
  EXPECT_TRUE(events.order.empty());
}

TEST_F(Binance, reads_exchange_info_as_instruments) {
  const string body =
      R"({"timezone":"UTC","symbols":[{"symbol":"BTCUSDT","baseAsset":"BTC","quoteAsset":"USDT","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.01000000"},{"filterType":"LOT_SIZE","stepSize":"0.00001000"}]},{"symbol":"BTCUSDT_240927","baseAsset":"BTC","quoteAsset":"USDT","filters":[]}]})";
  ASSERT_EQ(parse(body, "https://api.binance.com/api/v3/exchangeInfo"), "");
  ASSERT_EQ(events.instruments.size(), 2u);
  EXPECT_EQ(events.instruments[0].symbol, "BTC-USDT");
  EXPECT_EQ(to_text(*events.instruments[0].price_tick), "0.01000000");
  EXPECT_EQ(to_text(*events.instruments[0].size_tick), "0.00001000");
  EXPECT_EQ(events.instruments[1].symbol, "BTC-USDT-240927");
  EXPECT_FALSE(events.instruments[1].price_tick);
}

}  // namespace
}  // namespace daedalus
