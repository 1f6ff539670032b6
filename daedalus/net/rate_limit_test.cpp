#include "daedalus/net/rate_limit.hpp"

#include <gtest/gtest.h>

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr UnixNanos kStart{1'700'000'000'000'000'000};

TEST(RateLimit, GivesTheBurstAtOnceAndThenEvenly) {
  RateLimit limit({.count = 10, .per = seconds(1), .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.wait(kStart), std::nullopt);
  EXPECT_EQ(limit.wait(kStart), Nanoseconds(milliseconds(100)));
  EXPECT_EQ(limit.wait(kStart + milliseconds(99)), Nanoseconds(milliseconds(1)));
  EXPECT_EQ(limit.wait(kStart + milliseconds(100)), std::nullopt);
  EXPECT_EQ(limit.wait(kStart + milliseconds(100)), Nanoseconds(milliseconds(100)));
}

TEST(RateLimit, NeverGivesMoreThanItsPromiseOverAnySpan) {
  RateLimit limit({.count = 5, .per = seconds(1), .burst = 5});
  std::vector<UnixNanos> taken;
  for (UnixNanos now = kStart; now < kStart + seconds(20); now = now + milliseconds(7)) {
    if (!limit.wait(now)) taken.push_back(now);
  }
  EXPECT_GE(taken.size(), 100u);
  for (size_t i = 0; i + 10 < taken.size(); ++i) EXPECT_GE(taken[i + 10] - taken[i], seconds(1));
}

TEST(RateLimit, CountsWeights) {
  RateLimit limit({.count = 1200, .per = seconds(60), .burst = 1200});
  EXPECT_EQ(limit.wait(kStart, 1000), std::nullopt);
  EXPECT_EQ(limit.wait(kStart, 250), Nanoseconds(milliseconds(2500)));
  EXPECT_EQ(limit.wait(kStart, 200), std::nullopt);
}

TEST(RateLimit, LetsMoreThanTheBurstThroughOnceAndRemembersTheDebt) {
  RateLimit limit({.count = 1, .per = seconds(1), .burst = 2});
  EXPECT_EQ(limit.wait(kStart, 5), std::nullopt);
  EXPECT_EQ(limit.wait(kStart, 1), Nanoseconds(seconds(4)));
}

TEST(RateLimit, HoldsUntilATimeThatSomebodyNamed) {
  RateLimit limit({.count = 10, .per = seconds(1), .burst = 10});
  limit.hold_until(kStart + seconds(30));
  limit.hold_until(kStart + seconds(10));
  EXPECT_EQ(limit.wait(kStart), Nanoseconds(seconds(30)));
  EXPECT_EQ(limit.wait(kStart + seconds(30)), std::nullopt);
}

}  // namespace
}  // namespace daedalus
