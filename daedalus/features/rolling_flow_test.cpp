#include <gtest/gtest.h>

#include <cmath>

#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {
namespace {

/// The size at the best bid is `size`: its OFI step is its change.
void bid_size_at(EngineFeed& feed, double seconds, double size) {
  feed.snapshot(seconds, {{100, size}, {99, 5}}, {{101, 1}, {102, 7}});
}

TEST(RollingFlow, SumsTheStepsOfTheWindowByTheClockOfTheRow) {
  for (const double interval : {1.0, 0.0}) {
    EngineFeed feed(windows_of({5}, interval));
    bid_size_at(feed, 0.5, 1);
    bid_size_at(feed, 1, 3);    // +2
    bid_size_at(feed, 2.5, 7);  // +4
    bid_size_at(feed, 5.5, 6);  // -1
    bid_size_at(feed, 6, 16);   // +10
    feed.engine.advance_to(EngineFeed::at(6));
    const Table& rows = feed.rows();
    const size_t last = rows.rows() - 1;

    // The grid's row 6 holds [1, 6), the event's (1, 6].
    EXPECT_EQ(number(rows, "ofi_sum_5s", last), interval == 1 ? 5 : 13);
    EXPECT_EQ(number(rows, "mlofi_sum_5s", last), interval == 1 ? 5 : 13);
    EXPECT_EQ(number(rows, "book_rate_5s", last), 3 / 5.0);
  }
}

TEST(RollingFlow, MultiLevelStepsAreWeightedByRank) {
  EngineFeed feed(windows_of({5}, 0));
  feed.snapshot(0, {{100, 1}, {99, 5}}, {{101, 1}});
  feed.snapshot(1, {{100, 1}, {99, 8}}, {{101, 1}});
  feed.snapshot(2, {{100, 2}, {99, 8}}, {{101, 1}});

  EXPECT_EQ(number(feed.rows(), "ofi_sum_5s", 1), 0);
  EXPECT_DOUBLE_EQ(number(feed.rows(), "mlofi_sum_5s", 1), 3 * std::exp(-0.5));
  EXPECT_DOUBLE_EQ(number(feed.rows(), "mlofi_sum_5s", 2), 3 * std::exp(-0.5) + 1);
}

TEST(RollingFlow, SumsOfDecimalsLeaveNothingBehind) {
  EngineFeed feed(windows_of({5}, 0));
  bid_size_at(feed, 0, 0.5);
  bid_size_at(feed, 1, 0.6);
  bid_size_at(feed, 2, 0.8);
  bid_size_at(feed, 3, 0.5);
  bid_size_at(feed, 4, 1e12);
  bid_size_at(feed, 5, 0.5);
  bid_size_at(feed, 6.5, 0.5001);

  EXPECT_EQ(number(feed.rows(), "ofi_sum_5s", 3), 0);
  EXPECT_EQ(number(feed.rows(), "ofi_sum_5s", 5), 0);
  EXPECT_EQ(number(feed.rows(), "ofi_sum_5s", 6), -0.0999);  // The step at 1 has left.
}

TEST(RollingFlow, AccelerationComparesTheWindowWithTheOneBefore) {
  EngineFeed feed(windows_of({5}, 1));
  bid_size_at(feed, 0.5, 1);
  bid_size_at(feed, 1, 3);    // +2: in [1, 6) at row 11.
  bid_size_at(feed, 5.9, 4);  // +1
  bid_size_at(feed, 6, 9);    // +5
  bid_size_at(feed, 10.5, 8);
  feed.engine.advance_to(EngineFeed::at(11));
  const Table& rows = feed.rows();  // Labels 1, 2, 6, 7, 11.

  ASSERT_EQ(rows.rows(), 5u);
  EXPECT_TRUE(null_at(rows, "ofi_accel_5s", 1));  // Nothing before.
  EXPECT_TRUE(null_at(rows, "ofi_accel_5s", 2));  // [-4, 1) holds an event without a step.
  EXPECT_EQ(number(rows, "ofi_accel_5s", 3), (6.0 - 2) / 5);
  EXPECT_EQ(number(rows, "ofi_accel_5s", 4), (4.0 - 3) / 5);
}

TEST(RollingFlow, AccelerationOfQuietStepsIsZeroAndOfNoStepsNull) {
  EngineFeed feed(windows_of({5}, 0));
  bid_size_at(feed, 0, 1);
  bid_size_at(feed, 1, 1);
  bid_size_at(feed, 6, 1);
  bid_size_at(feed, 11.000000001, 1);
  bid_size_at(feed, 40, 1);
  feed.snapshot(41, {{100, 1}}, {});
  const Table& rows = feed.rows();

  EXPECT_TRUE(null_at(rows, "ofi_accel_5s", 1));
  EXPECT_EQ(number(rows, "ofi_accel_5s", 2), 0);  // (-4, 1] holds the step at 1.
  EXPECT_TRUE(null_at(rows, "ofi_accel_5s", 4));
  EXPECT_EQ(number(rows, "ofi_sum_5s", 4), 0);
}

TEST(RollingFlow, AccelerationPerEventLeavesOutTheStepTwoWindowsBack) {
  EngineFeed feed(windows_of({5}, 0));
  bid_size_at(feed, 0, 1);
  bid_size_at(feed, 1, 2);
  bid_size_at(feed, 11, 5);
  bid_size_at(feed, 20, 6);
  EngineFeed nearer(windows_of({5}, 0));
  bid_size_at(nearer, 0, 1);
  bid_size_at(nearer, 1, 2);
  bid_size_at(nearer, 10.999999999, 5);

  EXPECT_TRUE(null_at(feed.rows(), "ofi_accel_5s", 2));
  EXPECT_EQ(number(nearer.rows(), "ofi_accel_5s", 2), (3.0 - 1) / 5);
  EXPECT_EQ(number(feed.rows(), "ofi_accel_5s", 3), (1.0 - 3) / 5);
}

TEST(RollingFlow, RateCountsEventsWithoutAMidAndTheFirstOfAStretch) {
  EngineFeed feed(windows_of({5}, 0));
  feed.snapshot(0, {{200, 1}}, {{100, 1}});
  feed.snapshot(1, {{100, 1}}, {});
  bid_size_at(feed, 2, 1);
  feed.gap(3, 1, true, Channel::orderbook);
  bid_size_at(feed, 3.5, 1);
  feed.gap(4, 1, false, Channel::orderbook);
  bid_size_at(feed, 4.5, 1);
  const Table& rows = feed.rows();

  EXPECT_EQ(number(rows, "book_rate_5s", 0), 0.2);
  EXPECT_EQ(number(rows, "book_rate_5s", 2), 0.6);
  EXPECT_EQ(number(rows, "ofi_sum_5s", 0), 0);
  EXPECT_TRUE(null_at(rows, "book_rate_5s", 3));
  EXPECT_EQ(number(rows, "book_rate_5s", 4), 0.2);
}

TEST(RollingFlow, KeepsItsSumsWhenMoreDecimalsCome) {
  EngineFeed feed(windows_of({5}, 0));
  bid_size_at(feed, 0, 1);
  bid_size_at(feed, 1, 1e12);
  bid_size_at(feed, 2, 3);
  bid_size_at(feed, 3, 3.00000025);
  bid_size_at(feed, 6, 3.00000025);

  EXPECT_EQ(number(feed.rows(), "ofi_sum_5s", 3), 2.00000025);
  EXPECT_EQ(number(feed.rows(), "ofi_sum_5s", 4), 3.00000025 - 1e12);  // The step at 1 has left.
}

TEST(RollingSpread, IsTheMeanOverTheSecondsAndNotOverTheEvents) {
  EngineFeed feed(windows_of({5, 60}, 1));
  feed.snapshot(0.5, {{99, 1}}, {{101, 1}});
  for (int i = 0; i < 9; ++i) feed.snapshot(1.1 + i * 0.1, {{98, 1}}, {{102, 1}});
  feed.snapshot(4.2, {{99.5, 1}}, {{100.5, 1}});
  feed.engine.advance_to(EngineFeed::at(5));
  feed.snapshot(8.7, {{99.5, 1}}, {{100.5, 1}});
  feed.engine.advance_to(EngineFeed::at(9));
  const Table& rows = feed.rows();  // Labels 1, 2, 5, 9; samples 0.02, 3 x 0.04, 0.01 ...

  EXPECT_DOUBLE_EQ(number(rows, "mean_spread_5s", 0), 0.02);
  EXPECT_DOUBLE_EQ(number(rows, "mean_spread_5s", 1), 0.03);
  EXPECT_DOUBLE_EQ(number(rows, "mean_spread_5s", 2), (0.02 + 3 * 0.04 + 0.01) / 5);
  EXPECT_DOUBLE_EQ(number(rows, "mean_spread_5s", 3), 0.01);  // Seconds 5 to 9: 4 has left.
  EXPECT_DOUBLE_EQ(number(rows, "mean_spread_60s", 3), (0.02 + 3 * 0.04 + 5 * 0.01) / 9);
}

TEST(RollingSpread, LeavesOutSecondsWithoutAMidAndIsNullWithoutAny) {
  EngineFeed feed(windows_of({2}, 0));
  feed.snapshot(0.5, {{99, 1}}, {{101, 1}});
  feed.snapshot(1, {{99, 1}}, {{101, 1}});
  feed.snapshot(1.5, {{100, 1}}, {});
  feed.snapshot(2.5, {{98, 1}}, {{102, 1}});
  feed.snapshot(3, {{98, 1}}, {{102, 1}});
  feed.snapshot(3.5, {}, {{102, 1}});
  feed.snapshot(6, {{98, 1}}, {{102, 1}});
  const Table& rows = feed.rows();

  EXPECT_TRUE(null_at(rows, "mean_spread_2s", 0));
  EXPECT_DOUBLE_EQ(number(rows, "mean_spread_2s", 1), 0.02);
  EXPECT_DOUBLE_EQ(number(rows, "mean_spread_2s", 2), 0.02);
  EXPECT_DOUBLE_EQ(number(rows, "mean_spread_2s", 4), 0.04);  // Second 1 is not in (1, 3].
  EXPECT_TRUE(null_at(rows, "mean_spread_2s", 6));
}

}  // namespace
}  // namespace daedalus
