#include <benchmark/benchmark.h>
#include <malloc.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

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

/// What a benchmark's bronze is made of: the recording (8 minutes), again and again, as one
/// segment.
struct Shape {
  int64_t depth = 0;  ///< 0: deltas of the full book; else the book's top after each event.
  int64_t tiles = 10;
  double stretch = 1;  ///< How much slower than recorded.
  std::vector<std::string> symbols = {"BTC-USDT"};
  bool has_trades_and_ticker = false;
};

/// Bronze of the USD-M recording, made by the real import; removed at the end.
class Bronze {
 public:
  explicit Bronze(const Shape& shape) : shape_(shape) {
    char name[] = "/tmp/daedalus_etl_bench_XXXXXX";
    root_.path = mkdtemp(name);
    ImportOptions options;
    options.seal.root = root_;
    options.seal.source = "usdm";
    options.seal.exchange = find_exchange("binance_usdm").value();
    options.seal.book_images = shape.depth > 0;
    options.seal.max_orderbook_depth = shape.depth;
    options.format = "hftbacktest";
    options.recording.symbol = "BTCUSDT";
    options.limits = {.max_bytes = 128 << 20, .max_age = Nanoseconds(900 * kNanosPerSecond)};
    const std::vector<std::string> files(std::begin(kRecordings), std::end(kRecordings));
    const auto report = import_recordings(options, files);
    DAEDALUS_CHECK(report);
    tile();
  }
  ~Bronze() { fs::remove_all(root_.path); }

  PartTarget target(const std::string& segment) const {
    return {.root = root_, .source = "usdm", .segment = segment};
  }
  std::string staging() const { return staging_folder(root_, "usdm"); }

  SegmentInput segment;
  int64_t book_rows = 0;

 private:
  /// Each copy begins with its snapshot.
  void tile() {
    SegmentChain chain(root_, "usdm");
    DAEDALUS_CHECK(chain.refresh());
    std::map<std::string, std::vector<std::string>> paths;
    for (const auto& [name, place] : chain.segments()) {
      const SegmentRecord* record = chain.record(name).value();
      if (segment.segment.empty()) segment.opened = {record->opened_ns};
      segment.segment = name;
      span_ = Nanoseconds(record->closed_ns - segment.opened.value);
      frames_ = record->last_frame_seq + 1;
      for (const SegmentFile& file : record->files) {
        if (file.channel != "orderbook" && !shape_.has_trades_and_ticker) continue;
        paths[file.channel].push_back(chain.file_path(name, file));
      }
    }
    segment.closed = stretched(span_.count() * shape_.tiles + segment.opened.value);
    for (const auto& [channel, files] : paths) {
      const BronzeFile file = tiled(channel, files);
      for (const std::string& symbol : shape_.symbols) {
        segment.symbols[{"binance_usdm", symbol}].push_back(file);
        if (channel == "orderbook") book_rows += file.rows;
      }
    }
  }

  UnixNanos stretched(int64_t time) const {
    const auto since_opened = static_cast<double>(time - segment.opened.value);
    return {segment.opened.value + static_cast<int64_t>(since_opened * shape_.stretch)};
  }

  BronzeFile tiled(const std::string& channel, const std::vector<std::string>& files) const {
    const std::string path = root_.path + "/" + channel + ".parquet";
    std::optional<ParquetWriter> writer;
    Metadata metadata;
    for (int64_t tile = 0; tile < shape_.tiles; ++tile) {
      for (const std::string& file : files) {
        ParquetReader reader = ParquetReader::open(file, {}).value();
        if (!writer) writer = ParquetWriter::open(path, reader.schema()).value();
        metadata = reader.metadata();
        for (int group = 0; group < reader.row_groups(); ++group) {
          Table table = reader.read_row_group(group).value();
          for (size_t i = 0; i < table.schema.size(); ++i) {
            for (int64_t& value : table.columns[i].integers) {
              if (table.schema[i].name == "capture_time_ns") {
                value = stretched(value + span_.count() * tile).value;
              } else if (table.schema[i].name == "recv_seq") {
                value += frames_ * tile * 65'536;
              }
            }
          }
          DAEDALUS_CHECK(writer->write(table));
        }
      }
    }
    return {.path = path, .channel = channel, .rows = writer->close(metadata).value().rows};
  }

