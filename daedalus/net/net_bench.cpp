#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "daedalus/net/client.hpp"
#include "daedalus/net/server.hpp"

namespace daedalus {
namespace {

/// Frames as an exchange sends them: some 300 bytes of JSON that differ in their digits.
std::string frame_text(uint64_t number) {
  return fmt::format(
      R"({{"e":"depthUpdate","E":{0},"T":{0},"s":"BTCUSDT","U":{0},"u":{0},"pu":{0},)"
      R"("b":[["{1}.10","0.{2:03}"],["{1}.20","1.{2:03}"],["{1}.30","2.{2:03}"]],)"
      R"("a":[["{1}.40","3.{2:03}"],["{1}.50","4.{2:03}"],["{1}.60","5.{2:03}"],["{1}.70","6.{2:03}"]],)"
      R"("padding":"0123456789012345678901234567890123456789"}})",
      1'700'000'000'000 + number, 60'000 + number % 97, number % 1000);
}

struct Pair {
  explicit Pair(bool tls) {
    if (!tls) return;
    folder = "/tmp/daedalus_net_bench_certificate";
    if (!write_self_signed_certificate(folder + ".pem", folder + ".key")) std::abort();
    options.certificate_file = folder + ".pem";
    options.private_key_file = folder + ".key";
  }
  std::string url(const Server& server) const {
    return fmt::format("{}://127.0.0.1:{}/", options.certificate_file.empty() ? "ws" : "wss",
                       server.port());
  }

  std::string folder;
  ServerOptions options;
};

/// Two connected TCP sockets.
class LoopbackPair {
 public:
  LoopbackPair() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    reader_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::bind(listener, generic, size) != 0 || ::listen(listener, 1) != 0 ||
        ::getsockname(listener, generic, &size) != 0 || ::connect(reader_, generic, size) != 0) {
      std::abort();
    }
    writer_ = ::accept(listener, nullptr, nullptr);
    ::close(listener);
    const int on = 1;
    ::setsockopt(writer_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    poll_ = ::epoll_create1(0);
    epoll_event event{.events = EPOLLIN, .data = {}};
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, reader_, &event);
  }
  LoopbackPair(const LoopbackPair&) = delete;
  ~LoopbackPair() {
    for (const int descriptor : {reader_, writer_, poll_}) ::close(descriptor);
  }

  bool wait_and_read(char* into, size_t size) const {
    epoll_event event{};
    while (::epoll_wait(poll_, &event, 1, -1) < 0) {
    }
    return ::recv(reader_, into, size, MSG_WAITALL) == static_cast<ssize_t>(size);
  }
  void write(const char* from, size_t size) const {
    if (::send(writer_, from, size, 0) != static_cast<ssize_t>(size)) std::abort();
  }
  void end() const { ::shutdown(writer_, SHUT_WR); }

