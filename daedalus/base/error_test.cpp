#include "daedalus/base/error.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "daedalus/base/check.hpp"

namespace daedalus {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorKind::malformed, "odd: {}", value);
  return value / 2;
}

Result<std::unique_ptr<int>> quarter(int value) {
  DAEDALUS_TRY(const int once, half(value));
  DAEDALUS_TRY(auto twice, half(once));
  DAEDALUS_OK(half(0));
  return std::make_unique<int>(twice);
}

TEST(Result, passes_values_and_the_first_error_on) {
  EXPECT_EQ(**quarter(8), 2);
  const auto failed = quarter(6);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::malformed);
  EXPECT_EQ(failed.error().message, "odd: 3");
}

TEST(Result, gets_context_before_its_message_and_keeps_its_kind) {
  const Result<int> failed = with_context(half(3).error(), "{} of {}", "half", 3);
  EXPECT_EQ(failed.error().kind, ErrorKind::malformed);
  EXPECT_EQ(failed.error().message, "half of 3: odd: 3");
}

TEST(CheckDeathTest, stops_the_process_and_names_the_place) {
  DAEDALUS_CHECK(1 + 1 == 2);
  EXPECT_DEATH(DAEDALUS_CHECK(1 + 1 == 3), "1 \\+ 1 == 3 does not hold at .*error_test.cpp");
}

}  // namespace
}  // namespace daedalus
