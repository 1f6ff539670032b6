#include "daedalus/features/rolling_windows.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <random>
#include <string>

#include "daedalus/features/return_windows.hpp"

namespace daedalus {
namespace {

constexpr int kLengths[] = {5, 15, 60};

UnixNanos at(double seconds) {
  return {static_cast<int64_t>(std::llround(seconds * 1e9))};
}

/// Sums of the entries in [start, end) of `all`, one by one.
struct BruteForce {
  int64_t count = 0;
  long double sum = 0;
  long double squares = 0;
  long double neighbours = 0;
};

BruteForce brute_force(const std::deque<ReturnEntry>& all, int64_t first_ns) {
  BruteForce found;
  const ReturnEntry* before = nullptr;
  for (const ReturnEntry& entry : all) {
    if (entry.time.value < first_ns) continue;
    const long double r = entry.value;
    ++found.count;
    found.sum += r;
    found.squares += r * r;
    if (before != nullptr) found.neighbours += std::abs(r) * std::abs(before->value);
    before = &entry;
  }
  return found;
}

void expect_agreement(double value, long double truth, long double operands = 0) {
  const auto allowed = 1e-9L * std::abs(truth) + 1e-12L * operands;
  ASSERT_LE(std::abs(value - truth), allowed) << value << " " << static_cast<double>(truth);
}

/// Steps of 1e-9 to 1e-3, quiet ones, and outliers of 1e12.
double draw_step(std::mt19937_64& random) {
  if (random() % 3 == 0) return 0;
  if (random() % 2000 == 0) return random() % 2 == 0 ? 1e12 : -1e12;
  const double size = std::pow(10.0, -9 + static_cast<double>(random() % 6));
  return size * (static_cast<double>(random() % 2001) / 1000 - 1);
}

TEST(RollingWindows, OverAMillionEventsWithOutliersEqualBruteForce) {
  std::mt19937_64 random(7);
  ReturnWindows windows(kLengths);
  std::deque<ReturnEntry> all;
  int64_t now = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    now += static_cast<int64_t>(random() % 60'000'000);
    const ReturnEntry entry{{now}, draw_step(random)};
    windows.push(entry);
    all.push_back(entry);
    while (all.front().time.value < now - 61 * kNanosPerSecond) all.pop_front();
    if (random() % 3 == 0) continue;
    const bool is_after_start = random() % 2 == 0;
    windows.move_to({now}, is_after_start);
    if (i % 1511 != 0) continue;
    for (size_t w = 0; w < std::size(kLengths); ++w) {
      const int64_t start = now - kLengths[w] * kNanosPerSecond + (is_after_start ? 1 : 0);
      const BruteForce truth = brute_force(all, start);
      const ReturnSums sums = windows.sums(w);
      ASSERT_EQ(windows.count(w), truth.count);
      ASSERT_EQ(sums.moments.count, truth.count);
      expect_agreement(sums.moments.sum.value(), truth.sum, std::sqrt(truth.squares));
      expect_agreement(sums.moments.squares.value(), truth.squares);
      expect_agreement(sums.neighbours.value(), truth.neighbours);
    }
  }
}

TEST(RollingWindows, HoldBitForBitWhatTheirEntriesAloneWouldGive) {
  std::mt19937_64 random(8);
  ReturnWindows windows(kLengths);
  int64_t now = 0;
  for (int i = 0; i < 200'000; ++i) {
    now += static_cast<int64_t>(random() % 60'000'000);
    windows.push({{now}, draw_step(random)});
    if (i % 499 != 0) continue;
    windows.move_to({now}, true);
    for (size_t w = 0; w < std::size(kLengths); ++w) {
      const int one[] = {kLengths[w]};
      ReturnWindows fresh(one);
      for (int64_t k = windows.first_of(w); k < windows.entries().end(); ++k) {
        fresh.push(windows.entries()[k]);
      }
      ASSERT_EQ(fresh.count(0), windows.count(w));
      ASSERT_EQ(fresh.sums(0).moments.sum, windows.sums(w).moments.sum);
      ASSERT_EQ(fresh.sums(0).moments.squares, windows.sums(w).moments.squares);
      ASSERT_EQ(fresh.sums(0).neighbours, windows.sums(w).neighbours);
    }
  }
}

TEST(RollingWindows, OnTheGridKeepTheirStartAndPerEventNot) {
  const int five[] = {5};
  for (const bool is_after_start : {false, true}) {
    ReturnWindows windows(five);
    windows.push({at(1), 1});
    windows.push({{at(1).value + 1}, 2});
    windows.push({at(6), 4});
    windows.move_to(at(6), is_after_start);

    EXPECT_EQ(windows.count(0), is_after_start ? 2 : 3);
    EXPECT_EQ(windows.sums(0).moments.sum.value(), is_after_start ? 6 : 7);
    EXPECT_EQ(windows.sums(0).neighbours.value(), is_after_start ? 8 : 10);
  }
}

TEST(RollingWindows, PairNeighboursOnlyWhereBothLieInTheWindow) {
  const int windows_s[] = {5, 100};
  ReturnWindows windows(windows_s);
  windows.push({at(1), 3});
  windows.push({at(10), -5});
  windows.move_to(at(10), true);

  EXPECT_EQ(windows.sums(0).neighbours.value(), 0);
  EXPECT_EQ(windows.sums(1).neighbours.value(), 15);
  windows.push({at(11), 7});
  EXPECT_EQ(windows.sums(0).neighbours.value(), 35);
  EXPECT_EQ(windows.sums(1).neighbours.value(), 50);
}

TEST(RollingWindows, AreEmptyWhenAllHasLeftAndAfterClearing) {
  ReturnWindows windows(kLengths);
  for (int i = 0; i < 100; ++i) windows.push({at(i), 0.1 * i});
  ReturnWindows cleared = windows;
  cleared.clear();
  windows.move_to(at(1000), false);

  for (const ReturnWindows* each : {&windows, &cleared}) {
    EXPECT_TRUE(each->entries().empty());
    for (size_t w = 0; w < std::size(kLengths); ++w) {
      EXPECT_EQ(each->count(w), 0);
      EXPECT_EQ(each->sums(w).moments.sum, ExactSum());
      EXPECT_EQ(each->sums(w).moments.squares, ExactSum());
      EXPECT_EQ(each->sums(w).neighbours, ExactSum());
    }
  }
}

TEST(RollingWindows, KeepNoMoreThanTheirLongestWindowAlsoWhenNoRowAsksForThem) {
  ReturnWindows windows(kLengths);
  for (int i = 0; i < 100'000; ++i) windows.push({at(i * 0.1), 0.5});

  EXPECT_LT(windows.entries().size(), 600u + 1024 + 2);
}

TEST(RollingWindows, GoOnBitIdenticalAfterSavingAndLoadingAnywhere) {
  std::mt19937_64 random(9);
  ReturnWindows straight(kLengths);
  ReturnWindows cut(kLengths);
  int64_t now = 0;
  const auto saved = [](const ReturnWindows& windows) {
    StateWriter out;
    windows.save(out);
    return out.bytes();
  };
  for (int i = 0; i < 3000; ++i) {
    now += static_cast<int64_t>(random() % 600'000'000);
    const ReturnEntry entry{{now}, draw_step(random)};
    straight.push(entry);
    cut.push(entry);
    if (i % 2 == 0) {
      straight.move_to({now}, true);
      cut.move_to({now}, true);
    }
    if (i % 7 == 0) {
      const std::string state = saved(cut);
      cut = ReturnWindows(kLengths);
      StateReader in(state);
      cut.load(in);
      ASSERT_TRUE(in.at_end());
    }
    ASSERT_EQ(saved(cut), saved(straight)) << i;
  }
}

}  // namespace
}  // namespace daedalus
