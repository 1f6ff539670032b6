#include "daedalus/exchanges/registry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace daedalus {
namespace {

TEST(Registry, finds_each_exchange_by_its_name) {
  std::set<std::string_view> names;
  for (const Exchange* exchange : all_exchanges()) {
    names.insert(exchange->name);
    ASSERT_TRUE(find_exchange(exchange->name));
    EXPECT_EQ(*find_exchange(exchange->name), exchange);
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"coinbase", "coinbase_exchange", "binance",
                                               "binanceus", "binance_usdm"}));
}

TEST(Registry, offers_the_nearest_name_for_a_wrong_one) {
  const auto found = find_exchange("binanse");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::config);
  EXPECT_EQ(found.error().message,
            "unknown exchange \"binanse\": there are coinbase, coinbase_exchange, binance, "
            "binanceus, binance_usdm. Did you mean \"binance\"?");
}

TEST(Registry, knows_every_exchange_in_full) {
  const Subscription book{"BTC-USD", Channel::orderbook};
  for (const Exchange* exchange : all_exchanges()) {
    SCOPED_TRACE(exchange->name);
    EXPECT_FALSE(exchange->title.empty());
    EXPECT_FALSE(exchange->endpoints.websocket.empty());
    for (const Channel channel : {Channel::orderbook, Channel::trades, Channel::ticker}) {
      EXPECT_NE(find_channel_rule(*exchange, channel), nullptr);
      EXPECT_NE(find_endpoint(*exchange, channel, {}), nullptr);
    }
    EXPECT_EQ(find_channel_rule(*exchange, Channel::other), nullptr);
    const std::string native = exchange->native_symbol("btc/usd");
    ASSERT_TRUE(exchange->instrument_of(native));
    EXPECT_EQ(exchange->instrument_of(native)->symbol, "BTC-USD");
    EXPECT_FALSE(exchange->instruments_path().empty());
    const bool needs_rest =
        find_channel_rule(*exchange, Channel::orderbook)->snapshot != SnapshotSource::in_band;
    EXPECT_EQ(exchange->snapshot_path(native, {}).empty(), !needs_rest);
    EXPECT_EQ(exchange->limits.snapshot_weight_per_minute > 0, needs_rest);
  }
}

TEST(Registry, finds_the_endpoint_that_serves_a_stream) {
  const Exchange& usdm = **find_exchange("binance_usdm");
  EXPECT_EQ(find_endpoint(usdm, Channel::trades, {})->name, "public");
  EXPECT_EQ(find_endpoint(usdm, Channel::trades, {.trades_stream = "aggTrade"})->name, "market");
  EXPECT_EQ(find_endpoint(usdm, Channel::orderbook, {.trades_stream = "aggTrade"})->name, "public");
  EXPECT_EQ(find_endpoint(usdm, Channel::other, {}), nullptr);
}

TEST(Refusals, are_told_in_words) {
  const Exchange& binance = **find_exchange("binance");
  const Exchange& coinbase = **find_exchange("coinbase");
  EXPECT_EQ(explain_refusal(binance, 429, 30),
            "429 Too Many Requests: Binance spot gets too many requests or connections from this "
            "address; retry in 30 s");
  EXPECT_EQ(explain_refusal(binance, 451, std::nullopt),
            "451 Unavailable For Legal Reasons: Binance spot does not serve this country; "
            "binanceus or coinbase may");
  EXPECT_EQ(explain_refusal(coinbase, 451, std::nullopt),
            "451 Unavailable For Legal Reasons: Coinbase Advanced Trade does not serve this "
            "country");
  EXPECT_EQ(explain_refusal(coinbase, 302, std::nullopt),
            "302: Coinbase Advanced Trade refused the connection");
  for (const int status : {400, 401, 403, 404, 418, 500, 502, 503, 504}) {
    EXPECT_GT(explain_refusal(coinbase, status, std::nullopt).size(), 40u) << status;
  }
}

}  // namespace
}  // namespace daedalus
