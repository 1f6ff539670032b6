#include <gmock/gmock.h>

#include <atomic>

#include "daedalus/net/loopback_fixture.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;

/// Sends frames to each client for as long as its queue is short.
ServerHandlers firehose() {
  const auto fill = [](ServerSession& session) {
    while (session.pending_bytes() < (size_t{2} << 20)) session.send(std::string(1000, 'f'));
  };
  return {.on_open = [fill](const std::shared_ptr<ServerSession>& session,
                            const ServerRequest&) { fill(*session); },
          .on_drained = fill};
}

TEST(Lifetime, APortInUseIsToldWithItsNumber) {
  IoLoop loop;
  const auto first = *Server::listen(loop, {}, {});

  const auto second = Server::listen(loop, {.port = first->port()}, {});

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::io);
  EXPECT_EQ(second.error().message, fmt::format("port {} of 127.0.0.1 is in use", first->port()));
}

TEST(Lifetime, APortIsFreeAgainWhenItsServerIsGone) {
  IoLoop loop;
  auto first = *Server::listen(loop, {}, echo_handlers());
  const uint16_t port = first->port();
  Inbox inbox;
  const auto client = WebSocketClient::connect(loop, {.url = url_of(*first)}, inbox.handlers());
  ASSERT_TRUE(inbox.wait_open());
  first.reset();

  const auto second = Server::listen(loop, {.port = port}, {});

  EXPECT_TRUE(second) << second.error().message;
  EXPECT_NE(inbox.wait_closed(), "still open");
}

TEST(Lifetime, AWrongCertificateOrAddressIsRefusedAtOnce) {
  IoLoop loop;
  const auto no_file =
      Server::listen(loop, {.certificate_file = "/nowhere.pem", .private_key_file = "/no.key"}, {});
  ASSERT_FALSE(no_file);
  EXPECT_THAT(no_file.error().message,
              testing::StartsWith("cannot read a certificate from /nowhere.pem"));
  EXPECT_FALSE(Server::listen(loop, {.address = "not an address"}, {}));
}

TEST(Lifetime, AClientCanGoWhileFramesPourIn) {
  IoLoop loop;
  const auto server = *Server::listen(loop, {}, firehose());
  for (int round = 0; round < 30; ++round) {
    auto frames = std::make_unique<std::atomic<int>>(0);
    auto client = WebSocketClient::connect(loop, {.url = url_of(*server)},
                                           {.on_frame =
                                                [&frames](std::string_view, bool) {
                                                  ++*frames;
                                                  return true;
                                                },
                                            .on_closed = [](const NetworkFailure&) { FAIL(); }});
    while (*frames < round) std::this_thread::yield();
    client.reset();
    frames.reset();  // A frame delivered now would touch freed memory.
  }
}

TEST(Lifetime, AClientCanGoWithinItsOwnCallbacks) {
  IoLoop loop;
  const auto server = *Server::listen(loop, {}, firehose());
  for (const bool in_open : {true, false}) {
    Inbox inbox;
    std::unique_ptr<WebSocketClient> client;
    const auto drop = [&] {
      client.reset();
      inbox.change([&] { inbox.opened = true; });
    };
    loop.post([&] {
      client = WebSocketClient::connect(loop, {.url = url_of(*server)},
                                        {.on_open =
                                             [&] {
                                               if (in_open) drop();
                                             },
                                         .on_frame =
                                             [&](std::string_view, bool) {
                                               drop();
                                               return true;
                                             },
                                         .on_closed = [](const NetworkFailure&) { FAIL(); }});
    });
    EXPECT_TRUE(inbox.wait([&] { return inbox.opened; }));
  }
}

TEST(Lifetime, AClientCanGoWhileItIsStillConnecting) {
  IoLoop loop;
  const auto server = *Server::listen(loop, {}, firehose());
  for (int round = 0; round < 200; ++round) {
    const auto client =
        WebSocketClient::connect(loop, {.url = url_of(*server)},
                                 {.on_frame = [](std::string_view, bool) { return true; },
                                  .on_closed = [](const NetworkFailure&) { FAIL(); }});
    if (round % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(round * 5));
  }
}

TEST(Lifetime, AServerCanGoWhileItSends) {
  IoLoop loop;
  for (int round = 0; round < 10; ++round) {
    auto server = *Server::listen(loop, {}, firehose());
    Inbox inbox;
    const auto client = WebSocketClient::connect(loop, {.url = url_of(*server)}, inbox.handlers());
    ASSERT_TRUE(inbox.wait([&] { return inbox.frames.size() > 100; }));
    server.reset();
    EXPECT_NE(inbox.wait_closed(), "still open");
  }
}

TEST(Lifetime, ASessionThatIsKeptIsHarmlessAfterItsEnd) {
  IoLoop loop;
  Inbox served;
  std::shared_ptr<ServerSession> session;
  const auto server = *Server::listen(
      loop, {},
      {.on_open =
           [&](std::shared_ptr<ServerSession> opened, const ServerRequest&) {
             served.change([&] { session = std::move(opened); });
           },
       .on_closed = [&](ServerSession&) { served.change([&] { served.closed.emplace_back(); }); }});
  Inbox inbox;
  auto client = WebSocketClient::connect(loop, {.url = url_of(*server)}, inbox.handlers());
  ASSERT_TRUE(served.wait([&] { return session != nullptr; }));
  client.reset();
  ASSERT_TRUE(served.wait([&] { return !served.closed.empty(); }));

  session->send("to nobody");
  session->close();
  session->abort();

  EXPECT_EQ(session->pending_bytes(), 0u);
}

TEST(Lifetime, ALoopCanStopInTheMiddleOfEverything) {
  for (int round = 0; round < 10; ++round) {
    IoLoop loop;
    const auto server = *Server::listen(loop, {}, firehose());
    std::vector<std::unique_ptr<WebSocketClient>> clients;
    for (int i = 0; i < 5; ++i) {
      clients.push_back(WebSocketClient::connect(
          loop, {.url = url_of(*server)},
          {.on_frame = [](std::string_view, bool) { return true; }, .on_closed = {}}));
    }
    http_get(loop, {.url = url_of(*server, "http")}, [](const Result<HttpResponse>&) {});
    loop.after(std::chrono::seconds(60), [] {});
    std::this_thread::sleep_for(milliseconds(round));
    loop.stop();
  }
}

TEST(Lifetime, TimersRunInTheirOrderOnTheLoopsThread) {
  IoLoop loop;
  Inbox inbox;
  std::string order;
  loop.after(milliseconds(60), [&] { inbox.change([&] { order += "c"; }); });
  loop.after(milliseconds(20), [&] { inbox.change([&] { order += "b"; }); });
  loop.post([&] { inbox.change([&] { order += "a"; }); });

  EXPECT_TRUE(inbox.wait([&] { return order.size() == 3; }));
  EXPECT_EQ(order, "abc");
}

}  // namespace
}  // namespace daedalus
