#include <gtest/gtest.h>

#include "daedalus/exchanges/venues.hpp"

namespace daedalus {
namespace {

using std::string;

TEST(BinanceRequests, subscribe_by_lower_case_stream_names_with_ids_from_1) {
  const std::vector<Subscription> wanted = {
      {"BTCUSDT", Channel::orderbook}, {"BTCUSDT", Channel::trades}, {"BTCUSDT", Channel::ticker}};
  const auto frames = kBinance.subscribe(wanted, {.ticker_24h = true});
  ASSERT_TRUE(frames);
  ASSERT_EQ(frames->size(), 1u);
  EXPECT_EQ(
      frames->at(0).text,
      R"({"method":"SUBSCRIBE","params":["btcusdt@depth@100ms","btcusdt@trade","btcusdt@bookTicker","btcusdt@ticker"],"id":1})");
  EXPECT_EQ(frames->at(0).subscriptions, wanted);
  const auto request = kBinance.read_request(frames->at(0).text);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->id, 1);
  EXPECT_FALSE(request->unsubscribe);
  EXPECT_EQ(request->stream_names.at(0), "btcusdt@depth@100ms");
  EXPECT_EQ(request->subscriptions.at(0), wanted[0]);
  EXPECT_EQ(request->subscriptions.at(3), (Subscription{"BTCUSDT", Channel::ticker}));
}

TEST(BinanceRequests, keep_each_frame_within_the_limits) {
  std::vector<Subscription> wanted;
  for (int i = 0; i < 1000; ++i) {
    wanted.push_back({fmt::format("{:0>60}", i), Channel::orderbook});
  }
  const auto frames = kBinance.subscribe(wanted, {});
  ASSERT_TRUE(frames);
  size_t subscriptions = 0;
  for (size_t i = 0; i < frames->size(); ++i) {
    EXPECT_LE(frames->at(i).text.size(), 4096u);
    EXPECT_EQ(kBinance.read_request(frames->at(i).text)->id, static_cast<int64_t>(i) + 1);
    subscriptions += frames->at(i).subscriptions.size();
  }
  EXPECT_EQ(subscriptions, wanted.size());
}

TEST(BinanceRequests, spell_the_default_depth_interval_without_suffix) {
  const std::vector<Subscription> wanted = {{"A", Channel::orderbook}};
  EXPECT_NE(
      kBinance.subscribe(wanted, {.depth_interval = "1000ms"})->at(0).text.find("\"a@depth\""),
      string::npos);
  EXPECT_NE(
      kBinanceUsdm.subscribe(wanted, {.depth_interval = "0ms"})->at(0).text.find("@depth@0ms"),
      string::npos);
}

TEST(BinanceRequests, refuse_what_the_venue_cannot_serve) {
  const auto message = [](const Exchange& venue, const Subscription& wanted,
                          const ChannelOptions& options) {
    const auto frames = venue.subscribe(std::span(&wanted, 1), options);
    return frames ? string() : frames.error().message;
  };
  EXPECT_EQ(message(kBinance, {"BTC/USDT", Channel::trades}, {}),
            "binance: no symbol: \"BTC/USDT\" (they look like BTCUSDT)");
  EXPECT_EQ(message(kBinance, {"A", Channel::trades}, {.trades_stream = "trades"}),
            "binance: trades_stream is trade or aggTrade, not \"trades\"");
  EXPECT_EQ(message(kBinanceUsdm, {"A", Channel::ticker}, {.ticker_24h = true}),
            "binance_usdm: ticker_24h is served by another endpoint than bookTicker; leave it out");
  EXPECT_EQ(message(kBinanceUs, {"A", Channel::other}, {}),
            "binanceus: cannot subscribe to channel \"other\"");
}

TEST(BinanceRequests, read_streams_from_connect_paths) {
  EXPECT_EQ(kBinance.connect_path({}), "/stream");
  EXPECT_FALSE(kBinance.read_connect_path("/stream"));
  const auto streams = kBinance.read_connect_path("/stream?streams=a@depth@100ms/b@aggTrade&x=1");
  ASSERT_TRUE(streams);
  EXPECT_EQ(streams->stream_names, (std::vector<string>{"a@depth@100ms", "b@aggTrade"}));
  EXPECT_EQ(streams->subscriptions.at(1), (Subscription{"B", Channel::trades}));
  const auto raw = kBinance.read_connect_path("wss://stream.binance.us:9443/ws/btcusd@trade");
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->subscriptions.at(0), (Subscription{"BTCUSD", Channel::trades}));
}

TEST(BinanceRequests, pass_over_other_frames) {
  EXPECT_FALSE(kBinance.read_request("pong"));
  EXPECT_FALSE(kBinance.read_request(R"({"method":"LIST_SUBSCRIPTIONS","id":3})"));
  EXPECT_TRUE(kBinance.read_request(R"({"method":"UNSUBSCRIBE","params":["a@trade"],"id":3})")
                  ->unsubscribe);
}

TEST(BinanceSymbols, read_in_any_spelling) {
  for (const char* typed : {"BTC/USDT", "btc-usdt", "BTC_USDT", "btcusdt", "BTCUSDT"}) {
    EXPECT_EQ(kBinance.native_symbol(typed), "BTCUSDT") << typed;
  }
  for (const char* typed : {"BTC-USDT-240927", "btcusdt_240927"}) {
    EXPECT_EQ(kBinanceUsdm.native_symbol(typed), "BTCUSDT_240927") << typed;
  }
  EXPECT_EQ(kBinance.merged_symbol("BTC-USDC"), "BTC-USDC");
}

TEST(BinanceSymbols, split_by_their_quote) {
  EXPECT_EQ(kBinance.instrument_of("NEXOUSDT")->symbol, "NEXO-USDT");
  EXPECT_EQ(kBinance.instrument_of("ETHBTC")->quote, "BTC");
  EXPECT_EQ(kBinanceUsdm.instrument_of("BTCUSDT_240927")->symbol, "BTC-USDT-240927");
  EXPECT_EQ(kBinance.instrument_of("XYZ")->symbol, "XYZ");
  EXPECT_TRUE(kBinance.instrument_of("\xe5\xb8\x81USDT"));
  EXPECT_FALSE(kBinance.instrument_of("btcusdt"));
  EXPECT_FALSE(kBinance.instrument_of(""));
  EXPECT_FALSE(kBinance.instrument_of("BTC USDT"));
}

}  // namespace
}  // namespace daedalus
