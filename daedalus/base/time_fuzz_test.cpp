#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define LLVMFuzzerTestOneInput time_fuzz
#include "daedalus/base/time_fuzz.cpp"

namespace daedalus {
namespace {

TEST(TimeFuzz, agrees_with_day_counting_on_seeded_inputs) {
  const auto seeds = read_seeds(DAEDALUS_SOURCE_DIR "/tests/fuzz_seeds/time");
  ASSERT_GT(seeds.size(), 5u);
  run_fuzz(time_fuzz, seeds, {.rounds = 200'000, .seed = 3});
}

}  // namespace
}  // namespace daedalus