 private:
  int reader_ = -1;
  int writer_ = -1;
  int poll_ = -1;
};

/// Unit of work: one frame of some 300 bytes, from the server's send to the client's on_frame; the
/// two run on a thread each. A regression: work per frame in the read or the write path.
void frames_from_server_to_client(benchmark::State& state, bool tls, bool deflate) {
  Pair pair(tls);
  pair.options.deflate = deflate;
  constexpr int kFrames = 500'000;
  std::vector<std::string> texts;
  for (uint64_t i = 0; i < 1000; ++i) texts.push_back(frame_text(i));
  for (auto _ : state) {
    IoLoop server_loop, client_loop;
    std::atomic<int> received{0};
    int sent = 0;
    const auto fill = [&](ServerSession& session) {
      while (sent < kFrames && session.pending_bytes() < (size_t{4} << 20)) {
        session.send(texts[static_cast<size_t>(sent++) % texts.size()]);
      }
    };
    const auto server = *Server::listen(
        server_loop, pair.options,
        {.on_open = [&](const auto& session, const auto&) { fill(*session); }, .on_drained = fill});
    const auto client =
        WebSocketClient::connect(client_loop,
                                 {.url = pair.url(*server),
                                  .network = {.ca_file = pair.options.certificate_file},
                                  .deflate = deflate},
                                 {.on_frame =
                                      [&](std::string_view payload, bool) {
                                        benchmark::DoNotOptimize(payload.data());
                                        if (++received == kFrames) received.notify_all();
                                        return true;
                                      },
                                  .on_closed =
                                      [](const NetworkFailure& why) {
                                        fmt::print(stderr, "{}\n", why.message);
                                        std::abort();
                                      }});
    for (int seen; (seen = received) < kFrames;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  state.SetItemsProcessed(state.iterations() * kFrames);
  state.counters["bytes_a_frame"] = static_cast<double>(texts[500].size());
}

double quantile_us(const std::vector<int64_t>& sorted_ns, double share) {
  const auto last = static_cast<double>(sorted_ns.size() - 1);
  return static_cast<double>(sorted_ns[static_cast<size_t>(share * last)]) / 1000;
}

void report_latency(std::vector<int64_t>& taken_ns, benchmark::State& state) {
  std::sort(taken_ns.begin(), taken_ns.end());
  state.counters["p50_us"] = quantile_us(taken_ns, 0.5);
  state.counters["p99_us"] = quantile_us(taken_ns, 0.99);
  state.counters["p99.9_us"] = quantile_us(taken_ns, 0.999);
}

/// What this machine gives at best, to compare with the next: the same frames through a bare TCP
/// connection, read by a thread that waits in epoll.
void latency_of_a_bare_socket(benchmark::State& state) {
  constexpr size_t kFrames = 50'000;
  constexpr size_t kBytes = 300;
  const auto now = [] { return std::chrono::steady_clock::now().time_since_epoch().count(); };
  std::vector<int64_t> taken_ns;
  for (auto _ : state) {
    const LoopbackPair pair;
    taken_ns.clear();
    taken_ns.reserve(kFrames);
    std::thread reader([&] {
      char frame[kBytes];
      while (pair.wait_and_read(frame, kBytes)) {
        int64_t sent_ns = 0;
        std::memcpy(&sent_ns, frame, sizeof sent_ns);
        taken_ns.push_back(now() - sent_ns);
      }
    });
    char frame[kBytes] = {};
    auto next = std::chrono::steady_clock::now();
    for (size_t i = 0; i < kFrames; ++i) {
      std::this_thread::sleep_until(next += std::chrono::microseconds(200));
      const int64_t sent_ns = now();
      std::memcpy(frame, &sent_ns, sizeof sent_ns);
      pair.write(frame, kBytes);
    }
    pair.end();
    reader.join();
  }
  report_latency(taken_ns, state);
}

/// Unit of work: 10 s of 5,000 frames a second, evenly; from just before the server's send to the
/// client's on_frame. A regression: anything that keeps a frame waiting.
void latency_at_5000_frames_per_second(benchmark::State& state) {
  constexpr size_t kFrames = 50'000;
  std::vector<int64_t> taken_ns;
  const auto now = [] { return std::chrono::steady_clock::now().time_since_epoch().count(); };
  for (auto _ : state) {
    taken_ns.clear();
    taken_ns.reserve(kFrames);
    IoLoop server_loop, client_loop;
    std::atomic<bool> done{false};
    std::shared_ptr<ServerSession> session;
    std::atomic<bool> opened{false};
    const auto server =
        *Server::listen(server_loop, {}, {.on_open = [&](const auto& taken, const auto&) {
                          session = taken;
                          opened = true;
                        }});
    const auto client = WebSocketClient::connect(
        client_loop, {.url = fmt::format("ws://127.0.0.1:{}/", server->port()), .deflate = false},
        {.on_frame = [&](std::string_view payload, bool) {
          int64_t sent_ns = 0;
          std::memcpy(&sent_ns, payload.data(), sizeof sent_ns);
          taken_ns.push_back(now() - sent_ns);
          if (taken_ns.size() == kFrames) done = true;
          return true;
        }});
    while (!opened) std::this_thread::yield();
    // On the server's own thread, so that no waking of it lies between stamp and send.
    std::string text = frame_text(1);
    auto next = std::chrono::steady_clock::now();
    size_t sent = 0;
    std::function<void()> send_next = [&] {
      if (sent++ == kFrames) return;
      std::this_thread::sleep_until(next += std::chrono::microseconds(200));
      const int64_t sent_ns = now();
      std::memcpy(text.data(), &sent_ns, sizeof sent_ns);
      session->send_binary(text);
      server_loop.post(send_next);
    };
    server_loop.post(send_next);
    while (!done) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  report_latency(taken_ns, state);
}

BENCHMARK_CAPTURE(frames_from_server_to_client, plain, false, false)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(frames_from_server_to_client, tls, true, false)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(frames_from_server_to_client, tls_deflate, true, true)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(latency_of_a_bare_socket)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(latency_at_5000_frames_per_second)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
