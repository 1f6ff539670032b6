#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define LLVMFuzzerTestOneInput frame_parsers_fuzz
#include "daedalus/exchanges/frame_parsers_fuzz.cpp"

namespace daedalus {
namespace {

TEST(FrameParsersFuzz, keep_their_promises_on_seeded_inputs) {
  const auto seeds = read_seeds(DAEDALUS_SOURCE_DIR "/tests/fuzz_seeds/frame_parsers");
  ASSERT_GT(seeds.size(), 30u);
  run_fuzz(frame_parsers_fuzz, seeds, {.rounds = 60'000, .seed = 5});
}

}  // namespace
}  // namespace daedalus
