#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Short seeded runs of the fuzz bodies without libFuzzer. A test includes the fuzz file under
/// another name for its entry point:
///
///   #define LLVMFuzzerTestOneInput time_fuzz
///   #include "daedalus/base/time_fuzz.cpp"
///   TEST(TimeFuzz, holds) { run_fuzz(time_fuzz, read_seeds(folder), {.rounds = 20'000}); }
///
/// A body says that something is wrong by DAEDALUS_CHECK, as under libFuzzer.
namespace daedalus {

using FuzzBody = int (*)(const uint8_t* data, size_t size);

struct FuzzRun {
  int rounds = 10'000;
  uint64_t seed = 1;
};

/// splitmix64: the same numbers on every machine.
class FuzzRandom {
 public:
  explicit FuzzRandom(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// 0 to `limit` - 1; 0 if the limit is 0.
  size_t below(size_t limit) { return limit == 0 ? 0 : next() % limit; }

 private:
  uint64_t state_;
};

/// One change of the kinds that break parsers: bits, bytes, cuts, repeats, pieces of another seed.
inline void mutate(std::string& input, std::span<const std::string> seeds, FuzzRandom& random) {
  static constexpr std::string_view kBytes = "0123456789-+.eE\"\\{}[],: \n\0\x7f\x80\xff";
  static constexpr std::array<std::string_view, 8> kPieces = {
      "null", "\"NaN\"", "-1", "000000000000000000", "9999999999999999999", "[[", "}}", "\\u0000"};
  const size_t at = random.below(input.size() + 1);
  const size_t length = random.below(std::min<size_t>(input.size() - at, 16) + 1);
  switch (random.below(8)) {
    case 0:
      if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << random.below(8)));
      break;
    case 1:
      if (at < input.size()) input[at] = kBytes[random.below(kBytes.size())];
      break;
    case 2:
      input.insert(at, 1, kBytes[random.below(kBytes.size())]);
      break;
    case 3:
      input.erase(at, length);
      break;
    case 4:
      input.insert(at, input.substr(at, length));
      break;
    case 5:
      input.insert(at, kPieces[random.below(kPieces.size())]);
      break;
    case 6:
      if (random.below(4) == 0) input.resize(at);
      break;
    default:
      if (!seeds.empty()) {
        const std::string& other = seeds[random.below(seeds.size())];
        input = input.substr(0, at) + other.substr(random.below(other.size() + 1));
      }
  }
}

/// The files of a folder: the same seeds that libFuzzer starts from (tests/fuzz_seeds/<fuzzer>).
inline std::vector<std::string> read_seeds(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

/// Runs every seed as it is, then `rounds` mutated ones.
inline void run_fuzz(FuzzBody body, std::span<const std::string> seeds, const FuzzRun& run) {
  const auto call = [&](const std::string& input) {
    body(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  };
  for (const std::string& seed : seeds) call(seed);
  FuzzRandom random(run.seed);
  for (int round = 0; round < run.rounds; ++round) {
    std::string input = seeds.empty() ? std::string() : seeds[random.below(seeds.size())];
    for (size_t changes = 1 + random.below(5); changes > 0; --changes) {
      mutate(input, seeds, random);
    }
    call(input);
  }
}

}  // namespace daedalus
