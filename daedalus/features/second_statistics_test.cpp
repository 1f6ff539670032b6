#include "daedalus/features/seconds_for_test.hpp"

namespace daedalus {
namespace {

/// The mid at each whole second from 1 on.
void feed_mids(EngineFeed& feed, const std::vector<double>& mids, double from = 0.5) {
  for (size_t i = 0; i < mids.size(); ++i) {
    feed_top(feed, from + static_cast<double>(i), mids[i] - 0.25, mids[i] + 0.25);
  }
  feed.engine.advance_to(EngineFeed::at(from + static_cast<double>(mids.size()) - 0.5));
}

std::vector<double> zigzag(size_t count) {
  std::vector<double> mids;
  for (size_t i = 0; i < count; ++i) mids.push_back(i % 2 ? 101 : 100);
  return mids;
}

double last(EngineFeed& feed, std::string_view name) {
  return number(feed.rows(), name, feed.rows().rows() - 1);
}

TEST(SecondReturns, AMidThatTurnsEachSecondIsAntiCorrelatedAndItsVarianceDoesNotGrow) {
  EngineFeed feed;
  feed_mids(feed, zigzag(301));  // 300 returns, +r and -r in turn.

  const double r = std::log(1.01);
  EXPECT_NEAR(last(feed, "return_autocorr_300s"), -299.0 / 300, 1e-12);
  // Five in a row sum to +-r: 296 of them, as many of each.
  const double ratio = (296 * r * r / 295) / (5 * 300 * r * r / 299);
  EXPECT_NEAR(last(feed, "variance_ratio_300s"), ratio, 1e-12);
}

TEST(SecondReturns, NeedThirtyAndSixtyReturnsAndSomeVariance) {
  EngineFeed feed, still;
  feed_mids(feed, zigzag(70));
  feed_mids(still, std::vector<double>(70, 100));

  EXPECT_TRUE(null_at(feed.rows(), "return_autocorr_300s", 29));
  EXPECT_FALSE(null_at(feed.rows(), "return_autocorr_300s", 30));
  EXPECT_TRUE(null_at(feed.rows(), "variance_ratio_300s", 59));
  EXPECT_FALSE(null_at(feed.rows(), "variance_ratio_300s", 60));
  EXPECT_TRUE(std::isnan(last(still, "return_autocorr_300s")));
  EXPECT_TRUE(std::isnan(last(still, "variance_ratio_300s")));
}

TEST(SecondReturns, ABreakOfTheBookStartsAnewAndOneOfTheTradesDoesNot) {
  EngineFeed feed;
  feed_mids(feed, zigzag(80));
  feed.gap(80.125, 1, true, Channel::trades);
  feed.gap(80.25, 1, false, Channel::trades);
  feed_mids(feed, {100}, 80.5);
  EXPECT_FALSE(std::isnan(last(feed, "variance_ratio_300s")));
  feed.gap(81.125, 2, true, std::nullopt);
  feed.gap(81.25, 2, false, std::nullopt);
  feed_mids(feed, zigzag(31), 81.5);

  EXPECT_FALSE(std::isnan(last(feed, "return_autocorr_300s")));  // Of 30 new returns.
  EXPECT_TRUE(std::isnan(number(feed.rows(), "return_autocorr_300s", feed.rows().rows() - 2)));
}

TEST(SecondReturns, LongReturnsDoNotReachAcrossAMomentWithoutAMid) {
  EngineFeed feed;
  std::vector<double> mids = zigzag(100);
  for (size_t i = 0; i < 100; ++i) {
    const double half = i % 5 == 4 ? -0.25 : 0.25;  // Every fifth sample is crossed.
    feed_top(feed, static_cast<double>(i) + 0.5, mids[i] - half, mids[i] + half);
  }
  feed.engine.advance_to(EngineFeed::at(100));

  // Three returns in a row, sixty in all: no five follow each other.
  EXPECT_TRUE(null_at(feed.rows(), "variance_ratio_300s", 98));
  EXPECT_FALSE(null_at(feed.rows(), "return_autocorr_300s", 98));
}

TEST(BookShapeStats, HoldSixtySecondsUpToTheLabel) {
  EngineFeed feed;
  const auto feed_size = [&](double at, double size) {
    feed.snapshot(at, ladder(100, -1, 3, size), ladder(101, 1, 3, 1));
  };
  feed_size(0.5, 50);  // The sample at 1.
  feed_size(1.5, 1);   // Those at 2 to 60 ...
  feed_size(59.5, 1);
  feed_size(60.5, 1);  // ... and 61.
  feed.engine.advance_to(EngineFeed::at(61));
  const Table& rows = feed.rows();
  const double wide = number(rows, "bid_slope_regression", 0);
  const double small = number(rows, "bid_slope_regression", 1);

  ASSERT_EQ(rows.rows(), 4u);
  EXPECT_GT(wide, 2 * small);
  EXPECT_EQ(number(rows, "bid_slope_mean_60s", 0), wide);
  EXPECT_TRUE(null_at(rows, "bid_slope_std_60s", 0));
  EXPECT_NEAR(number(rows, "bid_slope_mean_60s", 2), (wide + 59 * small) / 60, 1e-12 * wide);
  EXPECT_NEAR(number(rows, "bid_slope_std_60s", 2), (wide - small) / std::sqrt(60), 1e-12 * wide);
  EXPECT_NEAR(number(rows, "bid_slope_mean_60s", 3), small, 1e-15 * wide);
  EXPECT_EQ(number(rows, "bid_slope_std_60s", 3), 0);
  EXPECT_EQ(number(rows, "ask_slope_std_60s", 3), 0);
}

TEST(BookShapeStats, ASampleWithoutASlopeIsLeftOutOfTheSlopesOnly) {
  EngineFeed feed;
  feed.snapshot(0.5, ladder(100, -1, 3), ladder(101, 1, 3));
  feed.snapshot(1.5, ladder(100, -1, 2, 7), ladder(101, 1, 3));  // Two levels: no slope.
  feed.engine.advance_to(EngineFeed::at(2));
  const Table& rows = feed.rows();

  EXPECT_TRUE(null_at(rows, "bid_slope_regression", 1));
  EXPECT_EQ(number(rows, "bid_slope_mean_60s", 1), number(rows, "bid_slope_regression", 0));
  EXPECT_TRUE(null_at(rows, "bid_slope_std_60s", 1));
  EXPECT_FALSE(null_at(rows, "ask_slope_std_60s", 1));
  EXPECT_FALSE(null_at(rows, "cog_momentum_std_60s", 1));
}

TEST(BookShapeStats, TheChangeOfTheCentreIsAgainstTheSampleAMinuteBeforeFloored) {
  FeatureParameters parameters;
  parameters.emit_interval_s = 0;
  EngineFeed feed(parameters);
  feed.snapshot(0.5, {{100, 1}}, {{101, 3}});   // The sample at 1.
  feed.snapshot(1.5, {{100, 1}}, {{101, 1}});   // And from 2 on.
  feed.snapshot(60.5, {{100, 9}}, {{101, 1}});  // floor(0.5): no sample.
  feed.snapshot(61.9, {{100, 1}}, {{101, 1}});  // floor(1.9) = 1.
  feed.snapshot(62, {{100, 1}}, {{101, 1}});    // 2.
  feed.snapshot(63, {{102, 1}}, {{101, 1}});    // Crossed.
  const Table& rows = feed.rows();
  const double before = number(rows, "cog_vs_mid", 0);

  EXPECT_TRUE(null_at(rows, "cog_change_60s", 2));
  EXPECT_NEAR(number(rows, "cog_change_60s", 3), -before, 1e-12);
  EXPECT_EQ(number(rows, "cog_change_60s", 4), 0);
  EXPECT_TRUE(null_at(rows, "cog_change_60s", 5));
  EXPECT_FALSE(null_at(rows, "cog_momentum_mean_60s", 5));
}

TEST(BookShapeStats, TheDepthsDeviationFollowsTheWindowOfTheSpreads) {
  FeatureParameters parameters;
  parameters.spread_regime_window_s = 3;
  EngineFeed feed(parameters);
  for (int i = 0; i < 5; ++i) {
    feed.snapshot(i + 0.5, {{100, 1.0 + i}, {90, 8}}, {{100.01, 2}});
  }
  feed.engine.advance_to(EngineFeed::at(5));

  EXPECT_TRUE(null_at(feed.rows(), "depth_0_5bps_sigma", 0));
  EXPECT_NEAR(number(feed.rows(), "depth_0_5bps_sigma", 1), std::sqrt(0.5), 1e-15);
  for (size_t row = 2; row < 5; ++row) EXPECT_EQ(number(feed.rows(), "depth_0_5bps_sigma", row), 1);
}

TEST(BookShapeStats, ABreakOfTheBookEmptiesAllOfThem) {
  EngineFeed feed;
  for (int i = 0; i < 70; ++i) feed.snapshot(i + 0.5, ladder(100, -1, 4, i), ladder(101, 1, 4));
  feed.gap(70.125, 1, true, Channel::orderbook);
  feed.gap(70.25, 1, false, Channel::orderbook);
  feed.snapshot(70.5, ladder(100, -1, 4), ladder(101, 1, 4));
  feed.engine.advance_to(EngineFeed::at(71));

  for (const char* name : {"bid_slope_std_60s", "cog_change_60s", "depth_0_5bps_sigma"}) {
    EXPECT_TRUE(std::isnan(last(feed, name))) << name;
  }
  EXPECT_FALSE(std::isnan(last(feed, "bid_slope_mean_60s")));
}

}  // namespace
}  // namespace daedalus
