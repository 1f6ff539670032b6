#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {
namespace {

FeatureParameters windows_of(std::vector<int> windows_s) {
  FeatureParameters parameters;
  parameters.rolling_windows_s = std::move(windows_s);
  return parameters;
}

struct RowFeed : EngineFeed {
  RowFeed() : EngineFeed(windows_of({10, 60})) {}

  const Table& trades() { return engine.tables().trades; }
  const Table& ticks() { return engine.tables().ticker; }
};

constexpr const char* kOfTrades[] = {"vwap_10s",        "volume_10s",    "dollar_volume_10s",
                                     "trade_count_10s", "buy_ratio_10s", "realized_var_10s"};
constexpr const char* kOfTicks[] = {"mid_price_mean_10s", "mid_price_std_10s", "spread_mean_10s",
                                    "vol_imbalance_mean_10s"};

TEST(TradeWindows, HoldTheTradeItselfAndNotTheOneThatIsAWholeWindowOlder) {
  RowFeed feed;
  feed.trade(1, 100, 1);
  feed.trade(5, 110, 3, Side::sell);
  feed.trade(11, 100, 4);

  EXPECT_EQ(number(feed.trades(), "volume_10s", 1), 4);
  EXPECT_EQ(number(feed.trades(), "volume_10s", 2), 7);  // (1, 11]
  EXPECT_EQ(number(feed.trades(), "volume_60s", 2), 8);
  EXPECT_EQ(number(feed.trades(), "trade_count_10s", 2), 2);
  EXPECT_EQ(number(feed.trades(), "dollar_volume_10s", 2), 730);
  EXPECT_DOUBLE_EQ(number(feed.trades(), "vwap_10s", 2), 730 / 7.0);
  EXPECT_DOUBLE_EQ(number(feed.trades(), "buy_ratio_10s", 2), 4 / 7.0);
  EXPECT_NEAR(number(feed.trades(), "realized_var_10s", 2), 2 * std::pow(std::log(1.1), 2), 1e-16);
}

TEST(TradeWindows, TheFirstTradeOfAStretchHasItselfAndNoReturn) {
  RowFeed feed;
  feed.trade(1, 100, 2, std::nullopt);

  EXPECT_EQ(number(feed.trades(), "volume_10s", 0), 2);
  EXPECT_EQ(number(feed.trades(), "trade_count_60s", 0), 1);
  EXPECT_EQ(number(feed.trades(), "realized_var_10s", 0), 0);
  EXPECT_TRUE(null_at(feed.trades(), "buy_ratio_10s", 0));  // No side, no ratio.
}

TEST(TradeWindows, TradesOfOneMomentSeeWhatCameBeforeThemOnly) {
  RowFeed feed;
  feed.trade(1, 100, 2);
  feed.trade(1, 100, 3);

  EXPECT_EQ(number(feed.trades(), "volume_10s", 0), 2);
  EXPECT_EQ(number(feed.trades(), "volume_10s", 1), 5);
}

TEST(TradeWindows, AnUnknownCostMakesWhatIsMadeOfCostsNull) {
  RowFeed feed;
  feed.trade(1, 100, 2, Side::buy, false, false);
  feed.trade(2, 100, 2);
  feed.trade(11, 100, 2);

  EXPECT_TRUE(null_at(feed.trades(), "dollar_volume_10s", 1));
  EXPECT_TRUE(null_at(feed.trades(), "vwap_10s", 1));
  EXPECT_EQ(number(feed.trades(), "volume_10s", 1), 4);
  EXPECT_EQ(number(feed.trades(), "dollar_volume_10s", 2), 400);
  EXPECT_TRUE(null_at(feed.trades(), "vwap_60s", 2));
}

TEST(TradeWindows, InsideAGapAreNullAndBeginAnewAfterIt) {
  RowFeed feed;
  feed.trade(1, 100, 2);
  feed.gap(2, 1, true, std::nullopt);
  feed.gap(2.5, 2, true, Channel::trades);
  feed.gap(2.6, 1, false, std::nullopt);
  feed.trade(3, 100, 3);  // The second gap is still open.
  feed.gap(4, 2, false, Channel::trades);
  feed.trade(5, 100, 4);

  for (const char* name : kOfTrades) EXPECT_TRUE(null_at(feed.trades(), name, 1)) << name;
  EXPECT_EQ(number(feed.trades(), "volume_60s", 2), 4);
  EXPECT_EQ(number(feed.trades(), "realized_var_60s", 2), 0);
}

TEST(TradeWindows, AGapOfAnotherChannelIsNone) {
  RowFeed feed;
  feed.trade(1, 100, 2);
  feed.ticker(1, 99, 101);
  feed.gap(2, 1, true, Channel::orderbook);
  feed.trade(3, 100, 3);
  feed.ticker(3, 101, 103);

  EXPECT_EQ(number(feed.trades(), "volume_10s", 1), 5);
  EXPECT_EQ(number(feed.ticks(), "mid_price_mean_10s", 1), 101);
}

TEST(TickerWindows, AreMeansOverTheTicksUpToAndWithTheRowsOwn) {
  RowFeed feed;
  feed.ticker(1, 99, 101, 3, 1);
  feed.ticker(6, 101, 103, 1, 1);
  feed.ticker(11, 104, 108, 1, 3);

  EXPECT_EQ(number(feed.ticks(), "mid_price_mean_10s", 0), 100);
  EXPECT_TRUE(null_at(feed.ticks(), "mid_price_std_10s", 0));
  EXPECT_EQ(number(feed.ticks(), "mid_price_mean_10s", 2), 104);  // (1, 11]
  EXPECT_DOUBLE_EQ(number(feed.ticks(), "mid_price_std_10s", 2), std::sqrt(8.0));
  EXPECT_EQ(number(feed.ticks(), "spread_mean_10s", 2), 3);
  EXPECT_EQ(number(feed.ticks(), "vol_imbalance_mean_10s", 2), -0.25);
  EXPECT_EQ(number(feed.ticks(), "vol_imbalance_mean_60s", 2), 0);
  EXPECT_DOUBLE_EQ(number(feed.ticks(), "mid_price_mean_60s", 2), 308 / 3.0);
}

TEST(TickerWindows, LeaveOutTicksThatHaveNoMid) {
  RowFeed feed;
  feed.ticker(1, 101, 99);  // Crossed.
  feed.ticker(2, 99, 101);
  feed.ticker(3, 99, std::nan(""));

  for (const char* name : kOfTicks) EXPECT_TRUE(null_at(feed.ticks(), name, 0)) << name;
  EXPECT_EQ(number(feed.ticks(), "mid_price_mean_10s", 1), 100);
  EXPECT_EQ(number(feed.ticks(), "mid_price_mean_10s", 2), 100);
  EXPECT_TRUE(null_at(feed.ticks(), "mid_price_std_10s", 2));
}

TEST(TickerWindows, InsideAGapAreNullAndBeginAnewAfterIt) {
  RowFeed feed;
  feed.ticker(1, 99, 101);
  feed.gap(2, 1, true, Channel::ticker);
  feed.ticker(3, 199, 201);
  feed.gap(4, 1, false, Channel::ticker);
  feed.ticker(5, 149, 151);

  for (const char* name : kOfTicks) EXPECT_TRUE(null_at(feed.ticks(), name, 1)) << name;
  EXPECT_EQ(number(feed.ticks(), "mid_price_mean_60s", 2), 150);
}

TEST(RowWindows, AreThereOnlyWhereCategoryRollingIsOnForTheirChannel) {
  FeatureParameters off;
  off.categories = {Category::structural, Category::advanced};
  EngineParameters parameters;
  parameters.trades = off;
  const auto engine = FeatureEngine::create({"test", "venue", "BTC-USD"}, parameters);
  ASSERT_TRUE(engine);
  EXPECT_EQ(silver_trades_schema(off).size() + 6 * 5, silver_trades_schema({}).size());
  EXPECT_EQ(silver_ticker_schema(off).size() + 4 * 5, silver_ticker_schema({}).size());

  EngineFeed feed(off);
  feed.trade(1, 100, 1);
  feed.ticker(1, 99, 101);
  EXPECT_EQ(feed.engine.tables().trades.find("volume_5s"), nullptr);
  EXPECT_EQ(feed.engine.tables().trades.rows(), 1u);
  EXPECT_EQ(feed.engine.tables().ticker.find("spread_mean_5s"), nullptr);
}

}  // namespace
}  // namespace daedalus
