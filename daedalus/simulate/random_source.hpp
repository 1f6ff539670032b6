#pragma once

#include <bit>
#include <cstdint>

namespace daedalus {

/// Seeded randomness that gives the same numbers on every machine and compiler: xoshiro256++ with
/// a splitmix64 start, and draws that use only exactly rounded arithmetic.
class RandomSource {
 public:
  explicit RandomSource(uint64_t seed) {
    for (uint64_t& word : state_) word = split_mix(seed);
  }

  uint64_t next() {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Even over [0, bound); bound > 0.
  uint64_t below(uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>((Wide{next()} * bound) >> 64);
  }
  /// Even over [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double probability) { return unit() < probability; }

  /// Waiting times of a Poisson process, mean 1: von Neumann's method, comparisons only.
  double exponential() {
    for (int whole = 0;; ++whole) {
      const double first = unit();
      double last = first;
      bool accepted = true;
      for (;;) {
        const double drawn = unit();
        if (drawn >= last) break;
        last = drawn;
        accepted = !accepted;
      }
      if (accepted) return whole + first;
    }
  }

  /// Bell-shaped, mean 0, deviation 1 (sum of twelve even draws).
  double bell() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
  }

  /// Even over the octaves of [1, limit]: as many draws in [1, 2) as in [2, 4), ...
  int64_t over_octaves(int64_t limit) {
    const int octaves = std::bit_width(static_cast<uint64_t>(limit));
    const int64_t base = int64_t{1} << below(static_cast<uint64_t>(octaves));
    const int64_t drawn = base + static_cast<int64_t>(below(static_cast<uint64_t>(base)));
    return drawn > limit ? 1 + static_cast<int64_t>(below(static_cast<uint64_t>(limit))) : drawn;
  }

 private:
  static uint64_t split_mix(uint64_t& seed) {
    uint64_t mixed = (seed += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  uint64_t state_[4];
};

}  // namespace daedalus
