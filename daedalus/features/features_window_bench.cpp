#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <random>

#include "daedalus/base/check.hpp"
#include "daedalus/features/catalog.hpp"
#include "daedalus/features/recorded_stream_for_bench.hpp"

namespace daedalus {
namespace {

constexpr int kBookEventsPerSecond = 50;
constexpr int kTradesPerSecond = 10;

/// A made-up symbol: 50 deltas of 4 levels and 10 trades a second, the mid moving with one in five.
class BusySymbol {
 public:
  explicit BusySymbol(const FeatureParameters& parameters)
      : engine(FeatureEngine::create({"bench", "venue", "BTC-USD"}, parameters).value()) {
    std::vector<double> prices[2], sizes(30, 5);
    for (int i = 0; i < 30; ++i) {
      prices[0].push_back(centre_ - i - 1);
      prices[1].push_back(centre_ + i + 1);
    }
    feed_book(BookInputKind::snapshot, {prices[0], sizes}, {prices[1], sizes});
  }

  void run_seconds(int64_t seconds) {
    for (int64_t i = 0; i < seconds * kBookEventsPerSecond; ++i) {
      time_ += kNanosPerSecond / kBookEventsPerSecond;
      if (i % (kBookEventsPerSecond / kTradesPerSecond) == 0) feed_trade();
      feed_delta();
      if (i % 4096 == 0) clear_tables();
    }
    clear_tables();
  }

  FeatureEngine engine;

