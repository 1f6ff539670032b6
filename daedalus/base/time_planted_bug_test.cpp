#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define DAEDALUS_PLANTED_BUG
#define LLVMFuzzerTestOneInput time_fuzz_with_planted_bug
#include "daedalus/base/time_fuzz.cpp"

namespace daedalus {
namespace {

TEST(TimeFuzzDeathTest, finds_the_planted_bug) {
  const std::vector<std::string> seeds = {"2024-02-28T21:05:48.22Z", "2020-02-19"};
  EXPECT_DEATH(run_fuzz(time_fuzz_with_planted_bug, seeds, {.rounds = 200'000, .seed = 3}),
               "midnight.* does not hold");
}

}  // namespace
}  // namespace daedalus
