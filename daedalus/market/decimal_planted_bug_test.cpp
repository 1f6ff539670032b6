// The seeded run must find a bug that is rare but there: a fuzzer that finds nothing proves
// nothing.
#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define DAEDALUS_PLANTED_BUG
#define LLVMFuzzerTestOneInput decimal_fuzz_with_planted_bug
#include "daedalus/market/decimal_fuzz.cpp"

namespace daedalus {
namespace {

TEST(DecimalFuzzDeathTest, finds_the_planted_bug) {
  const std::vector<std::string> seeds = {"65083.66", "0.01", "12.50"};
  EXPECT_DEATH(run_fuzz(decimal_fuzz_with_planted_bug, seeds, {.rounds = 200'000, .seed = 7}),
               "digits == expected does not hold");
}

}  // namespace
}  // namespace daedalus
