#include "daedalus/journal/segment_reader_fuzz.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace daedalus {
namespace {

std::vector<std::string> seeds() {
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
  return {'\0' + lines.substr(0, lines.find('\n')), '\1' + file, '\2' + lines};
}

void mutate(std::string& input, std::mt19937_64& random) {
  for (uint64_t change = random() % 4; change-- > 0 && input.size() > 1;) {
    const size_t at = random() % input.size();
    switch (random() % 4) {
      case 0:
        input[at] = static_cast<char>(random());
        break;
      case 1:
        input.erase(at, 1 + random() % 8);
        break;
      case 2:
        input.insert(at, input.substr(random() % input.size(), 1 + random() % 20));
        break;
      default:
        input.resize(at + 1);
    }
  }
}

TEST(JournalFuzz, BreaksNothingInAShortSeededRun) {
  std::mt19937_64 random(2026);
  const std::vector<std::string> corpus = seeds();
  for (int round = 0; round < 20'000; ++round) {
    std::string input = corpus[random() % corpus.size()];
    mutate(input, random);

    fuzz_journal(input);
  }
}

}  // namespace
}  // namespace daedalus
