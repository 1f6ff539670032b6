#include "daedalus/features/rolling_regression.hpp"
#include "daedalus/features/seconds_for_test.hpp"

namespace daedalus {
namespace {

FeatureParameters window_of(int seconds) {
  FeatureParameters parameters;
  parameters.kyle_lambda_window_s = seconds;
  return parameters;
}

/// Second i: a trade of `signed_amount(i)` at its start, and then the mid moves by `per_unit` of
/// it.
template <class SignedAmount>
void feed_line(EngineFeed& feed, int seconds, double per_unit, SignedAmount&& signed_amount) {
  double middle = 1000;
  feed_top(feed, -0.5, middle - 0.25, middle + 0.25);
  feed.trade(-0.25, 1000, 1);
  for (int i = 0; i < seconds; ++i) {
    const double amount = signed_amount(i);
    if (amount != 0) {
      feed.trade(i + 0.125, 1000, std::abs(amount), amount > 0 ? Side::buy : Side::sell);
    }
    middle += per_unit * amount;
    middle = std::round(middle * 1e6) / 1e6;
    feed_top(feed, i + 0.5, middle - 0.25, middle + 0.25);
  }
  feed.engine.advance_to(EngineFeed::at(seconds));
}

double last(EngineFeed& feed, std::string_view name) {
  return number(feed.rows(), name, feed.rows().rows() - 1);
}

TEST(KyleLambda, OfAnExactLineWithASigmaOfOneMillionthHasAnR2OfOne) {
  EngineFeed feed;
  feed_line(feed, 200, 1000, [](int i) { return 1e-6 * ((i * 7) % 5 - 2); });

  EXPECT_NEAR(last(feed, "kyle_lambda_r2"), 1, 1e-12);
  EXPECT_NEAR(last(feed, "kyle_lambda"), 1000, 1e-6);
}

TEST(KyleLambda, OfTradesWithoutAnyVarianceIsNullAndOfAStandingMidIsZeroWithoutAFit) {
  EngineFeed same, still;
  feed_line(same, 60, 0.25, [](int) { return 2.0; });
  feed_line(still, 60, 0, [](int i) { return i % 3 - 1.0; });

  EXPECT_TRUE(std::isnan(last(same, "kyle_lambda")));
  EXPECT_TRUE(std::isnan(last(same, "kyle_lambda_r2")));
  EXPECT_EQ(last(still, "kyle_lambda"), 0);
  EXPECT_TRUE(std::isnan(last(still, "kyle_lambda_r2")));
}

TEST(KyleLambda, NeedsThirtyIntervalsOfWhichTheFirstBeginsAfterBothChannelsHaveBegun) {
  EngineFeed feed;  // Samples from second 1 on; trades from 1.125 on: the first interval is [2, 3).
  for (int i = 0; i < 40; ++i) {
    if (i > 0) feed.trade(i + 0.125, 1000, 1 + i % 3);
    feed_top(feed, i + 0.5, 999 + 0.25 * (i % 4), 1001 + 0.25 * (i % 5));
  }
  const auto first_of = [&](std::string_view name) {
    size_t row = 0;
    while (null_at(feed.rows(), name, row)) ++row;
    return integer(feed.rows(), "collected_at", row) / 1000 - kFriday / kNanosPerSecond;
  };

  EXPECT_EQ(first_of("kyle_lambda"), 32);
  EXPECT_EQ(first_of("ofi_beta"), 31);
}

TEST(KyleLambda, TradesBegunAtTheVeryStartOfAnIntervalCountForIt) {
  EngineFeed feed;
  for (int i = 0; i < 32; ++i) {
    feed.trade(i, 1000, 1 + i % 3);
    feed_top(feed, i + 0.5, 999 + 0.25 * (i % 4), 1001 + 0.25 * (i % 5));
  }
  feed.engine.advance_to(EngineFeed::at(32));

  EXPECT_TRUE(null_at(feed.rows(), "kyle_lambda", 29));   // Label 30: [1, 2) ... [29, 30).
  EXPECT_FALSE(null_at(feed.rows(), "kyle_lambda", 30));  // Label 31: one more.
}

TEST(KyleLambda, TradesWithoutASideMoveNothing) {
  EngineFeed sided, both;
  for (EngineFeed* feed : {&sided, &both}) {
    for (int i = 0; i < 50; ++i) {
      feed->trade(i, 1000, 1 + (i * 3) % 7, i % 2 ? Side::buy : Side::sell);
      if (feed == &both) feed->trade(i, 1000, 1e6, std::nullopt);
      feed_top(*feed, i + 0.5, 999 + 0.25 * (i % 4), 1001 + 0.25 * (i % 5));
    }
  }

  EXPECT_FALSE(std::isnan(last(sided, "kyle_lambda")));
  EXPECT_EQ(last(sided, "kyle_lambda"), last(both, "kyle_lambda"));
}

TEST(KyleLambda, ForgetsAnOutlierAsSoonAsItsIntervalHasLeftTheWindow) {
  const auto feed_with = [](EngineFeed& feed, double sixth) {
    feed_top(feed, -0.5, 999, 1001);
    feed.trade(-0.25, 1000, 1);
    for (int i = 0; i < 46; ++i) {
      feed.trade(i + 0.125, 1000, i == 5 ? sixth : 1 + (i * 5) % 7, i % 2 ? Side::buy : Side::sell);
      feed_top(feed, i + 0.5, 999 + 0.25 * (i % 4), 1001 + 0.25 * (i % 3));
    }
    feed.engine.advance_to(EngineFeed::at(46));
  };
  EngineFeed wild(window_of(40)), calm(window_of(40));
  feed_with(wild, 1e12);
  feed_with(calm, 3);
  const size_t end = wild.rows().rows() - 1;  // Label 46; the sixth interval ends at 6.

  for (const char* name : {"kyle_lambda", "kyle_lambda_r2"}) {
    EXPECT_NE(number(wild.rows(), name, end - 1), number(calm.rows(), name, end - 1));
    EXPECT_EQ(number(wild.rows(), name, end), number(calm.rows(), name, end));
  }
}

TEST(PriceImpact, ABreakOfTheTradesEmptiesKyleAloneAndOneOfTheBookBoth) {
  const auto feed_gap = [](EngineFeed& feed, Channel channel) {
    feed_line(feed, 80, 0.25, [](int i) { return (i * 5) % 7 - 3.0; });
    feed.gap(80.125, 1, true, channel);
    feed.gap(80.25, 1, false, channel);
    feed_top(feed, 80.5, 999, 1001);
    feed.engine.advance_to(EngineFeed::at(81));
  };
  EngineFeed trades, book;
  feed_gap(trades, Channel::trades);
  feed_gap(book, Channel::orderbook);

  EXPECT_TRUE(std::isnan(last(trades, "kyle_lambda")));
  EXPECT_FALSE(std::isnan(last(trades, "ofi_beta")));
  EXPECT_TRUE(std::isnan(last(book, "kyle_lambda")));
  EXPECT_TRUE(std::isnan(last(book, "ofi_beta")));
}

TEST(PriceImpact, AMomentWithoutAMidCostsTheIntervalsOnBothSidesOfIt) {
  EngineFeed feed;
  for (int i = 0; i < 40; ++i) {
    const bool is_crossed = i == 9;  // The sample at second 10 is missing.
    feed_top(feed, i + 0.5, is_crossed ? 1010 : 999 + 0.25 * (i % 4), 1001 + 0.25 * (i % 5));
  }

  EXPECT_TRUE(null_at(feed.rows(), "ofi_beta", 31));   // Label 32: 29 intervals.
  EXPECT_FALSE(null_at(feed.rows(), "ofi_beta", 32));  // Label 33: 30.
}

TEST(PriceImpact, QuietSecondsAreIntervalsWithoutFlow) {
  EngineFeed feed;
  feed_top(feed, 0.5, 999, 1001);
  feed.delta(1.5, {{999, 6}}, {});
  feed.delta(2.5, {{999.25, 3}}, {});
  feed.delta(40.5, {{999.5, 1}}, {});
  feed.engine.advance_to(EngineFeed::at(41));

  // (x, y): (5, 0), (3, 0.125), 37 times (0, 0), (1, 0.125), as OLS does it.
  const std::vector<double> x = {5, 3, 1}, y = {0, 0.125, 0.125};
  const double n = 40, sum_x = 9, sum_y = 0.25, sum_xx = 35, sum_xy = 0.5;
  const double slope = (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
  EXPECT_NEAR(last(feed, "ofi_beta"), slope, 1e-15);
}

TEST(RollingRegression, OverSixHoursEqualsOneTakenAnewAlsoBehindOutliersOfATrillion) {
  constexpr int kWindow = 6 * 3600;
  RollingRegression regression(kWindow, 30);
  std::mt19937_64 random(7);
  std::vector<double> x, y;
  const auto expect_equal = [&](size_t end) {
    const size_t first = end > kWindow ? end - kWindow : 0;
    const std::vector<double> in_x(x.begin() + first, x.begin() + end);
    const std::vector<double> in_y(y.begin() + first, y.begin() + end);
    const auto of_x = covariation_of(in_x, in_x), of_y = covariation_of(in_y, in_y);
    const auto both = covariation_of(in_x, in_y);
    EXPECT_TRUE(agrees(regression.fit().slope, static_cast<double>(both / of_x)));
    EXPECT_TRUE(agrees(regression.fit().r2, static_cast<double>(both * both / of_x / of_y)));
  };
  for (int i = 0; i < 4 * kWindow; ++i) {
    const bool is_outlier = i < kWindow && random() % 1000 == 0;
    x.push_back((is_outlier ? 1e12 : 1.0) * (static_cast<double>(random() % 2000) - 1000) / 64);
    y.push_back(x.back() * 0.01 + static_cast<double>(random() % 100) / 16);
    const UnixNanos second{(i + 1) * kNanosPerSecond};
    regression.push(second, x.back(), y.back());
    regression.move_to(second);
    if (i % 9973 == 500) expect_equal(x.size());
  }
}

}  // namespace
}  // namespace daedalus
