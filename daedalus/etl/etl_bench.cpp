#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>

#include "daedalus/base/check.hpp"
#include "daedalus/base/file.hpp"
#include "daedalus/bronze/import.hpp"
#include "daedalus/etl/engine_set.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecordings[] = {
    DAEDALUS_SOURCE_DIR "/../shared/realdata/binance/hftbacktest/usdm_btcusdt_20240718.gz",
    DAEDALUS_SOURCE_DIR "/../shared/realdata/binance/hftbacktest/usdm_btcusdt_20240719.gz"};

/// Bronze of the USD-M recording, made by the real import; removed at the end.
class Bronze {
 public:
  /// `depth` 0: deltas of the full book; else the book's top after each event.
  explicit Bronze(int64_t depth) {
    char name[] = "/tmp/daedalus_etl_bench_XXXXXX";
    root_.path = mkdtemp(name);
    ImportOptions options;
    options.seal.root = root_;
    options.seal.source = "usdm";
    options.seal.exchange = find_exchange("binance_usdm").value();
    options.seal.book_images = depth > 0;
    options.seal.max_orderbook_depth = depth;
    options.format = "hftbacktest";
    options.recording.symbol = "BTCUSDT";
    options.limits = {.max_bytes = 128 << 20, .max_age = Nanoseconds(900 * kNanosPerSecond)};
    const std::vector<std::string> files(std::begin(kRecordings), std::end(kRecordings));
    const auto report = import_recordings(options, files);
    DAEDALUS_CHECK(report);
    SegmentChain chain(root_, "usdm");
    DAEDALUS_CHECK(chain.refresh());
    for (const auto& [segment, place] : chain.segments()) {
      const SegmentRecord* record = chain.record(segment).value();
      segments.push_back(segment_input(
          *record, [&](const SegmentFile& file) { return chain.file_path(segment, file); }));
      for (const SegmentFile& file : record->files) {
        if (file.channel == "orderbook") book_rows += file.rows;
      }
    }
  }
  ~Bronze() { fs::remove_all(root_.path); }

  PartTarget target(const std::string& segment) const {
    return {.root = root_, .source = "usdm", .segment = segment};
  }
  std::string staging() const { return staging_folder(root_, "usdm"); }

  std::vector<SegmentInput> segments;
  int64_t book_rows = 0;

 private:
  DataRoot root_;
};

/// Unit of work: one book event of the recording, with the trades and tickers between them, from
/// bronze to silver and gold Parquet on disk. Shows a slower engine, decoder or encoder.
void run(benchmark::State& state, int64_t depth, double interval_s) {
  if (!path_exists(kRecordings[0])) return state.SkipWithError("the recording is not there");
  const Bronze bronze(depth);
  FeatureParameters parameters;
  parameters.emit_interval_s = interval_s;
  int64_t rows_out = 0;
  for (auto _ : state) {
    EngineSet engines("usdm", parameters, [](const std::string&) {});
    DAEDALUS_CHECK(make_folders(bronze.staging()));
    for (const SegmentInput& segment : bronze.segments) {
      const auto outcome = engines.process(segment, {}, bronze.target(segment.segment));
      DAEDALUS_CHECK(outcome && engines.held().empty());
      for (const ManifestOutput& output : outcome->outputs) rows_out += output.rows;
    }
  }
  state.SetItemsProcessed(state.iterations() * bronze.book_rows);
  state.counters["all_rows_out_per_s"] =
      benchmark::Counter(static_cast<double>(rows_out), benchmark::Counter::kIsRate);
}

void BM_EtlRowPerEventOf20Levels(benchmark::State& state) {
  run(state, 20, 0);
}
void BM_EtlRowPerEventOfFullDepth(benchmark::State& state) {
  run(state, 0, 0);
}
void BM_EtlRowPerSecond(benchmark::State& state) {
  run(state, 0, 1);
}

BENCHMARK(BM_EtlRowPerEventOf20Levels)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(5);
BENCHMARK(BM_EtlRowPerEventOfFullDepth)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(5);
BENCHMARK(BM_EtlRowPerSecond)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(5);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