 private:
  void clear_tables() {
    engine.tables().orderbook.clear();
    engine.tables().trades.clear();
    for (BarTable& bars : engine.tables().bars) bars.table.clear();
  }
  double size() { return static_cast<double>(1 + random_() % 100'000) / 1000; }
  void feed_delta() {
    double prices[2][2], sizes[2][2];
    for (int side = 0; side < 2; ++side) {
      const int sign = side == 0 ? -1 : 1;
      for (int i = 0; i < 2; ++i) {
        prices[side][i] = centre_ + sign * static_cast<int>(1 + i * 9 + random_() % 9);
        sizes[side][i] = size();
      }
    }
    if (random_() % 5 == 0) {
      // The best level of one side goes, or comes back.
      prices[0][0] = centre_ - 1;
      sizes[0][0] = is_best_gone_ ? size() : 0;
      is_best_gone_ = !is_best_gone_;
    }
    feed_book(BookInputKind::delta, {prices[0], sizes[0]}, {prices[1], sizes[1]});
  }
  void feed_book(BookInputKind kind, const LevelsInput& bids, const LevelsInput& asks) {
    const auto taken = engine.on_book({.capture_time = {time_},
                                       .recv_seq = ++sequence_,
                                       .kind = kind,
                                       .timestamp_ms = 1,
                                       .nonce = sequence_,
                                       .bids = bids,
                                       .asks = asks});
    DAEDALUS_CHECK(taken);
  }
  void feed_trade() {
    const double price = centre_ + (random_() % 2 == 0 ? 1 : -1);
    const double amount = size();
    const auto taken = engine.on_trade({.capture_time = {time_},
                                        .recv_seq = ++sequence_,
                                        .side = random_() % 2 == 0 ? Side::buy : Side::sell,
                                        .price = price,
                                        .amount = amount,
                                        .cost = price * amount,
                                        .trade_id = "7",
                                        .symbol_native = "BTCUSD",
                                        .taker_side_source = "venue"});
    DAEDALUS_CHECK(taken);
  }

  std::mt19937_64 random_{1};
  double centre_ = 60'000;
  bool is_best_gone_ = false;
  int64_t time_ = 1'721'347'200 * kNanosPerSecond;
  int64_t sequence_ = 0;
};

/// Seconds of thread time per book event over `seconds` of the stream.
double time_events(BusySymbol& symbol, int64_t seconds) {
  const double from = thread_seconds();
  symbol.run_seconds(seconds);
  return (thread_seconds() - from) / static_cast<double>(seconds * kBookEventsPerSecond);
}

/// Unit: one book event (with a fifth of a trade) and its row, sections 1.3 to 1.6, one window of
/// so many seconds, after all windows were filled. The engines take turns; the least of 9 each.
/// Would show: work per event that grows with the window. `ratio`: of 6 hours over 5 seconds.
void time_per_event_by_window(benchmark::State& state) {
  constexpr int kWindows[] = {5, 900, 21'600};
  std::vector<BusySymbol> symbols;
  for (const int window_s : kWindows) {
    FeatureParameters parameters;
    parameters.rolling_windows_s = {window_s};
    parameters.emit_interval_s = 0;
    parameters.depth_levels = 10;
    parameters.categories = {Category::dynamic, Category::rolling, Category::advanced,
                             Category::extended};
    symbols.emplace_back(parameters);
    // Order flow is kept twice as long.
    symbols.back().run_seconds(2 * window_s + 400);
  }
  for (auto _ : state) {
    double least[] = {1, 1, 1};
    for (int round = 0; round < 9; ++round) {
      for (size_t i = 0; i < std::size(kWindows); ++i) {
        least[i] = std::min(least[i], time_events(symbols[i], 200));
      }
    }
    for (size_t i = 0; i < std::size(kWindows); ++i) {
      state.counters[fmt::format("ns_{}s", kWindows[i])] = least[i] * 1e9;
    }
    state.counters["ratio"] = least[2] / least[0];
    state.SetIterationTime(least[0]);
  }
}
BENCHMARK(time_per_event_by_window)->UseManualTime()->Iterations(1);

/// Unit: one symbol of 50 book events and 10 trades a second whose windows (900 s, order flow
/// 1,800 s) are full, all columns: its state saved and restored. Counters: bytes of the state as
/// saved, and of the engine in memory.
/// Would show: memory per event that grows, a slower codec.
void state_of_a_busy_symbol(benchmark::State& state) {
  const size_t before = mallinfo2().uordblks;
  FeatureParameters parameters;
  parameters.emit_interval_s = 1;
  BusySymbol symbol(parameters);
  symbol.run_seconds(2000);
  const size_t in_memory = mallinfo2().uordblks - before;
  size_t bytes = 0;
  double save_s = 0;
  double restore_s = 0;
  for (auto _ : state) {
    const double from = thread_seconds();
    const std::string saved = symbol.engine.save();
    const double between = thread_seconds();
    auto restored = FeatureEngine::restore({"bench", "venue", "BTC-USD"}, parameters, saved);
    const double to = thread_seconds();
    DAEDALUS_CHECK(restored);
    bytes = saved.size();
    save_s += between - from;
    restore_s += to - between;
    state.SetIterationTime(to - from);
  }
  const auto n = static_cast<double>(state.iterations());
  state.counters["state_bytes"] = static_cast<double>(bytes);
  state.counters["memory_bytes"] = static_cast<double>(in_memory);
  state.counters["save_ms"] = save_s / n * 1e3;
  state.counters["restore_ms"] = restore_s / n * 1e3;
}
BENCHMARK(state_of_a_busy_symbol)->UseManualTime()->Unit(benchmark::kMillisecond);

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const FeatureTable& table : feature_catalog({})) {
    if (table.name != "silver/orderbook") continue;
    for (const FamilyColumns& family : table.families) {
      if (family.info.category != Category::quality) names.emplace_back(family.info.name);
    }
  }
  return names;
}

/// Unit: one book event of the Binance USD-M recording (20-level images, its trades) and its row.
/// Each family alone against none at all, in turns, the least of 7: what it costs with its columns.
/// Would show: a family that takes more than 40 % of the total.
void cost_of_each_family(benchmark::State& state) {
  const BenchStream stream = stream_of(read_usdm(), 20);
  if (stream.rows.empty()) return state.SkipWithError("the recording is not here");
  const std::vector<std::string> names = family_names();
  struct Run {
    FeatureEngine engine;
    double least_ns = 1e9;
  };
  std::vector<Run> runs;  // Of each family, then of none, then of all.
  for (size_t i = 0; i < names.size() + 2; ++i) {
    FeatureParameters parameters;
    parameters.emit_interval_s = 0;
    if (i <= names.size()) parameters.left_out_families = names;
    if (i < names.size()) std::erase(parameters.left_out_families, names[i]);
    runs.push_back({FeatureEngine::create({"bench", "venue", "BTC-USD"}, parameters).value()});
  }
  const Nanoseconds step =
      stream.rows.back().time - stream.rows.front().time + Nanoseconds(kNanosPerSecond);
  for (auto _ : state) {
    Nanoseconds shift{0};
    int64_t sequence = 0;
    for (int round = 0; round < 7; ++round, shift += step) {
      for (Run& run : runs) {
        double images = 0;
        const double from = thread_seconds();
        if (!feed(run.engine, stream, shift, sequence, images)) state.SkipWithError("refused");
        const double spent = thread_seconds() - from;
        const double per_event = spent * 1e9 / static_cast<double>(stream.book_events);
        run.least_ns = std::min(run.least_ns, per_event);
      }
    }
    const double none = runs[names.size()].least_ns;
    const double all = runs.back().least_ns;
    double most = 0;
    for (size_t i = 0; i < names.size(); ++i) {
      state.counters[names[i]] = runs[i].least_ns - none;
      most = std::max(most, (runs[i].least_ns - none) / all);
    }
    state.counters["no_family"] = none;
    state.counters["all"] = all;
    state.counters["most_percent"] = most * 100;
    state.SetIterationTime(all * 1e-9);
  }
}
BENCHMARK(cost_of_each_family)->UseManualTime()->Iterations(1);

}  // namespace
}  // namespace daedalus
