#include "daedalus/capture/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

using testing::HasSubstr;

SourceConfig source_of(const std::string& exchange, std::vector<std::string> symbols) {
  return {.name = exchange, .exchange = exchange, .symbols = std::move(symbols)};
}

std::vector<std::string> many(int count, const std::string& suffix) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(fmt::format("A{:04}{}", i, suffix));
  return names;
}

TEST(Planner, ReadsSymbolsInAnyFormAndAsksForEachOnce) {
  const auto plan =
      plan_source(source_of("binance", {"BTC/USDT", "btc-usdt", "BTCUSDT", "ETHUSDT"}));
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->symbols, testing::ElementsAre("BTC-USDT", "ETH-USDT"));
  EXPECT_EQ(plan->streams.size(), 6u);
}

TEST(Planner, CoinbaseUsdcIsTheUsdBookAndAskedForOnce) {
  const auto plan = plan_source(source_of("coinbase", {"BTC-USD", "BTC-USDC"}));
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->streams.size(), 3u);
}

TEST(Planner, NoConnectionHoldsMoreThanTheVenuesCapAndNoStreamIsLost) {
  const SourcePlan plan = plan_source(source_of("binance", many(1'000, "USDT"))).value();
  const auto connections = plan_connections(plan);
  const auto cap = static_cast<size_t>(plan.exchange->limits.streams_per_connection);
  EXPECT_EQ(connections.size(), (plan.streams.size() + cap - 1) / cap);
  std::vector<Subscription> all;
  for (const PlannedConnection& connection : connections) {
    EXPECT_LE(connection.streams.size(), cap);
    all.insert(all.end(), connection.streams.begin(), connection.streams.end());
  }
  std::ranges::sort(all);
  EXPECT_EQ(all, plan.streams);
}

TEST(Planner, ALowerCapOfTheConfigHoldsAndSymbolsStayTogetherWhereTheyFit) {
  SourceConfig config = source_of("coinbase", {"BTC-USD", "ETH-USD", "SOL-USD"});
  config.streams_per_connection = 6;
  const auto connections = plan_connections(plan_source(config).value());
  ASSERT_EQ(connections.size(), 2u);
  EXPECT_EQ(connections[0].streams.size() + connections[1].streams.size(), 9u);
  for (const PlannedConnection& connection : connections) {
    EXPECT_EQ(connection.streams.size() % 3, 0u);
  }
}

TEST(Planner, AnEndpointWithoutPathKeepsTheVenuesPath) {
  SourceConfig config = source_of("binance_usdm", {"BTCUSDT"});
  config.endpoint = "ws://127.0.0.1:9000/";
  for (const PlannedConnection& connection : plan_connections(plan_source(config).value())) {
    EXPECT_THAT(connection.url, testing::StartsWith("ws://127.0.0.1:9000/"));
    EXPECT_THAT(connection.url, testing::Not(testing::EndsWith("9000/")));
  }
  config.endpoint = "ws://127.0.0.1:9000/own";
  for (const PlannedConnection& connection : plan_connections(plan_source(config).value())) {
    EXPECT_THAT(connection.url, testing::StartsWith("ws://127.0.0.1:9000/own"));
  }
}

TEST(Planner, EveryExchangePlansItsChannelsOverRealUrls) {
  for (const Exchange* exchange : all_exchanges()) {
    const bool dashed = exchange->name.starts_with("coinbase");
    const auto plan =
        plan_source(source_of(std::string(exchange->name), {dashed ? "BTC-USD" : "BTC-USDT"}));
    ASSERT_TRUE(plan) << exchange->name << ": " << plan.error().message;
    for (const PlannedConnection& connection : plan_connections(*plan)) {
      EXPECT_THAT(connection.url, testing::StartsWith("wss://")) << exchange->name;
    }
  }
}

TEST(Planner, AggregateTradesOfFuturesGoToTheEndpointThatServesThem) {
  SourceConfig config = source_of("binance_usdm", {"BTCUSDT"});
  config.trades_stream = "aggTrade";
  const std::vector<PlannedConnection> connections = plan_connections(plan_source(config).value());
  ASSERT_EQ(connections.size(), 2u);
  for (const PlannedConnection& connection : connections) {
    const bool has_trades =
        std::any_of(connection.streams.begin(), connection.streams.end(),
                    [](const Subscription& stream) { return stream.channel == Channel::trades; });
    EXPECT_EQ(connection.url.find("/market") != std::string::npos, has_trades) << connection.url;
  }
}

TEST(Planner, RefusesWhatCannotBeNamingIt) {
  const auto message = [](const SourceConfig& config) {
    const auto plan = plan_source(config);
    EXPECT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, ErrorKind::config);
    return plan.error().message;
  };
  EXPECT_THAT(message(source_of("binanse", {"BTCUSDT"})), HasSubstr("binance"));
  EXPECT_THAT(message(source_of("binance", {})), HasSubstr("no symbols"));
  EXPECT_THAT(message(source_of("binance", {"BTC USDT!"})), HasSubstr("BTC USDT!"));
  SourceConfig config = source_of("binance", {"BTCUSDT"});
  config.channels = {"orderbok"};
  EXPECT_THAT(message(config), HasSubstr("did you mean orderbook?"));
  EXPECT_THAT(message(source_of("coinbase", {"../../BTC-USD"})), HasSubstr("cannot be a symbol"));
}

TEST(Planner, RefusesAnEndpointThatIsNoUrlOfItsKind) {
  SourceConfig config = source_of("binance", {"BTCUSDT"});
  for (const std::string url : {"banana", "http://127.0.0.1:80", "ws://"}) {
    config.endpoint = url;
    const auto plan = plan_source(config);
    ASSERT_FALSE(plan) << url;
    EXPECT_EQ(plan.error().message,
              "source binance: endpoint \"" + url + "\" must begin with wss:// or ws://");
  }
  config.endpoint = "wss://localhost:9443/ws";
  config.rest_endpoint = "ws://localhost";
  EXPECT_THAT(plan_source(config).error().message, HasSubstr("rest_endpoint"));
  config.rest_endpoint = "http://localhost:80";
  EXPECT_TRUE(plan_source(config));
}

TEST(Planner, OneStreamInTwoSourcesIsRefusedWithBothNames) {
  SourceConfig first = source_of("binance", {"BTCUSDT"});
  SourceConfig second = source_of("binance", {"BTC-USDT"});
  second.name = "again";
  const std::vector<SourcePlan> plans = {plan_source(first).value(), plan_source(second).value()};
  const auto checked = check_overlaps(plans);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message,
              testing::AllOf(HasSubstr("binance"), HasSubstr("again"), HasSubstr("BTC-USDT")));
}

TEST(Planner, TheSameSymbolAtTwoVenuesAndOtherChannelsAreNoOverlap) {
  SourceConfig books = source_of("binance", {"BTCUSDT"});
  books.channels = {"orderbook"};
  SourceConfig trades = source_of("binance", {"BTCUSDT"});
  trades.name = "trades";
  trades.channels = {"trades"};
  const std::vector<SourcePlan> plans = {
      plan_source(books).value(), plan_source(trades).value(),
      plan_source(source_of("binance_usdm", {"BTCUSDT"})).value()};
  EXPECT_TRUE(check_overlaps(plans));
}

}  // namespace
}  // namespace daedalus
