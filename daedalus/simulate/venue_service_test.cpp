// Played venues over real sockets, against the real client.
#include "daedalus/simulate/venue_service.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "daedalus/simulate/recorded_market_for_test.hpp"

namespace daedalus {
namespace {

std::function<UnixNanos()> running_clock(UnixNanos start) {
  return [start, since = std::chrono::steady_clock::now()] {
    return start +
           std::chrono::duration_cast<Nanoseconds>(std::chrono::steady_clock::now() - since);
  };
}

class Client {
 public:
  Client(IoLoop& loop, const std::string& url, const std::vector<SubscribeFrame>& subscribe,
         const std::string& ca_file = {}) {
    WebSocketHandlers handlers;
    handlers.on_frame = [this](std::string_view payload, bool) {
      const std::lock_guard lock(mutex_);
      frames_.emplace_back(payload);
      changed_.notify_all();
      return !slow;
    };
    handlers.on_closed = [this](const NetworkFailure& why) {
      const std::lock_guard lock(mutex_);
      closed_ = why.message;
      changed_.notify_all();
    };
    WebSocketOptions options{.url = url};
    options.network.ca_file = ca_file;
    socket_ = WebSocketClient::connect(loop, options, handlers);
    for (const SubscribeFrame& frame : subscribe) socket_->send(frame.text);
  }

  /// True once so many frames came.
  bool wait_for(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      return frames_.size() >= count || !closed_.empty();
    }) && frames_.size() >= count;
  }
  bool wait_for_close() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return !closed_.empty(); });
  }
  std::vector<std::string> frames() {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  void go_on() {
    slow = false;
    socket_->resume_reading();
  }

  std::atomic<bool> slow{false};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> frames_;  ///< Guarded by mutex_.
  std::string closed_;               ///< Guarded by mutex_.
  std::unique_ptr<WebSocketClient> socket_;
};

std::vector<SubscribeFrame> subscribe_frames(const Recorded& recorded) {
  return *recorded.exchange.subscribe(recorded.wanted, {});
}

std::string ask(IoLoop& loop, const std::string& url) {
  std::promise<std::string> body;
  http_get(loop, {.url = url}, [&](Result<HttpResponse> response) {
    body.set_value(response ? response->body : response.error().message);
  });
  return body.get_future().get();
}

struct Served {
  Served(const Recorded& recorded, const ReplayOptions& options, const ServerOptions& server = {})
      : replay(recorded.replay(options)),
        service(*VenueService::start(loop, server, *replay, running_clock(kRecorded))) {}

  std::string url(const std::string& scheme = "ws") const {
    const std::string host = scheme == "wss" ? "localhost" : "127.0.0.1";
    return fmt::format("{}://{}:{}", scheme, host, service->port());
  }

  IoLoop loop;
  std::unique_ptr<ReplayedExchange> replay;
  std::unique_ptr<VenueService> service;
};

constexpr ReplayOptions kMax{.speed = 0, .settle = Nanoseconds(300'000'000)};

TEST(VenueService, ReplaysTheExactPayloadsOverAPlainSocket) {
  const Recorded recorded("coinbase", 30);
  Served served(recorded, kMax);
  IoLoop loop;
  Client client(loop, served.url(), subscribe_frames(recorded));
  ASSERT_TRUE(client.wait_for(recorded.payloads.size()));
  std::vector<std::string> frames = client.frames();
  frames.resize(recorded.payloads.size());
  EXPECT_EQ(first_difference(frames, recorded.payloads), "");
}

TEST(VenueService, ReplaysTheExactPayloadsOverTls) {
  char folder[] = "/tmp/daedalus_simulate_XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string certificate = std::string(folder) + "/certificate.pem";
  const std::string key = std::string(folder) + "/key.pem";
  ASSERT_TRUE(write_self_signed_certificate(certificate, key).has_value());
  {
    const Recorded recorded("coinbase_exchange", 20);
    Served served(recorded, kMax, {.certificate_file = certificate, .private_key_file = key});
    IoLoop loop;
    Client client(loop, served.url("wss"), subscribe_frames(recorded), certificate);
    ASSERT_TRUE(client.wait_for(recorded.payloads.size()));
    EXPECT_EQ(first_difference(client.frames(), recorded.payloads), "");
  }
  std::filesystem::remove_all(folder);
}

