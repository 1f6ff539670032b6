#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define LLVMFuzzerTestOneInput decimal_fuzz
#include "daedalus/market/decimal_fuzz.cpp"

namespace daedalus {
namespace {

const std::vector<std::string> kSeeds = {"65083.66",
                                         "0.00000001",
                                         "-12.50",
                                         "1e-7",
                                         "1.5E+3",
                                         "999999999999999999",
                                         "9999999999999999999",
                                         "0.000000000000000001",
                                         "1000000000000000000000000000",
                                         "1.00000000000000000000000000000000000000000000000000",
                                         "0e999",
                                         "00012"};

TEST(DecimalFuzz, agrees_with_the_slow_reading_on_seeded_inputs) {
  run_fuzz(decimal_fuzz, kSeeds, {.rounds = 200'000, .seed = 7});
}

}  // namespace
}  // namespace daedalus
