// Unit of work: one frame of a recording, from its gzip file through our journal to bronze Parquet.

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>

#include "daedalus/bronze/import.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

const std::vector<std::string> kUsdm = {
    DAEDALUS_SOURCE_DIR "/../shared/realdata/binance/hftbacktest/usdm_btcusdt_20240718.gz",
    DAEDALUS_SOURCE_DIR "/../shared/realdata/binance/hftbacktest/usdm_btcusdt_20240719.gz"};

/// Each round imports the whole recording into a fresh root. A regression anywhere between the
/// recording's reader and Parquet shows here.
void import_usdm(benchmark::State& state) {
  for (const std::string& file : kUsdm) {
    if (!std::filesystem::exists(file)) return state.SkipWithError("the recording is not there");
  }
  int64_t frames = 0;
  for (auto round : state) {
    (void)round;
    char root[] = "/tmp/daedalus_import_bench_XXXXXX";
    ImportOptions options;
    options.seal = {.root = {::mkdtemp(root)},
                    .source = "import_binance_usdm",
                    .exchange = *find_exchange("binance_usdm")};
    options.format = "hftbacktest";
    const auto report = import_recordings(options, kUsdm);
    if (!report) return state.SkipWithError(report.error().message.c_str());
    frames += report->records;
    state.PauseTiming();
    std::filesystem::remove_all(root);
    state.ResumeTiming();
  }
  state.counters["frames"] =
      benchmark::Counter(static_cast<double>(frames), benchmark::Counter::kIsRate);
}
BENCHMARK(import_usdm)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(5);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
