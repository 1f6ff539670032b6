#include "daedalus/net/backoff.hpp"

#include <gtest/gtest.h>

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Backoff, DoublesUpToTheCapAndStaysThere) {
  Backoff backoff;
  for (const int64_t expected_ms : {500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000}) {
    EXPECT_EQ(backoff.next(Nanoseconds(0), 1.0), milliseconds(expected_ms));
  }
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(backoff.next(Nanoseconds(0), 1.0), seconds(60));
}

TEST(Backoff, TakesARandomPartOfTheUpperHalfAway) {
  Backoff backoff;
  EXPECT_EQ(backoff.next(Nanoseconds(0), 0.0), milliseconds(250));
  EXPECT_EQ(backoff.next(Nanoseconds(0), 0.5), milliseconds(750));
}

TEST(Backoff, StartsOverAfterAHealthyTimeButNotAfterAShortOne) {
  Backoff backoff;
  for (int i = 0; i < 6; ++i) (void)backoff.next(Nanoseconds(0), 1.0);
  EXPECT_EQ(backoff.next(seconds(59), 1.0), seconds(32));
  EXPECT_EQ(backoff.next(seconds(60), 1.0), milliseconds(500));
  EXPECT_EQ(backoff.failures(), 1);
}

}  // namespace
}  // namespace daedalus
