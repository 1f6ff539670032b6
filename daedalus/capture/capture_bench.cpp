// Loopback capture: another process serves Coinbase frames, this one captures them to disk.
// `throughput`: frames/s from socket to journal; a regression in reading, queueing, parsing or
// writing shows. `latency`: from the sender's stamp (taken before its send, so an upper bound of
// the kernel's receive stamp) to the queue at 5,000 frames/s. `stall`: the longest such delay while
// segments with 100 books of 20,000 levels are closed and sealed.
#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "daedalus/base/check.hpp"
#include "daedalus/bronze/seal.hpp"
#include "daedalus/capture/pipeline.hpp"
#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/journal/temporary_folder.hpp"
#include "daedalus/net/server.hpp"

namespace daedalus {
namespace {

struct Load {
  int products = 1;
  int levels = 10;         ///< Of each book's snapshot.
  int64_t frames = 0;      ///< Updates in all.
  int64_t per_second = 0;  ///< 0: as fast as it goes.
};

std::string product(int index) {
  return fmt::format("P{:03}-USD", index);
}

std::string snapshot_frame(int64_t sequence, const std::string& name, int levels) {
  std::string updates;
  for (int i = 0; i < levels; ++i) {
    updates += fmt::format(
        R"({}{{"side":"{}","event_time":"2026-08-09T21:05:48Z","price_level":"{}.{:02}","new_quantity":"0.{:04}"}})",
        i == 0 ? "" : ",", i % 2 == 0 ? "bid" : "offer",
        i % 2 == 0 ? 50'000 - i / 200 : 50'001 + i / 200, i / 2 % 100, i % 9'000 + 1);
  }
  return fmt::format(
      R"({{"channel":"l2_data","client_id":"","timestamp":"2026-08-09T21:05:48.2Z","sequence_num":{},)"
      R"("events":[{{"type":"snapshot","product_id":"{}","updates":[{}]}}]}})",
      sequence, name, updates);
}

/// About 300 bytes; the sender's wall clock in ns stands in `client_id`.
std::string update_frame(int64_t sequence, const std::string& name) {
  return fmt::format(
      R"({{"channel":"l2_data","client_id":"{}","timestamp":"2026-08-09T21:05:48.228568804Z","sequence_num":{},)"
      R"("events":[{{"type":"update","product_id":"{}","updates":[{{"side":"bid",)"
      R"("event_time":"2026-08-09T21:05:48.2Z","price_level":"49{:03}.50","new_quantity":"0.{}"}}]}}]}})",
      wall_clock_now().value, sequence, name, 900 + sequence % 100, sequence % 97 + 1);
}

/// The venue, in a process of its own: serves one client and waits to be killed.
class Sender {
 public:
  Sender(const Load& load, int report) : load_(load) {
    ServerHandlers handlers;
    handlers.on_frame = [this](ServerSession&, std::string_view) { ask(); };
    handlers.on_open = [this](std::shared_ptr<ServerSession> session, const ServerRequest&) {
      const std::lock_guard lock(mutex_);
      session_ = std::move(session);
    };
    handlers.on_http = [](const ServerRequest&, std::function<void(HttpResponse)> answer) {
      answer({.status = 404});
    };
    server_ = Server::listen(loop_, {.deflate = false}, std::move(handlers)).value();
    const uint16_t port = server_->port();
    DAEDALUS_CHECK(::write(report, &port, sizeof port) == sizeof port);
  }

  [[noreturn]] void run() {
    {
      std::unique_lock lock(mutex_);
      asked_.wait(lock, [&] { return asked_once_; });
    }
    int64_t sequence = 0;
    for (int i = 0; i < load_.products; ++i)
      send(snapshot_frame(sequence++, product(i), load_.levels));
    std::this_thread::sleep_for(std::chrono::milliseconds(load_.levels > 100 ? 8'000 : 300));
    if (load_.per_second > 0) {
      began_ = std::chrono::steady_clock::now();
      loop_.post([this, sequence] { send_paced(0, sequence); });
    } else {
      for (int64_t i = 0; i < load_.frames; ++i) send(update(i, sequence));
    }
    while (true) ::pause();
  }

 private:
  std::string update(int64_t i, int64_t first_sequence) const {
    return update_frame(first_sequence + i, product(static_cast<int>(i % load_.products)));
  }
  /// On the server's own thread, so that no waking of it lies between stamp and send.
  void send_paced(int64_t i, int64_t first_sequence) {
    if (i == load_.frames) return;
    std::this_thread::sleep_until(began_ +
                                  std::chrono::nanoseconds(i * kNanosPerSecond / load_.per_second));
    session_->send(update(i, first_sequence));
    loop_.post([=, this] { send_paced(i + 1, first_sequence); });
  }
  void ask() {
    const std::lock_guard lock(mutex_);
    asked_once_ = true;
    asked_.notify_one();
  }
  void send(std::string text) {
    while (session_->pending_bytes() > (size_t{4} << 20)) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    session_->send(std::move(text));
  }

  Load load_;
  std::chrono::steady_clock::time_point began_;
  IoLoop loop_;
  std::mutex mutex_;
  std::condition_variable asked_;
  bool asked_once_ = false;                 ///< Guarded by mutex_.
  std::shared_ptr<ServerSession> session_;  ///< Set before asked_once_.
  std::unique_ptr<Server> server_;
};

/// Forks the sender; this process has no other threads then.
struct SenderProcess {
  explicit SenderProcess(const Load& load) {
    int pipe_ends[2];
    DAEDALUS_CHECK(::pipe(pipe_ends) == 0);
    process = ::fork();
    if (process == 0) Sender(load, pipe_ends[1]).run();
    DAEDALUS_CHECK(::read(pipe_ends[0], &port, sizeof port) == sizeof port);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
  }
  ~SenderProcess() {
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
  }
  pid_t process = 0;
  uint16_t port = 0;
};

struct Captured {
  double seconds = 0;  ///< From the first update to the last, socket to journal.
  std::vector<double> delays_us;
  size_t segments = 0;
};

Captured capture(const Load& load, int64_t segment_age_s, bool read_back) {
  start_log({.level = LogLevel::error});
  const SenderProcess sender(load);
  TemporaryFolder folder;
  Config config;
  config.data_root = folder / "data";
  config.journal.min_free_mb = 1;
  config.journal.segment_max_age_seconds = segment_age_s;
  config.journal.segment_max_mb = 4'096;
  SourceConfig source{.name = "coinbase", .exchange = "coinbase", .channels = {"orderbook"}};
  for (int i = 0; i < load.products; ++i) source.symbols.push_back(product(i));
  source.endpoint = "ws://127.0.0.1:" + std::to_string(sender.port);
  source.rest_endpoint = "http://127.0.0.1:" + std::to_string(sender.port);
  auto pipeline = Pipeline::start(config, {plan_source(source).value()}).value();
  const auto frames = [&] { return pipeline->source(0).status().core.frames; };
  Captured captured;
  std::chrono::steady_clock::time_point began;
  while (frames() <= load.products) began = std::chrono::steady_clock::now();
  while (frames() < load.products + load.frames)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  captured.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  pipeline->stop("done");
  while (!pipeline->finished()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  pipeline.reset();
  const DataRoot root{config.data_root};
  const std::vector<std::string> segments = journals_in(root.journal("coinbase")).value();
  captured.segments = segments.size();
  if (!read_back) return captured;
  for (const std::string& segment : segments) {
    SegmentReader reader =
        SegmentReader::open(root.journal("coinbase") + "/" + segment + ".ndjson.zst").value();
    while (const Record* record = reader.next().value()) {
      constexpr std::string_view kStamp = R"("client_id":")";
      const size_t at = record->payload.find(kStamp);
      if (record->type != RecordType::recv || at == std::string::npos) continue;
      const int64_t sent = std::strtoll(record->payload.data() + at + kStamp.size(), nullptr, 10);
      if (sent > 0)
        captured.delays_us.push_back(static_cast<double>(record->capture_time.value - sent) * 1e-3);
    }
  }
  std::ranges::sort(captured.delays_us);
  return captured;
}

double quantile(const std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<size_t>(share * static_cast<double>(sorted.size())))];
}

/// Frames of 300 bytes, socket to journal (interpreted too); goal 100 k/s.
void throughput(benchmark::State& state) {
  for (auto _ : state) {
    const Load load{.products = 10, .frames = 500'000};
    const Captured captured = capture(load, 900, false);
    state.SetIterationTime(captured.seconds);
    state.counters["frames_per_s"] = static_cast<double>(load.frames) / captured.seconds;
  }
}
BENCHMARK(throughput)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

/// Sender's stamp to queue; goal p99 under 50 us.
void latency(benchmark::State& state) {
  for (auto _ : state) {
    const Captured captured =
        capture({.products = 10, .frames = 50'000, .per_second = 5'000}, 900, true);
    state.SetIterationTime(captured.seconds);
    state.counters["p50_us"] = quantile(captured.delays_us, 0.5);
    state.counters["p99_us"] = quantile(captured.delays_us, 0.99);
    state.counters["p99.9_us"] = quantile(captured.delays_us, 0.999);
  }
}
BENCHMARK(latency)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

/// Longest delay from the sender's stamp to the queue over rotations; goal 20 ms.
void stall(benchmark::State& state) {
  for (auto _ : state) {
    const Load load{.products = 100, .levels = 20'000, .frames = 40'000, .per_second = 2'000};
    const Captured captured = capture(load, 5, true);
    state.SetIterationTime(captured.seconds);
    state.counters["longest_ms"] = captured.delays_us.back() * 1e-3;
    state.counters["p99.9_ms"] = quantile(captured.delays_us, 0.999) * 1e-3;
    state.counters["segments"] = static_cast<double>(captured.segments);
  }
}
BENCHMARK(stall)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