TEST(VenueService, AnswersRestBesideTheSocketAsRecorded) {
  const Recorded recorded("binance", 20);
  Served served(recorded, kMax);
  IoLoop loop;
  Client client(loop, served.url() + "/stream", subscribe_frames(recorded));
  for (const std::string symbol : {"BTCUSD", "ETHUSD"}) {
    EXPECT_EQ(ask(loop, served.url("http") + recorded.exchange.snapshot_path(symbol, {})),
              recorded.bodies.at(symbol));
  }
  ASSERT_TRUE(client.wait_for(recorded.payloads.size()));
  std::vector<std::string> frames = client.frames(), expected = recorded.payloads;
  std::sort(frames.begin(), frames.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(first_difference(frames, expected), "");
}

TEST(VenueService, ASlowClientHoldsTheReplayBackAndLosesNothing) {
  const Recorded recorded("coinbase", 200);
  size_t bytes = 0;
  for (const std::string& payload : recorded.payloads) bytes += payload.size();
  ASSERT_GT(bytes, size_t{3} << 20);
  Served served(recorded, {.speed = 0, .wait_clients = 1, .settle = Nanoseconds(300'000'000)},
                {.deflate = false});
  IoLoop loop;
  Client client(loop, served.url(), subscribe_frames(recorded));
  client.slow = true;
  ASSERT_TRUE(client.wait_for(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(client.frames().size(), 10u);
  client.go_on();
  ASSERT_TRUE(client.wait_for(recorded.payloads.size()));
  std::vector<std::string> frames = client.frames();
  frames.resize(recorded.payloads.size());
  EXPECT_EQ(first_difference(frames, recorded.payloads), "");
}

TEST(VenueService, ServesASimulatedExchangeLive) {
  const Exchange& exchange = **find_exchange("binance");
  const auto simulated = *SimulatedExchange::create(
      exchange,
      {.symbols = {"BTC-USDT"}, .market = {.events_per_second = 200}, .start = kRecorded});
  IoLoop server_loop, loop;
  const auto service = *VenueService::start(server_loop, {}, *simulated, running_clock(kRecorded));
  const std::string base = fmt::format("127.0.0.1:{}", service->port());
  Client client(loop, "ws://" + base + "/stream?streams=btcusdt@depth@100ms/btcusdt@trade", {});
  ASSERT_TRUE(client.wait_for(5));
  ReadingClient reader("binance");
  reader.read(ask(loop, "http://" + base + "/api/v3/depth?symbol=BTCUSDT&limit=1000"),
              "http://venue/api/v3/depth?symbol=BTCUSDT&limit=1000");
  ASSERT_TRUE(client.wait_for(20));
  for (const std::string& frame : client.frames()) reader.read(frame);
  EXPECT_EQ(reader.gaps + reader.crossed, 0);
  EXPECT_NE(ask(loop, "http://" + base + "/api/v3/depth?symbol=NOPE").find("-1121"),
            std::string::npos);
}

TEST(VenueService, ClosesItsClientsInGoodOrder) {
  const Recorded recorded("coinbase", 5);
  Served served(recorded, kMax);
  IoLoop loop;
  Client client(loop, served.url(), subscribe_frames(recorded));
  ASSERT_TRUE(client.wait_for(recorded.payloads.size()));
  served.service->run([&](VenueOutbox&) { served.service->close_all(); });
  EXPECT_TRUE(client.wait_for_close());
}

TEST(VenueService, APortInUseIsNamed) {
  const Recorded recorded("coinbase", 1);
  Served served(recorded, kMax);
  IoLoop loop;
  const auto replay = recorded.replay(kMax);
  const auto second = VenueService::start(loop, {.port = served.service->port()}, *replay,
                                          running_clock(kRecorded));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::io);
  EXPECT_NE(second.error().message.find(std::to_string(served.service->port())), std::string::npos);
}

}  // namespace
}  // namespace daedalus
