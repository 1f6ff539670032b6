#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"
#include "daedalus/journal/recording_reading.hpp"

#define LLVMFuzzerTestOneInput recording_fuzz
#include "daedalus/journal/recording_fuzz.cpp"

namespace daedalus {
namespace {

TEST(RecordingFuzz, BreaksNothingInAShortSeededRun) {
  const std::string text = "wss://a <-> 1.0\n1.1: x\nwss://a <- 2.2: s\nhttps://x -> 3.0: {}\n";
  const std::string json = R"({"t":"connect","conn":"a","ts":1.5,"addr":"w"})"
                           "\n"
                           R"({"t":"recv","conn":"a","ts":1.5,"b64":"AAH/"})"
                           "\n"
                           R"({"t":"recv","conn":"a","ts":1.5,"data":"x"})";
  const std::string hft =
      "1721749182850494 {\"lastUpdateId\": 5, \"bids\": []}\n"
      "1721347020984480942 {\"stream\":\"btcusdt@depth\",\"data\":{}}\n";
  const std::string lines =
      "{\"ts\":1721347022.123,\"data\":\"{}\"}\n"
      "{\"time\":\"2024-07-18T23:57:02.5Z\",\"frame\":{\"a\":[1]},\"url\":\"https://x\"}\n";
  const std::vector<std::string> seeds = {'\0' + text,         '\0' + json,
                                          '\1' + hft,          '\2' + lines,
                                          '\1' + gzipped(hft), '\0' + zstd_compressed(json)};

  run_fuzz(recording_fuzz, seeds, {.rounds = 5'000, .seed = 5});
}

// simdjson must not be asked anything more about a line in which it has found an error.
TEST(RecordingFuzz, PassesALineWithAnObjectWhereAKeyBelongs) {
  const std::string input = "\3{\"t\":\"connect\",\"conn\":\"a\",\"ts\":1.5,{8\"AAH/\"}\n";

  recording_fuzz(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

}  // namespace
}  // namespace daedalus
