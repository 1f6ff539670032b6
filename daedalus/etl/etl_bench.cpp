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
  /// The recording (8 minutes) ten times over as one segment: each copy begins with its snapshot.
  void tile() {
    SegmentChain chain(root_, "usdm");
    DAEDALUS_CHECK(chain.refresh());
    std::map<std::string, std::vector<std::string>> paths;
    SymbolKey symbol;
    for (const auto& [name, place] : chain.segments()) {
      const SegmentRecord* record = chain.record(name).value();
      if (segment.segment.empty()) segment.opened = {record->opened_ns};
      segment.segment = name;
      span_ = Nanoseconds(record->closed_ns - segment.opened.value);
      frames_ = record->last_frame_seq + 1;
      for (const SegmentFile& file : record->files) {
        paths[file.channel].push_back(chain.file_path(name, file));
        symbol = {file.exchange, file.symbol};
      }
    }
    segment.closed = segment.opened + span_ * kTiles;
    for (const auto& [channel, files] : paths) {
      segment.symbols[symbol].push_back(tiled(channel, files));
      if (channel == "orderbook") book_rows = segment.symbols[symbol].back().rows;
    }
  }

  BronzeFile tiled(const std::string& channel, const std::vector<std::string>& files) const {
    const std::string path = root_.path + "/" + channel + ".parquet";
    std::optional<ParquetWriter> writer;
    Metadata metadata;
    for (int64_t tile = 0; tile < kTiles; ++tile) {
      for (const std::string& file : files) {
        ParquetReader reader = ParquetReader::open(file, {}).value();
        if (!writer) writer = ParquetWriter::open(path, reader.schema()).value();
        metadata = reader.metadata();
        for (int group = 0; group < reader.row_groups(); ++group) {
          Table table = reader.read_row_group(group).value();
          for (size_t i = 0; i < table.schema.size(); ++i) {
            const int64_t shift = table.schema[i].name == "capture_time_ns" ? span_.count() * tile
                                  : table.schema[i].name == "recv_seq" ? frames_ * tile * 65'536
                                                                       : 0;
            for (int64_t& value : table.columns[i].integers) value += shift;
          }
          DAEDALUS_CHECK(writer->write(table));
        }
      }
    }
    return {.path = path, .channel = channel, .rows = writer->close(metadata).value().rows};
  }

  static constexpr int64_t kTiles = 10;
  DataRoot root_;
  Nanoseconds span_{0};
  int64_t frames_ = 0;
};

enum class Channels { all, orderbook };

/// From bronze to silver and gold Parquet files. Items are book events; `rows_out_per_s` counts all
/// rows written. Shows a slower engine, decoder or encoder.
void run(benchmark::State& state, int64_t depth, double interval_s, Channels channels) {
  if (!path_exists(kRecordings[0])) return state.SkipWithError("the recording is not there");
  Bronze bronze(depth);
  if (channels == Channels::orderbook) {
    for (auto& [symbol, files] : bronze.segment.symbols) {
      std::erase_if(files, [](const BronzeFile& file) { return file.channel != "orderbook"; });
    }
  }
  FeatureParameters parameters;
  parameters.emit_interval_s = interval_s;
  int64_t rows_out = 0;
  for (auto _ : state) {
    EngineSet engines("usdm", parameters, [](const std::string&) {});
    DAEDALUS_CHECK(make_folders(bronze.staging()));
    const auto outcome = engines.process(bronze.segment, {}, bronze.target("segment"));
    DAEDALUS_CHECK(outcome && engines.held().empty());
    for (const ManifestOutput& output : outcome->outputs) rows_out += output.rows;
  }
  state.SetItemsProcessed(state.iterations() * bronze.book_rows);
  state.counters["rows_out_per_s"] =
      benchmark::Counter(static_cast<double>(rows_out), benchmark::Counter::kIsRate);
}

void BM_EtlRowPerEvent20LevelsAllChannels(benchmark::State& state) {
  run(state, 20, 0, Channels::all);
}
void BM_EtlRowPerEvent20LevelsBook(benchmark::State& state) {
  run(state, 20, 0, Channels::orderbook);
}
void BM_EtlRowPerEventFullDepthBook(benchmark::State& state) {
  run(state, 0, 0, Channels::orderbook);
}
void BM_EtlRowPerSecondBook(benchmark::State& state) {
  run(state, 0, 1, Channels::orderbook);
}

BENCHMARK(BM_EtlRowPerEvent20LevelsAllChannels)->Unit(benchmark::kMillisecond)->MinTime(5);
BENCHMARK(BM_EtlRowPerEvent20LevelsBook)->Unit(benchmark::kMillisecond)->MinTime(5);
BENCHMARK(BM_EtlRowPerEventFullDepthBook)->Unit(benchmark::kMillisecond)->MinTime(5);
BENCHMARK(BM_EtlRowPerSecondBook)->Unit(benchmark::kMillisecond)->MinTime(5);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
