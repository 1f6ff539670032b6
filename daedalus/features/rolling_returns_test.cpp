#include <gtest/gtest.h>

#include <cmath>

#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {
namespace {

/// A book of one level a side around `mid`, of spread 2.
void mid_at(EngineFeed& feed, double seconds, double mid) {
  feed.snapshot(seconds, {{mid - 1, 1}}, {{mid + 1, 1}});
}
void crossed_at(EngineFeed& feed, double seconds) {
  feed.snapshot(seconds, {{200, 1}}, {{100, 1}});
}

double r(double now, double before) {
  return std::log1p((now - before) / before);
}

TEST(RollingReturns, OfAShortStreamAreThoseDoneByHand) {
  EngineFeed feed(windows_of({5}, 1));
  mid_at(feed, 0.5, 100);
  mid_at(feed, 1.5, 101);
  mid_at(feed, 2.5, 101);
  mid_at(feed, 3.5, 99);
  feed.engine.advance_to(EngineFeed::at(4));
  const Table& rows = feed.rows();
  const double a = r(101, 100);
  const double b = r(99, 101);
  const double mean = (a + b) / 3;
  const double deviations = (a - mean) * (a - mean) + mean * mean + (b - mean) * (b - mean);

  ASSERT_EQ(rows.rows(), 4u);
  EXPECT_DOUBLE_EQ(number(rows, "rv_5s", 3), std::sqrt(a * a + b * b));
  EXPECT_DOUBLE_EQ(number(rows, "mean_return_5s", 3), mean);
  EXPECT_DOUBLE_EQ(number(rows, "ret_std_5s", 3), std::sqrt(deviations / 2));
  EXPECT_EQ(number(rows, "bipower_5s", 3), 0);  // A quiet step lies between the two.
  EXPECT_TRUE(null_at(rows, "return_5s", 3));
}

TEST(RollingReturns, AreZeroOrNullBeforeTheFirstStepByWhatTheyAre) {
  EngineFeed feed(windows_of({5}, 1));
  mid_at(feed, 0.5, 100);
  mid_at(feed, 1.5, 100);
  mid_at(feed, 2.5, 100);
  feed.engine.advance_to(EngineFeed::at(4));
  const Table& rows = feed.rows();

  for (const char* sum : {"rv_5s", "bipower_5s"}) EXPECT_EQ(number(rows, sum, 0), 0) << sum;
  for (const char* mean : {"ret_std_5s", "mean_return_5s", "return_5s"}) {
    EXPECT_TRUE(null_at(rows, mean, 0)) << mean;
  }
  EXPECT_EQ(number(rows, "mean_return_5s", 1), 0);
  EXPECT_TRUE(null_at(rows, "ret_std_5s", 1));
  EXPECT_EQ(number(rows, "ret_std_5s", 2), 0);
  EXPECT_TRUE(null_at(rows, "jump_share_300s", 2));
}

TEST(RollingReturns, OnTheGridHoldTheStepAtTheirStartAndNotTheOneAtTheirEnd) {
  EngineFeed feed(windows_of({5}, 1));
  mid_at(feed, 0, 100);
  mid_at(feed, 1, 110);
  mid_at(feed, 5.5, 110);
  mid_at(feed, 6, 120);
  mid_at(feed, 6.5, 120);
  feed.engine.advance_to(EngineFeed::at(7));
  const Table& rows = feed.rows();  // Labels 1, 2, 6, 7.

  ASSERT_EQ(rows.rows(), 4u);
  EXPECT_EQ(number(rows, "rv_5s", 0), 0);
  EXPECT_DOUBLE_EQ(number(rows, "rv_5s", 2), r(110, 100));
  EXPECT_DOUBLE_EQ(number(rows, "mean_return_5s", 2), r(110, 100) / 2);
  EXPECT_DOUBLE_EQ(number(rows, "rv_5s", 3), r(120, 110));
}

TEST(RollingReturns, PerEventHoldTheStepAtTheirEndAndNotTheOneAtTheirStart) {
  EngineFeed feed(windows_of({5}, 0));
  mid_at(feed, 0, 100);
  mid_at(feed, 1, 110);
  mid_at(feed, 5.999999999, 110);
  mid_at(feed, 6, 120);
  const Table& rows = feed.rows();

  EXPECT_DOUBLE_EQ(number(rows, "rv_5s", 1), r(110, 100));
  EXPECT_DOUBLE_EQ(number(rows, "rv_5s", 2), r(110, 100));
  EXPECT_DOUBLE_EQ(number(rows, "rv_5s", 3), r(120, 110));
  EXPECT_DOUBLE_EQ(number(rows, "mean_return_5s", 3), r(120, 110) / 2);
}

TEST(RollingReturns, OfTheWindowAreTakenToTheStateBeforeItsStart) {
  EngineFeed feed(windows_of({5, 7}, 1));
  mid_at(feed, 0.5, 100);
  mid_at(feed, 1, 103);
  mid_at(feed, 5.9, 110);
  mid_at(feed, 6.9, 120);
  feed.engine.advance_to(EngineFeed::at(7));
  const Table& rows = feed.rows();  // Labels 1, 2, 6, 7.

  ASSERT_EQ(rows.rows(), 4u);
  EXPECT_DOUBLE_EQ(number(rows, "return_5s", 2), r(110, 100));  // The event at 1 is not before 1.
  EXPECT_DOUBLE_EQ(number(rows, "return_5s", 3), r(120, 103));
  EXPECT_TRUE(null_at(rows, "return_7s", 3));
}

TEST(RollingReturns, OfTheWindowPerEventAreTakenToTheStateWithItsStart) {
  EngineFeed feed(windows_of({5}, 0));
  mid_at(feed, 0.5, 100);
  mid_at(feed, 1, 103);
  mid_at(feed, 1, 104);
  mid_at(feed, 5.999999999, 110);
  mid_at(feed, 6, 120);

  EXPECT_DOUBLE_EQ(number(feed.rows(), "return_5s", 3), r(110, 100));
  EXPECT_DOUBLE_EQ(number(feed.rows(), "return_5s", 4), r(120, 104));
}

TEST(RollingReturns, OfTheWindowAreNullWhereTheBookHadNoMidThenOrHasNoneNow) {
  EngineFeed feed(windows_of({5}, 0));
  mid_at(feed, 0, 100);
  crossed_at(feed, 1);
  mid_at(feed, 2, 102);
  mid_at(feed, 6.5, 104);
  mid_at(feed, 7, 106);
  crossed_at(feed, 8);
  const Table& rows = feed.rows();

  EXPECT_TRUE(null_at(rows, "return_5s", 3));
  EXPECT_DOUBLE_EQ(number(rows, "return_5s", 4), r(106, 102));
  EXPECT_TRUE(null_at(rows, "return_5s", 5));
  EXPECT_GT(number(rows, "rv_5s", 5), 0);  // Needs no present mid.
}

TEST(RollingReturns, AddUpOverAMomentWithoutTwoSides) {
  EngineFeed feed(windows_of({60}, 0));
  mid_at(feed, 0, 100);
  crossed_at(feed, 1);
  feed.snapshot(2, {}, {{101, 1}});
  mid_at(feed, 3, 90);
  mid_at(feed, 4, 99);
  const Table& rows = feed.rows();

  EXPECT_EQ(number(rows, "rv_60s", 2), 0);
  EXPECT_TRUE(null_at(rows, "mean_return_60s", 2));
  EXPECT_DOUBLE_EQ(number(rows, "rv_60s", 3), -r(90, 100));
  EXPECT_DOUBLE_EQ(number(rows, "mean_return_60s", 4), (r(90, 100) + r(99, 90)) / 2);
  EXPECT_DOUBLE_EQ(number(rows, "bipower_60s", 4), M_PI / 2 * -r(90, 100) * r(99, 90));
}

TEST(RollingReturns, PairOnlyNeighboursThatBothLieInTheWindow) {
  EngineFeed feed(windows_of({5, 60}, 0));
  mid_at(feed, 0, 100);
  mid_at(feed, 1, 101);
  mid_at(feed, 2, 103);
  mid_at(feed, 6.5, 102);
  const Table& rows = feed.rows();
  const double a = r(101, 100), b = r(103, 101), c = -r(102, 103);

  EXPECT_DOUBLE_EQ(number(rows, "bipower_5s", 2), M_PI / 2 * a * b);
  EXPECT_DOUBLE_EQ(number(rows, "bipower_5s", 3), M_PI / 2 * b * c);
  EXPECT_DOUBLE_EQ(number(rows, "bipower_60s", 3), M_PI / 2 * (a * b + b * c));
  EXPECT_DOUBLE_EQ(number(rows, "rv_5s", 3), std::sqrt(b * b + c * c));
}

TEST(RollingReturns, StartAnewAfterAGapAndAfterTooLongASilence) {
  for (const bool is_silence : {false, true}) {
    EngineFeed feed(windows_of({900}, 0));
    mid_at(feed, 0, 100);
    mid_at(feed, 1, 130);
    if (!is_silence) {
      feed.gap(2, 1, true, Channel::orderbook);
      mid_at(feed, 3, 170);  // Feeds nothing.
      feed.gap(4, 1, false, Channel::orderbook);
    }
    const double start = is_silence ? 301.000000001 : 5;
    mid_at(feed, start, 100);
    mid_at(feed, start + 1, 101);
    const Table& rows = feed.rows();
    const size_t first = rows.rows() - 2;

    EXPECT_EQ(number(rows, "rv_900s", first), 0);
    EXPECT_TRUE(null_at(rows, "mean_return_900s", first));
    EXPECT_DOUBLE_EQ(number(rows, "rv_900s", first + 1), r(101, 100));
    EXPECT_TRUE(null_at(rows, "return_900s", first + 1));
    EXPECT_TRUE(is_silence || null_at(rows, "rv_900s", 2));  // Unsynced.
  }
}

TEST(RollingReturns, AreOffWithTheirCategory) {
  FeatureParameters parameters;
  parameters.categories = {Category::structural};
  EngineFeed feed(parameters);

  EXPECT_EQ(feed.rows().find("rv_5s"), nullptr);
  EXPECT_EQ(feed.rows().find("jump_share_300s"), nullptr);
}

TEST(JumpShare, IsWhatBipowerDoesNotSeeOfTheVariance) {
  EngineFeed feed(windows_of({5}, 0));
  mid_at(feed, 0, 100);
  mid_at(feed, 1, 101);
  mid_at(feed, 2, 102);
  mid_at(feed, 200, 102);
  mid_at(feed, 201, 150);
  mid_at(feed, 301.5, 150);
  mid_at(feed, 501, 150);
  const Table& rows = feed.rows();
  const double a = r(101, 100), b = r(102, 101), c = r(150, 102);

  EXPECT_TRUE(null_at(rows, "jump_share_300s", 0));
  EXPECT_EQ(number(rows, "jump_share_300s", 1), 1);
  // Two equal steps: bipower is more than the variance's half.
  EXPECT_NEAR(number(rows, "jump_share_300s", 2), 1 - M_PI / 2 * a * b / (a * a + b * b), 1e-12);
  EXPECT_NEAR(number(rows, "jump_share_300s", 4), 1 - M_PI / 2 * a * b / (a * a + b * b + c * c),
              1e-12);
  EXPECT_EQ(number(rows, "jump_share_300s", 5), 1);  // Of the first two only one is left.
  EXPECT_TRUE(null_at(rows, "jump_share_300s", 6));
}

TEST(JumpShare, BehindAGapIsThatOfTheNewStretchWhereItHasTakenAsManySteps) {
  EngineFeed feed(windows_of({5}, 1));
  mid_at(feed, 0.1, 100);
  mid_at(feed, 0.2, 101);
  mid_at(feed, 0.3, 102);
  feed.gap(1.1, 1, true, Channel::orderbook);
  feed.gap(1.2, 1, false, Channel::orderbook);
  mid_at(feed, 1.3, 100);
  mid_at(feed, 1.4, 101);
  mid_at(feed, 1.5, 150);
  feed.engine.advance_to(EngineFeed::at(2));
  const Table& rows = feed.rows();
  const auto share = [](double a, double b) { return 1 - M_PI / 2 * a * b / (a * a + b * b); };

  ASSERT_EQ(rows.rows(), 2u);
  EXPECT_NEAR(number(rows, "jump_share_300s", 0), share(r(101, 100), r(102, 101)), 1e-12);
  EXPECT_NEAR(number(rows, "jump_share_300s", 1), share(r(101, 100), r(150, 101)), 1e-12);
}

TEST(JumpShare, IsNeverBelowZeroAndHasItsOwnFiveMinutes) {
  EngineFeed feed(windows_of({5}, 0));
  for (int i = 0; i < 100; ++i) mid_at(feed, i, i % 2 == 0 ? 100 : 101);

  EXPECT_EQ(number(feed.rows(), "jump_share_300s", 99), 0);
  EXPECT_EQ(feed.rows().find("bipower_300s"), nullptr);
}

}  // namespace
}  // namespace daedalus
