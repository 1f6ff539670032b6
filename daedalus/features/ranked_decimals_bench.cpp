#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>

#include "daedalus/features/ranked_decimals.hpp"

namespace daedalus {
namespace {

/// What spread_regime asks for: a value comes, the oldest goes, and some ranks are asked.
constexpr int kRanksPerSecond = 50;

std::vector<int64_t> random_values(int64_t different) {
  std::mt19937_64 random(1);
  std::vector<int64_t> values(1 << 17);
  for (int64_t& value : values) value = static_cast<int64_t>(random() % different);
  return values;
}

/// The unit of work is a second of the window. Arguments: seconds in the window, different values.
/// Grows more than a little with the window: the structure has lost its balance.
void BM_ranked_decimals(benchmark::State& state) {
  const auto values = random_values(state.range(1));
  const auto window = static_cast<size_t>(state.range(0));
  RankedDecimals ranked;
  for (size_t i = 0; i < window; ++i) ranked.add({values[i], 2});
  size_t at = window;
  for (auto _ : state) {
    ranked.add({values[at % values.size()], 2});
    ranked.remove({values[(at - window) % values.size()], 2});
    for (int i = 0; i < kRanksPerSecond; ++i) {
      benchmark::DoNotOptimize(ranked.rank({values[(at + i) % values.size()], 2}));
    }
    ++at;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ranked_decimals)->ArgsProduct({{300, 21'600}, {20, 1'000'000'000}});

/// The same with one sorted list, for comparison.
void BM_sorted_list(benchmark::State& state) {
  const auto values = random_values(state.range(1));
  const auto window = static_cast<size_t>(state.range(0));
  std::vector<int64_t> sorted(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(window));
  std::sort(sorted.begin(), sorted.end());
  size_t at = window;
  for (auto _ : state) {
    const int64_t now = values[at % values.size()];
    sorted.insert(std::lower_bound(sorted.begin(), sorted.end(), now), now);
    const int64_t gone = values[(at - window) % values.size()];
    sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), gone));
    for (int i = 0; i < kRanksPerSecond; ++i) {
      const int64_t asked = values[(at + i) % values.size()];
      benchmark::DoNotOptimize(std::equal_range(sorted.begin(), sorted.end(), asked));
    }
    ++at;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_sorted_list)->ArgsProduct({{300, 21'600}, {20, 1'000'000'000}});

}  // namespace
}  // namespace daedalus
