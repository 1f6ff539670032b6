#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include "daedalus/net/http_head.hpp"
#include "daedalus/net/loopback_fixture.hpp"

namespace daedalus {
namespace {

using testing::HasSubstr;

/// Copies bytes between two sockets until one of them ends.
void relay(int a, int b) {
  char bytes[65536];
  for (;;) {
    pollfd both[2] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
    if (poll(both, 2, 20'000) <= 0) return;
    for (const auto& [from, to] : {std::pair(both[0], b), std::pair(both[1], a)}) {
      if ((from.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      const ssize_t size = read(from.fd, bytes, sizeof bytes);
      if (size <= 0) return;
      write_all(to, {bytes, static_cast<size_t>(size)});
    }
  }
}

/// A proxy that tunnels to `port` of this machine, whatever name it is asked for, and keeps what
/// it was asked.
class TunnelProxy {
 public:
  explicit TunnelProxy(uint16_t port,
                       std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n")
      : server_([this, port, answer](int descriptor) {
          asked = read_head(descriptor);
          write_all(descriptor, answer);
          if (!answer.starts_with("HTTP/1.1 200")) return;
          const int onward = connect_raw(port);
          relay(descriptor, onward);
          close(onward);
        }) {}
  std::string url() const { return fmt::format("http://me:secret@127.0.0.1:{}", server_.port()); }

  std::string asked;

 private:
  RawServer server_;
};

class Tunnel : public testing::Test {
 protected:
  Certificate certificate_;
  Inbox inbox_;
  IoLoop loop_;
};

TEST_F(Tunnel, CarriesTlsToTheHostThatTheCertificateNames) {
  const auto server = *Server::listen(
      loop_, {.certificate_file = certificate_.file, .private_key_file = certificate_.key},
      echo_handlers());
  const TunnelProxy proxy(server->port());
  const auto client =
      WebSocketClient::connect(loop_,
                               {.url = "wss://localhost:4444/",
                                .network = {.proxy = proxy.url(), .ca_file = certificate_.file}},
                               inbox_.handlers());
  client->send("through");

  ASSERT_TRUE(inbox_.wait([&] { return inbox_.frames.size() == 1; })) << inbox_.wait_closed();
  EXPECT_THAT(proxy.asked, testing::StartsWith("CONNECT localhost:4444 HTTP/1.1\r\n"));
  EXPECT_THAT(proxy.asked, HasSubstr("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"));
}

TEST_F(Tunnel, CarriesAPlainWebSocketToo) {
  const auto server = *Server::listen(loop_, {}, echo_handlers());
  const TunnelProxy proxy(server->port());
  const auto client = WebSocketClient::connect(
      loop_, {.url = "ws://venue.example/", .network = {.proxy = proxy.url()}}, inbox_.handlers());
  client->send("through");

  ASSERT_TRUE(inbox_.wait([&] { return inbox_.frames.size() == 1; })) << inbox_.wait_closed();
}

TEST_F(Tunnel, RefusedByTheProxyIsToldWithItsStatus) {
  const TunnelProxy proxy(0, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  const auto client = WebSocketClient::connect(
      loop_, {.url = "wss://venue.example/", .network = {.proxy = proxy.url()}}, inbox_.handlers());

  EXPECT_THAT(inbox_.wait_closed(),
              HasSubstr("refused the way to venue.example:443: 407 Proxy Authentication Required"));
}

TEST_F(Tunnel, ToAProxyThatIsNoneIsTold) {
  const TunnelProxy proxy(0, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
  const auto client = WebSocketClient::connect(
      loop_, {.url = "wss://venue.example/", .network = {.proxy = proxy.url()}}, inbox_.handlers());

  EXPECT_THAT(inbox_.wait_closed(), HasSubstr("does not answer in HTTP"));
}

TEST_F(Tunnel, OfAPlainGetIsAFullUrlAskedOfTheProxy) {
  std::string asked;
  const RawServer proxy([&](int descriptor) {
    asked = read_head(descriptor);
    write_all(descriptor, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  Inbox answered;
  std::string body;
  http_get(loop_,
           {.url = "http://venue.example/time?x=1",
            .network = {.proxy = fmt::format("127.0.0.1:{}", proxy.port())}},
           [&](Result<HttpResponse> response) {
             answered.change([&] { body = response ? response->body : response.error().message; });
           });

  ASSERT_TRUE(answered.wait([&] { return !body.empty(); }));
  EXPECT_EQ(body, "ok");
  EXPECT_THAT(asked, testing::StartsWith("GET http://venue.example/time?x=1 HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace daedalus
