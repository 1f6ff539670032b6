#include <gtest/gtest.h>

#include "daedalus/base/fuzz_driver.hpp"

#define LLVMFuzzerTestOneInput segment_reader_fuzz
#include "daedalus/journal/segment_reader_fuzz.cpp"

namespace daedalus {
namespace {

TEST(SegmentReaderFuzz, BreaksNothingInAShortSeededRun) {
  Record record;
  record.frame_seq = 12;
  record.capture_time = {1786309548629007800};
  record.connection = 2;
  record.url = "wss://x";
  record.payload = R"({"price":"65086.18","size":"0.002186"})";
  std::string lines;
  append_record_line(lines, record);
  record.payload += '\xff';
  append_record_line(lines, record);
  FrameCompressor compressor;
  std::string file(compressor.compress(lines));
  file += compressor.compress(lines);
  const std::vector<std::string> seeds = {'\0' + lines.substr(0, lines.find('\n')), '\1' + file,
                                          '\2' + lines};

  run_fuzz(segment_reader_fuzz, seeds, {.rounds = 5'000, .seed = 2});
}

}  // namespace
}  // namespace daedalus
