// One thread, no sockets. A drop here slows demo, tests and every load run down.
#include <benchmark/benchmark.h>

#include "daedalus/exchanges/registry.hpp"
#include "daedalus/simulate/replayed_exchange.hpp"
#include "daedalus/simulate/simulated_exchange.hpp"

namespace daedalus {
namespace {

constexpr UnixNanos kStart{1'700'000'000'000'000'000};

class Discarded final : public VenueOutbox {
 public:
  void send(int64_t, std::string frame, UnixNanos) override {
    ++frames;
    bytes += static_cast<int64_t>(frame.size());
  }
  void close(int64_t, std::string_view, UnixNanos) override {}
  void answer(int64_t, int, std::string, UnixNanos) override {}

  int64_t frames = 0;
  int64_t bytes = 0;
};

std::vector<std::string> symbols(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(fmt::format("S{}-USD", i));
  return names;
}

/// Unit: market events (an order each) of 50 symbols with 400 levels a side.
void market_events(benchmark::State& state) {
  std::vector<SimulatedInstrument> instruments;
  for (const std::string& name : symbols(50)) {
    instruments.push_back(
        make_simulated_instrument({.symbol_native = name, .base = name, .quote = "USD"}));
  }
  MarketSimulation market(instruments, {.events_per_second = 100}, kStart);
  for (auto _ : state) benchmark::DoNotOptimize(market.step().update_id);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(market_events);

/// Unit: market events of 50 symbols, worded for one client that takes all streams.
void simulated_exchange(benchmark::State& state, const std::string& name) {
  const Exchange& exchange = **find_exchange(name);
  const auto server = *SimulatedExchange::create(
      exchange, {.symbols = symbols(50), .market = {.events_per_second = 100}, .start = kStart});
  Discarded out;
  std::vector<Subscription> wanted;
  for (const std::string& symbol : symbols(50)) {
    for (const Channel channel : {Channel::orderbook, Channel::trades, Channel::ticker}) {
      wanted.push_back({exchange.native_symbol(symbol), channel});
    }
  }
  server->on_open(1, "/stream", kStart, out);
  const auto frames = *exchange.subscribe(wanted, {});
  for (const SubscribeFrame& frame : frames) server->on_frame(1, frame.text, kStart, out);
  UnixNanos now = kStart;
  for (auto _ : state) {
    now = now + Nanoseconds(kNanosPerSecond / 5);
    server->advance(now, out);
  }
  state.SetItemsProcessed(state.iterations() * 50 * 100 / 5);
  state.counters["frames/s"] =
      benchmark::Counter(static_cast<double>(out.frames), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(simulated_exchange, coinbase, "coinbase");
BENCHMARK_CAPTURE(simulated_exchange, binance, "binance");

class SameFrames final : public ReplaySource {
 public:
  SameFrames(std::vector<Record> records, int64_t count)
      : records_(std::move(records)), left_(count) {}
  Result<const Record*> next() override {
    if (left_-- == 0) return nullptr;
    return &records_[static_cast<size_t>(left_) % records_.size()];
  }

 private:
  std::vector<Record> records_;
  int64_t left_;
};

/// Unit: small frames (bookTicker, trade) replayed at full speed to one client.
void replayed_small_frames(benchmark::State& state) {
  constexpr int64_t kFrames = 200'000;
  std::vector<Record> records(2);
  for (Record& record : records) record = {.type = RecordType::recv, .connection = 1};
  records[0].payload =
      R"({"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":4984028370881,"s":"BTCUSDT","b":"63943.90","B":"46.371","a":"63944.00","A":"0.095","T":1721347022507,"E":1721347022507}})";
  records[1].payload =
      R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1721347022956,"T":1721347022956,"s":"BTCUSDT","t":5182005737,"p":"63943.90","q":"0.003","X":"MARKET","m":true}})";
  for (auto _ : state) {
    const auto server = *ReplayedExchange::create(**find_exchange("binance_usdm"),
                                                  std::make_unique<SameFrames>(records, kFrames),
                                                  {.speed = 0, .settle = Nanoseconds(0)});
    Discarded out;
    server->on_open(1, "/stream?streams=btcusdt@bookTicker/btcusdt@trade", kStart, out);
    for (UnixNanos now = kStart; !server->progress().ended; now.value += 1000) {
      server->advance(now, out);
    }
    benchmark::DoNotOptimize(out.bytes);
  }
  state.SetItemsProcessed(state.iterations() * kFrames);
}
BENCHMARK(replayed_small_frames);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