  Shape shape_;
  DataRoot root_;
  Nanoseconds span_{0};
  int64_t frames_ = 0;
};

/// The process's peak of memory since `reset`, in MB.
class MemoryPeak {
 public:
  static void reset() {
    malloc_trim(0);  // What making the input left behind.
    std::ofstream("/proc/self/clear_refs") << "5";
  }
  static double read() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024 / 1e6;
    }
    return 0;
  }
};

/// From bronze to silver and gold Parquet files, all columns. Items are book events;
/// `rows_out_per_s` counts all rows written. Shows a slower engine, decoder or encoder.
void run(benchmark::State& state, const Shape& shape, double interval_s, int threads = 1) {
  if (!path_exists(kRecordings[0])) return state.SkipWithError("the recording is not there");
  Bronze bronze(shape);
  FeatureParameters parameters;
  parameters.emit_interval_s = interval_s;
  int64_t rows_out = 0;
  MemoryPeak::reset();
  for (auto _ : state) {
    EngineSet engines("usdm", {parameters}, [](const std::string&) {}, threads);
    DAEDALUS_CHECK(make_folders(bronze.staging()));
    const auto outcome = engines.process(bronze.segment, {}, bronze.target("segment"));
    DAEDALUS_CHECK(outcome && engines.held().empty());
    for (const ManifestOutput& output : outcome->outputs) rows_out += output.rows;
  }
  state.SetItemsProcessed(state.iterations() * bronze.book_rows);
  state.counters["rows_out_per_s"] =
      benchmark::Counter(static_cast<double>(rows_out), benchmark::Counter::kIsRate);
  state.counters["peak_mb"] = MemoryPeak::read();
}

void BM_EtlRowPerEvent20LevelsAllChannels(benchmark::State& state) {
  run(state, {.depth = 20, .has_trades_and_ticker = true}, 0);
}
void BM_EtlRowPerEvent20LevelsBook(benchmark::State& state) {
  run(state, {.depth = 20}, 0);
}
void BM_EtlRowPerEventFullDepthBook(benchmark::State& state) {
  run(state, {}, 0);
}
void BM_EtlRowPerSecond20LevelsBook(benchmark::State& state) {
  run(state, {.depth = 20}, 1);
}
void BM_EtlRowPerSecond20LevelsAllChannels(benchmark::State& state) {
  run(state, {.depth = 20, .has_trades_and_ticker = true}, 1);
}
void BM_EtlRowPerSecondFullDepthBook(benchmark::State& state) {
  run(state, {}, 1);
}
/// A row per second over a day of 613,480 images: the recording 68 times, as slow as makes it a
/// day.
void BM_EtlDayOf20Levels(benchmark::State& state) {
  run(state, {.depth = 20, .tiles = 68, .stretch = 86'400.0 / (68 * 480)}, 1);
}
/// Two symbols, a row per second, on so many threads. Compare the wall times.
void BM_EtlTwoSymbols(benchmark::State& state) {
  run(state, {.symbols = {"BTC-USDT", "ETH-USDT"}}, 1, static_cast<int>(state.range(0)));
}

#define ETL_BENCHMARK(name) BENCHMARK(name)->Unit(benchmark::kMillisecond)
ETL_BENCHMARK(BM_EtlRowPerEvent20LevelsAllChannels)->MinTime(5);
ETL_BENCHMARK(BM_EtlRowPerEvent20LevelsBook)->MinTime(5);
ETL_BENCHMARK(BM_EtlRowPerEventFullDepthBook)->MinTime(5);
ETL_BENCHMARK(BM_EtlRowPerSecond20LevelsBook)->MinTime(5);
ETL_BENCHMARK(BM_EtlRowPerSecond20LevelsAllChannels)->MinTime(5);
ETL_BENCHMARK(BM_EtlRowPerSecondFullDepthBook)->MinTime(5);
ETL_BENCHMARK(BM_EtlDayOf20Levels)->Iterations(1);
ETL_BENCHMARK(BM_EtlTwoSymbols)->Arg(1)->Arg(2)->UseRealTime()->MinTime(5)->ArgName("threads");

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
