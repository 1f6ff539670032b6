// Unit of work: one level update parsed from a frame as received (items/s), and bytes/s. A fall in
// items/s is a parser that got slower per level; the snapshot line is the load after a connect.
#include <benchmark/benchmark.h>

#include "daedalus/exchanges/recorded_frames.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

struct LevelCounter : EventSink {
  size_t levels = 0;
  void on_connection_sequence(int64_t) override {}
  void on_book(const BookMessage& message) override {
    levels += message.bids.size() + message.asks.size();
  }
  void on_trade(const Trade&) override {}
  void on_ticker(const Ticker&) override {}
  void on_other(const OtherMessage&) override {}
  void on_instrument(const Instrument&) override {}
  void on_control(const ControlMessage&) override {}
};

struct Workload {
  const char* exchange;
  const char* file;
  const char* having;   ///< Only frames with this text,
  const char* without;  ///< and without this one.
};

void parse_levels(benchmark::State& state, const Workload& workload) {
  std::vector<RecordedFrame> frames =
      read_recording(std::string(DAEDALUS_SOURCE_DIR "/../shared/realdata/") + workload.file,
                     "/depth?symbol=BTCUSDT");
  std::erase_if(frames, [&](const RecordedFrame& frame) {
    return frame.payload.find(workload.having) == std::string::npos ||
           frame.payload.find(workload.without) != std::string::npos;
  });
  if (frames.empty()) {
    state.SkipWithError("the recording is not on this machine");
    return;
  }
  const Exchange& exchange = **find_exchange(workload.exchange);
  ConnectionState connection;
  LevelCounter counter;
  size_t bytes = 0;
  for (auto _ : state) {
    for (const RecordedFrame& frame : frames) {
      bytes += frame.payload.size();
      if (!exchange.parse({.payload = frame.payload, .url = frame.url}, connection, counter)) {
        state.SkipWithError("a frame does not parse");
        return;
      }
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(counter.levels));
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

constexpr const char* kCoinbase2026 = "coinbase/cryptofeed_v3_COINBASE.jsonl.zst";
constexpr const char* kNever = "\x01";

BENCHMARK_CAPTURE(parse_levels, coinbase_l2_data_updates,
                  Workload{"coinbase", kCoinbase2026, "l2_data", "\"type\":\"snapshot\""});
BENCHMARK_CAPTURE(parse_levels, coinbase_l2_data_snapshots,
                  Workload{"coinbase", kCoinbase2026, "l2_data", "\"type\":\"update\""});
BENCHMARK_CAPTURE(parse_levels, coinbase_exchange_l2update,
                  Workload{"coinbase_exchange",
                           "coinbase/cryptofeed_master_COINBASE.ws.28.0_20210417.zst", "l2update",
                           kNever});
BENCHMARK_CAPTURE(parse_levels, binance_usdm_depth,
                  Workload{"binance_usdm", "binance/hftbacktest/usdm_btcusdt_20240719.gz",
                           "depthUpdate", kNever});
BENCHMARK_CAPTURE(parse_levels, binance_spot_depth,
                  Workload{"binance", "binance/cryptofeed_hist_BINANCE-b38f7c.0.zst", "depthUpdate",
                           kNever});
BENCHMARK_CAPTURE(parse_levels, binance_rest_depth,
                  Workload{"binance_usdm", "binance/cryptofeed_hist_BINANCE_FUTURES-1125a2.0.zst",
                           "lastUpdateId", kNever});

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
