#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define LLVMFuzzerTestOneInput decimal_fuzz
#include "daedalus/market/decimal_fuzz.cpp"

namespace daedalus {
namespace {

TEST(DecimalFuzz, agrees_with_the_slow_reading_on_seeded_inputs) {
  const auto seeds = read_seeds(DAEDALUS_SOURCE_DIR "/tests/fuzz_seeds/decimal");
  ASSERT_GT(seeds.size(), 5u);
  run_fuzz(decimal_fuzz, seeds, {.rounds = 200'000, .seed = 7});
}

}  // namespace
}  // namespace daedalus
