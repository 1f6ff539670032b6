#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define DAEDALUS_PLANTED_BUG
#define LLVMFuzzerTestOneInput frame_parsers_fuzz_with_planted_bug
#include "daedalus/exchanges/frame_parsers_fuzz.cpp"

namespace daedalus {
namespace {

TEST(FrameParsersFuzzDeathTest, finds_the_planted_bug) {
  const auto seeds = read_seeds(DAEDALUS_SOURCE_DIR "/tests/fuzz_seeds/frame_parsers");
  EXPECT_DEATH(run_fuzz(frame_parsers_fuzz_with_planted_bug, seeds, {.rounds = 60'000, .seed = 5}),
               "taker_side.has_value\\(\\) does not hold");
}

}  // namespace
}  // namespace daedalus
