#include <benchmark/benchmark.h>

#include "daedalus/features/recorded_stream_for_bench.hpp"

namespace daedalus {
namespace {

/// Unit: one book event of the recording (with its trades, and bars of 4 durations), all columns,
/// rows into memory; with interval 0 that is one row. The recording is tiled in time; its one deep
/// snapshot, which each pass begins with, is not timed.
/// Would show: work per event that grows with the book, a dearer family.
void run_engine(benchmark::State& state, const BenchStream& stream, double interval_s) {
  if (stream.rows.empty()) {
    state.SkipWithError("the recording is not here: ../shared/realdata");
    return;
  }
  FeatureParameters parameters;
  parameters.emit_interval_s = interval_s;
  auto engine = FeatureEngine::create({"bench", "venue", "BTC-USD"}, parameters);
  const Nanoseconds span = stream.rows.back().time - stream.rows.front().time;
  const Nanoseconds step = span + Nanoseconds(kNanosPerSecond);
  int64_t sequence = 0;
  Nanoseconds shift{0};
  for (auto _ : state) {
    double image_seconds = 0;
    const double from = thread_seconds();
    if (!feed(*engine, stream, shift, sequence, image_seconds)) {
      state.SkipWithError("a row was refused");
    }
    state.SetIterationTime(thread_seconds() - from - image_seconds);
    shift += step;
  }
  state.SetItemsProcessed(state.iterations() * stream.book_events);
}

BenchStream usdm(size_t levels) {
  return stream_of(read_usdm(), levels);
}
BenchStream coinbase(std::string_view product, size_t levels) {
  return stream_of(read_coinbase(product), levels);
}
BenchStream nexo(size_t levels) {
  return stream_of(read_binance({"binance/nexousdt_34h/nexousdt_20240723.dat.gz",
                                 "binance/nexousdt_34h/nexousdt_20240724.dat.gz"}),
                   levels);
}

void row_per_event_20_levels_usdm(benchmark::State& state) {
  run_engine(state, usdm(20), 0);
}
void row_per_event_full_usdm(benchmark::State& state) {
  run_engine(state, usdm(0), 0);
}
void row_per_event_full_coinbase_btc(benchmark::State& state) {
  run_engine(state, coinbase("BTC-USD", 0), 0);
}
void row_per_event_full_coinbase_eth(benchmark::State& state) {
  run_engine(state, coinbase("ETH-USD", 0), 0);
}
void row_per_event_full_nexo(benchmark::State& state) {
  run_engine(state, nexo(0), 0);
}
void row_per_second_20_levels_usdm(benchmark::State& state) {
  run_engine(state, usdm(20), 1);
}
void row_per_second_full_usdm(benchmark::State& state) {
  run_engine(state, usdm(0), 1);
}
void row_per_second_full_coinbase_btc(benchmark::State& state) {
  run_engine(state, coinbase("BTC-USD", 0), 1);
}
void row_per_second_full_nexo(benchmark::State& state) {
  run_engine(state, nexo(0), 1);
}

#define FEATURE_BENCHMARK(name) \
  BENCHMARK(name)->UseManualTime()->MinTime(5)->Unit(benchmark::kMillisecond)
FEATURE_BENCHMARK(row_per_event_20_levels_usdm);
FEATURE_BENCHMARK(row_per_event_full_usdm);
FEATURE_BENCHMARK(row_per_event_full_coinbase_btc);
FEATURE_BENCHMARK(row_per_event_full_coinbase_eth);
FEATURE_BENCHMARK(row_per_event_full_nexo);
FEATURE_BENCHMARK(row_per_second_20_levels_usdm);
FEATURE_BENCHMARK(row_per_second_full_usdm);
FEATURE_BENCHMARK(row_per_second_full_coinbase_btc);
FEATURE_BENCHMARK(row_per_second_full_nexo);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
