#include "daedalus/features/vpin_family.hpp"

#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {
namespace {

constexpr double kDay = 86'400;

FeatureParameters buckets_of(std::optional<double> size, int window = 50) {
  FeatureParameters parameters;
  parameters.emit_interval_s = 0;
  parameters.vpin_bucket_size = size;
  parameters.vpin_window_buckets = window;
  return parameters;
}

/// Trades at one price, and VPIN as the next row has it.
struct VpinFeed : EngineFeed {
  explicit VpinFeed(std::optional<double> size, int window = 50)
      : EngineFeed(buckets_of(size, window)) {}

  void buy(double seconds, double amount) { trade(seconds, 100, amount, Side::buy); }
  void sell(double seconds, double amount) { trade(seconds, 100, amount, Side::sell); }
  void unsided(double seconds, double price, double amount) {
    trade(seconds, price, amount, std::nullopt);
  }
  void lose_trades(double from, double until) {
    gap(from, 1, true, Channel::trades);
    gap(until, 1, false, Channel::trades);
  }
  double vpin_at(double seconds) {
    snapshot(seconds, {{99, 1}}, {{101, 1}});
    return last(rows(), "vpin");
  }
};

TEST(Vpin, TwoAndAHalfUnitsOfBuysFillTwoOneSidedBucketsAndHalfOfTheNext) {
  VpinFeed feed(1.0);
  feed.buy(1, 2.5);
  EXPECT_EQ(feed.vpin_at(2), 1);
  feed.sell(3, 0.5);  // Half and half.
  EXPECT_DOUBLE_EQ(feed.vpin_at(4), 2.0 / 3);

  VolumeBuckets buckets(50);
  buckets.fill(fine_amount({25, 1}), Side::buy, fine_amount({1, 0}));
  EXPECT_EQ(buckets.full(), 2);
  EXPECT_EQ(to_double(WideDecimal{buckets.pending(), kFineScale}), 0.5);
}

TEST(Vpin, ATradeOfAnySizeTakesTheSameFewSteps) {
  VpinFeed feed(1e-9);
  feed.sell(1, 0.4e-9);
  feed.buy(2, 1e15);  // 1e24 buckets: whoever loops over them does not come back.
  EXPECT_EQ(feed.vpin_at(3), 1);
  feed.sell(4, 0.6e-9);  // The open bucket holds 0.4e-9 of buys.
  EXPECT_DOUBLE_EQ(feed.vpin_at(5), (49 + 0.2) / 50);
}

TEST(Vpin, BucketsEndExactlyWhereDecimalsSay) {
  VpinFeed feed(0.3);
  feed.buy(1, 0.1);
  feed.buy(2, 0.1);
  EXPECT_TRUE(std::isnan(feed.vpin_at(3)));
  feed.buy(4, 0.1);  // The three doubles add up to more, 0.3 itself is less.
  EXPECT_EQ(feed.vpin_at(5), 1);
  feed.sell(6, 0.3);
  feed.sell(7, 0.15);
  feed.buy(8, 0.15);
  EXPECT_DOUBLE_EQ(feed.vpin_at(9), 2.0 / 3);
}

TEST(Vpin, IsTheMeanOfTheLastFullBucketsOnly) {
  VpinFeed feed(1.0, 2);
  feed.buy(1, 1);
  EXPECT_EQ(feed.vpin_at(2), 1);
  feed.buy(3, 0.5);
  feed.sell(4, 0.5);
  EXPECT_EQ(feed.vpin_at(5), 0.5);
  feed.sell(6, 0.5);
  feed.buy(7, 0.5);
  EXPECT_EQ(feed.vpin_at(8), 0);
}

TEST(Vpin, LetsWholeBucketsOfOneTradeGoOneByOne) {
  VpinFeed feed(1.0, 50);
  feed.buy(1, 70);
  double seconds = 2;
  for (int i = 0; i < 30; ++i) {
    feed.buy(++seconds, 0.5);
    feed.sell(++seconds, 0.5);
  }
  EXPECT_DOUBLE_EQ(feed.vpin_at(++seconds), 20.0 / 50);
}

TEST(Vpin, AfterABreakOfTheTradesBucketsAndPendingVolumeAreGone) {
  VpinFeed feed(1.0);
  feed.sell(1, 1.75);
  EXPECT_EQ(feed.vpin_at(2), 1);
  feed.lose_trades(3, 4);
  EXPECT_TRUE(std::isnan(feed.vpin_at(5)));
  feed.buy(6, 0.25);  // Would fill what pended.
  EXPECT_TRUE(std::isnan(feed.vpin_at(7)));
  feed.buy(8, 0.75);
  EXPECT_EQ(feed.vpin_at(9), 1);
}

TEST(Vpin, ABreakOfTheBookChangesNothing) {
  VpinFeed feed(1.0);
  feed.sell(1, 1.75);
  feed.gap(2, 1, true, Channel::orderbook);
  feed.buy(3, 0.25);
  feed.gap(4, 1, false, Channel::orderbook);
  EXPECT_DOUBLE_EQ(feed.vpin_at(5), (1 + 0.5) / 2);
}

TEST(Vpin, TheTickRuleGivesASideOnlyWhereTheVenueGivesNone) {
  VpinFeed feed(1.0);
  feed.unsided(1, 100, 5);  // No price change before it: left out.
  feed.unsided(2, 100, 5);
  EXPECT_TRUE(std::isnan(feed.vpin_at(3)));
  feed.unsided(4, 101, 0.25);            // Up: a buy.
  feed.unsided(5, 101, 0.25);            // As the one before.
  feed.trade(6, 102, 0.25, Side::sell);  // Up, but the venue says sell.
  feed.unsided(7, 102, 0.25);            // The price rose last: a buy.
  EXPECT_EQ(feed.vpin_at(8), 0.5);
  feed.unsided(9, 101.5, 1);  // Down: a sell.
  EXPECT_EQ(feed.vpin_at(10), 0.75);
}

TEST(Vpin, TheTickRuleRestartsAtAGap) {
  VpinFeed feed(1.0);
  feed.unsided(1, 100, 1);
  feed.unsided(2, 101, 0.5);
  feed.lose_trades(3, 4);
  feed.unsided(5, 102, 1);  // Nothing to compare with.
  EXPECT_TRUE(std::isnan(feed.vpin_at(6)));
  feed.unsided(7, 101, 1);
  EXPECT_EQ(feed.vpin_at(8), 1);
}

TEST(Vpin, SwitchedOffLeavesItsColumnsNull) {
  FeatureParameters parameters = buckets_of(1.0);
  parameters.enable_vpin = false;
  EngineFeed feed(parameters);
  feed.trade(1, 100, 5);
  feed.snapshot(2, {{99, 1}}, {{101, 1}});

  EXPECT_TRUE(null_at(feed.rows(), "vpin", 0));
  EXPECT_TRUE(null_at(feed.rows(), "order_flow_toxicity", 0));
  parameters.has_legacy_aliases = false;
  EXPECT_EQ(EngineFeed(parameters).rows().find("order_flow_toxicity"), nullptr);
}

// `auto`: 600 s of 20 units are 2,880 a day, 57.6 a bucket.

TEST(VpinAuto, TheFirstTenMinutesGiveABucketsVolumeAndFillNone) {
  VpinFeed feed(std::nullopt);
  feed.buy(1000, 10);
  feed.sell(1300, 10);
  EXPECT_TRUE(std::isnan(feed.vpin_at(1599.9995)));
  feed.buy(1600, 57.5);
  EXPECT_TRUE(std::isnan(feed.vpin_at(1601)));
  feed.buy(1602, 0.1);
  EXPECT_EQ(feed.vpin_at(1603), 1);
  feed.sell(1604, 28.8);
  feed.buy(1605, 28.8);
  EXPECT_EQ(feed.vpin_at(1606), 0.5);
}

TEST(VpinAuto, ScalesTheFirstTenMinutesByWhatOfThemWasCovered) {
  VpinFeed feed(std::nullopt);
  feed.buy(1000, 10);
  feed.lose_trades(1100, 1200);
  feed.buy(1400, 10);  // From here on the trades' second stretch: 100 s and 200 s.
  feed.buy(1600, 115.1);
  EXPECT_TRUE(std::isnan(feed.vpin_at(1601)));
  feed.buy(1602, 0.1);
  EXPECT_EQ(feed.vpin_at(1603), 1);
}

TEST(VpinAuto, AGapLaterOnDoesNotWarmUpAgain) {
  VpinFeed feed(std::nullopt);
  feed.buy(1000, 20);
  feed.lose_trades(2000, 2100);
  feed.buy(2200, 57.6);
  EXPECT_EQ(feed.vpin_at(2201), 1);
}

TEST(VpinAuto, AGapOverTheEndOfTheFirstTenMinutesEndsThem) {
  VpinFeed feed(std::nullopt);
  feed.buy(1000, 20);
  feed.lose_trades(1300, 1700);
  feed.buy(5000, 115.2);
  EXPECT_EQ(feed.vpin_at(5001), 1);
}

TEST(VpinAuto, AtMidnightTheCoveredShareOfTheDayGivesTheVolumeOfLaterBuckets) {
  VpinFeed feed(std::nullopt);
  feed.buy(kDay / 2, 100);         // 288 a bucket.
  feed.buy(kDay / 2 + 1000, 150);  // Half a day with 250: from midnight on 10.
  feed.buy(kDay, 137);
  EXPECT_TRUE(std::isnan(feed.vpin_at(kDay + 1)));  // The open bucket keeps its volume.
  feed.buy(kDay + 2, 1);
  EXPECT_EQ(feed.vpin_at(kDay + 3), 1);
  feed.buy(kDay + 4, 5);
  feed.sell(kDay + 5, 5);
  EXPECT_EQ(feed.vpin_at(kDay + 6), 0.5);
}

TEST(VpinAuto, ABucketThatBeginsAfterMidnightTakesTheNewVolume) {
  VpinFeed feed(std::nullopt);
  feed.buy(kDay / 2, 100);
  feed.buy(kDay / 2 + 1000, 288);  // One bucket to its end: half a day with 388 units.
  EXPECT_EQ(feed.vpin_at(kDay / 2 + 1001), 1);
  feed.buy(kDay, 7.76);
  feed.sell(kDay, 7.76);
  EXPECT_EQ(feed.vpin_at(kDay + 1), 0.5);
}

TEST(VpinAuto, GapsAreNoPartOfADaysCoveredShare) {
  VpinFeed feed(std::nullopt);
  feed.buy(0, 100);
  feed.lose_trades(kDay / 4, kDay / 2);
  feed.buy(kDay * 3 / 4, 150);  // Half the day is covered: 10 a bucket.
  feed.lose_trades(kDay, kDay);
  feed.buy(kDay + 1, 5);
  feed.sell(kDay + 2, 5);
  EXPECT_EQ(feed.vpin_at(kDay + 3), 0);
}

TEST(VpinAuto, ADayWithoutVolumeKeepsIt) {
  VpinFeed feed(std::nullopt);
  feed.buy(kDay / 2, 250);
  feed.buy(3 * kDay + 5, 10);
  EXPECT_EQ(feed.vpin_at(3 * kDay + 6), 1);
  feed.sell(3 * kDay + 7, 9.5);
  feed.buy(4 * kDay + 1, 0.5);  // Fills the open one; the day's 19.5 give 0.39 from here on.
  EXPECT_DOUBLE_EQ(feed.vpin_at(4 * kDay + 2), (1 + 0.9) / 2);
  feed.buy(4 * kDay + 3, 0.39);
  EXPECT_DOUBLE_EQ(feed.vpin_at(4 * kDay + 4), (1 + 0.9 + 1) / 3);
}

TEST(VpinAuto, AMidnightWithinTheFirstTenMinutesGivesTheVolumeButNoBucketYet) {
  VpinFeed feed(std::nullopt);
  feed.buy(kDay - 300, 12);  // 12 in 300 s: 69.12 a bucket.
  feed.sell(kDay + 100, 1000);
  feed.buy(kDay + 300, 69.11);
  EXPECT_TRUE(std::isnan(feed.vpin_at(kDay + 301)));
  feed.buy(kDay + 302, 0.01);
  EXPECT_EQ(feed.vpin_at(kDay + 303), 1);
}

}  // namespace
}  // namespace daedalus
