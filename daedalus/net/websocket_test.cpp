#include <gmock/gmock.h>

#include <atomic>

#include "daedalus/net/loopback_fixture.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

/// Plain or TLS, with and without compression: the protocol is the same.
struct Way {
  bool tls;
  bool deflate;
};

class WebSocket : public testing::TestWithParam<Way> {
 protected:
  std::unique_ptr<Server> serve(ServerHandlers handlers) {
    ServerOptions options{.deflate = GetParam().deflate};
    if (GetParam().tls) {
      options.certificate_file = certificate_.file;
      options.private_key_file = certificate_.key;
    }
    auto server = Server::listen(loop_, options, std::move(handlers));
    EXPECT_TRUE(server) << server.error().message;
    return *std::move(server);
  }

  WebSocketOptions options(const Server& server) const {
    return {.url = url_of(server, GetParam().tls ? "wss" : "ws"),
            .network = {.ca_file = certificate_.file},
            .deflate = GetParam().deflate};
  }

  Certificate certificate_;
  Inbox inbox_;
  IoLoop loop_;
};

TEST_P(WebSocket, CarriesFramesBothWaysInOrder) {
  const auto server = serve(echo_handlers());
  const auto client = WebSocketClient::connect(loop_, options(*server), inbox_.handlers());
  client->send("sent before it is open");

  for (int i = 0; i < 5000; ++i) client->send(std::string(i % 700, 'x') + std::to_string(i));

  ASSERT_TRUE(inbox_.wait([&] { return inbox_.frames.size() == 5001; }));
  EXPECT_EQ(inbox_.frames[0], "sent before it is open");
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(inbox_.frames[i + 1], std::string(i % 700, 'x') + std::to_string(i));
  }
}

TEST_P(WebSocket, TakesAFrameOf70Megabytes) {
  std::string large(size_t{70} << 20, '\0');
  for (size_t i = 0; i < large.size(); ++i)
    large[i] = static_cast<char>('a' + (i * 7 + i / 26) % 26);
  const auto server =
      serve({.on_open = [&](const std::shared_ptr<ServerSession>& session, const ServerRequest&) {
        session->send(large);
        session->send("after");
      }});

  const auto client = WebSocketClient::connect(loop_, options(*server), inbox_.handlers());

  ASSERT_TRUE(inbox_.wait([&] { return inbox_.frames.size() == 2; })) << inbox_.wait_closed();
  EXPECT_TRUE(inbox_.frames[0] == large);
  EXPECT_EQ(inbox_.frames[1], "after");
}

TEST_P(WebSocket, ClosesWithAHandshakeAfterAllThatWasSent) {
  Inbox served;
  const auto server = serve(
      {.on_frame =
           [&](ServerSession&, std::string_view frame) {
             served.change([&] { served.frames.emplace_back(frame); });
           },
       .on_closed = [&](ServerSession&) { served.change([&] { served.closed.emplace_back(); }); }});
  const auto client = WebSocketClient::connect(loop_, options(*server), inbox_.handlers());
  ASSERT_TRUE(inbox_.wait_open());

  for (int i = 0; i < 1000; ++i) client->send("frame");
  client->close();

  EXPECT_EQ(inbox_.wait_closed(), "closed on request");
  EXPECT_TRUE(served.wait([&] { return !served.closed.empty(); }));
  EXPECT_EQ(served.frames.size(), 1000u);
}

TEST_P(WebSocket, LosesNothingWhenTheReaderStopsAndGoesOn) {
  constexpr int kFrames = 40'000;
  std::shared_ptr<ServerSession> session;
  std::atomic<int> drained{0};
  Inbox served;
  const auto server = serve({.on_open =
                                 [&](std::shared_ptr<ServerSession> opened, const ServerRequest&) {
                                   served.change([&] { session = std::move(opened); });
                                 },
                             .on_drained = [&](ServerSession&) { ++drained; }});
  std::atomic<int> received{0};
  std::atomic<bool> in_order{true};
  WebSocketHandlers handlers = inbox_.handlers();
  handlers.on_frame = [&](std::string_view payload, bool) {
    const int number = received++;
    if (std::stoi(std::string(payload.substr(0, 8))) != number) in_order = false;
    if (number + 1 == kFrames) inbox_.change([] {});
    return number != 99;
  };
  const auto client = WebSocketClient::connect(loop_, options(*server), std::move(handlers));
  ASSERT_TRUE(served.wait([&] { return session != nullptr; }));

  // Not compressible, and more than sockets and buffers between the two hold.
  uint64_t noise = 88172645463325252ull;
  for (int i = 0; i < kFrames; ++i) {
    std::string text = fmt::format("{:08}", i);
    while (text.size() < 400) {
      noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
      text += fmt::format("{:016x}", noise);
    }
    session->send(std::move(text));
  }
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(received, 100);
  EXPECT_GT(session->pending_bytes(), size_t{1} << 20);
  const int drained_before = drained;
  client->resume_reading();

  ASSERT_TRUE(inbox_.wait([&] { return received == kFrames; })) << received;
  EXPECT_TRUE(in_order);
  EXPECT_EQ(session->pending_bytes(), 0u);
  EXPECT_GT(drained, drained_before);
}

