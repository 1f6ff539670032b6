#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define LLVMFuzzerTestOneInput time_fuzz
#include "daedalus/base/time_fuzz.cpp"

namespace daedalus {
namespace {

TEST(TimeFuzz, agrees_with_day_counting_on_seeded_inputs) {
  const std::vector<std::string> seeds = {"2026-08-09T21:05:48.228568804Z",
                                          "1970-01-01T00:00:00Z",
                                          "2261-12-31T23:59:59.999999999Z",
                                          "2000-02-29",
                                          "2024-02-29T12:00:00+05:30",
                                          "2023-02-28 23:59:59-0100",
                                          "1617647603.4249449",
                                          "1721347020984480942",
                                          "1721749182850494",
                                          "-0.5"};
  run_fuzz(time_fuzz, seeds, {.rounds = 200'000, .seed = 3});
}

}  // namespace
}  // namespace daedalus