INSTANTIATE_TEST_SUITE_P(Ways, WebSocket,
                         testing::Values(Way{false, false}, Way{false, true}, Way{true, false},
                                         Way{true, true}),
                         [](const auto& info) {
                           return std::string(info.param.tls ? "Tls" : "Plain") +
                                  (info.param.deflate ? "Deflate" : "");
                         });

class Client : public testing::Test {
 protected:
  Inbox inbox_;
  IoLoop loop_;
};

TEST_F(Client, SaysWhenAFrameIsOverItsLimit) {
  const auto server = *Server::listen(loop_, {}, echo_handlers());
  const auto client = WebSocketClient::connect(
      loop_, {.url = url_of(*server), .frame_limit_bytes = 1000}, inbox_.handlers());
  client->send(std::string(1000, 'x'));
  client->send(std::string(1001, 'x'));

  EXPECT_EQ(inbox_.wait_closed(), "frame too large: over the limit of 1000 bytes");
  EXPECT_EQ(inbox_.frames.size(), 1u);
}

TEST_F(Client, KeepsALivePairOverTheSilenceLimitByPingsAlone) {
  const auto server = *Server::listen(loop_, {}, echo_handlers());
  const auto client = WebSocketClient::connect(loop_,
                                               {.url = url_of(*server),
                                                .ping_interval = milliseconds(50),
                                                .silence_limit = milliseconds(400)},
                                               inbox_.handlers());
  ASSERT_TRUE(inbox_.wait_open());

  std::this_thread::sleep_for(milliseconds(1200));
  client->send("still there");

  ASSERT_TRUE(inbox_.wait([&] { return inbox_.frames.size() == 1; })) << inbox_.wait_closed();
}

TEST_F(Client, EndsAConnectionThatSaysNothing) {
  const auto server = *Server::listen(loop_, {}, {});
  const auto client = WebSocketClient::connect(loop_,
                                               {.url = url_of(*server),
                                                .ping_interval = milliseconds(0),
                                                .silence_limit = milliseconds(300)},
                                               inbox_.handlers());

  EXPECT_EQ(inbox_.wait_closed(), "nothing received for 0.3 s");
}

TEST_F(Client, IsNotSilentWhileItsReadingIsPaused) {
  const auto server = *Server::listen(loop_, {}, {.on_open = [](const auto& session, const auto&) {
                                        session->send("one");
                                        session->send("two");
                                      }});
  WebSocketHandlers handlers = inbox_.handlers();
  handlers.on_frame = [&](std::string_view payload, bool) {
    inbox_.change([&] { inbox_.frames.emplace_back(payload); });
    return false;
  };
  const auto client = WebSocketClient::connect(loop_,
                                               {.url = url_of(*server),
                                                .ping_interval = milliseconds(0),
                                                .silence_limit = milliseconds(200)},
                                               std::move(handlers));
  ASSERT_TRUE(inbox_.wait([&] { return inbox_.frames.size() == 1; }));

  std::this_thread::sleep_for(milliseconds(600));
  EXPECT_TRUE(inbox_.closed.empty());
  client->resume_reading();

  ASSERT_TRUE(inbox_.wait([&] { return inbox_.frames.size() == 2; }));
}

TEST_F(Client, TellsTheServersCloseFromALostConnection) {
  const auto server =
      *Server::listen(loop_, {}, {.on_frame = [](ServerSession& session, std::string_view frame) {
                        frame == "close" ? session.close() : session.abort();
                      }});
  Inbox lost;
  const auto closing = WebSocketClient::connect(loop_, {.url = url_of(*server)}, inbox_.handlers());
  const auto losing = WebSocketClient::connect(loop_, {.url = url_of(*server)}, lost.handlers());
  closing->send("close");
  losing->send("abort");

  EXPECT_EQ(inbox_.wait_closed(), "closed by the server: 1000 normal");
  EXPECT_THAT(lost.wait_closed(), testing::AnyOf(HasSubstr("without a close frame"),
                                                 HasSubstr("reset by the other side")));
}

}  // namespace
}  // namespace daedalus
