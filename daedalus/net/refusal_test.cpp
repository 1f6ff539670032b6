#include <gmock/gmock.h>
#include <poll.h>

#include <fstream>

#include "daedalus/net/loopback_fixture.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

class Refusal : public testing::Test {
 protected:
  std::string words(WebSocketOptions options) {
    const auto client = WebSocketClient::connect(loop_, std::move(options), inbox_.handlers());
    return inbox_.wait_closed();
  }
  std::unique_ptr<Server> serve_tls() {
    return *Server::listen(
        loop_, {.certificate_file = certificate_.file, .private_key_file = certificate_.key},
        echo_handlers());
  }

  Certificate certificate_;
  Inbox inbox_;
  IoLoop loop_;
};

TEST_F(Refusal, OfAnUpgradeGivesStatusRetryAfterAndTheBeginningOfTheBody) {
  const RawServer venue([](int descriptor) {
    read_head(descriptor);
    write_all(descriptor,
              "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 17\r\n"
              "Content-Length: 6000\r\n\r\n" +
                  std::string(6000, 'b'));
  });

  const std::string text = words({.url = fmt::format("ws://127.0.0.1:{}/x", venue.port())});

  EXPECT_THAT(text, HasSubstr("HTTP 429 Too Many Requests: too many requests or connections"));
  EXPECT_THAT(text, HasSubstr("retry after 17 s"));
  EXPECT_EQ(inbox_.closed[0].http_status, 429);
  EXPECT_EQ(inbox_.closed[0].retry_after_s, 17);
  EXPECT_EQ(inbox_.closed[0].body, std::string(4096, 'b'));
  EXPECT_FALSE(inbox_.opened);
}

TEST_F(Refusal, ByOurServerCarriesTheStatusAskedFor) {
  const auto server = *Server::listen(loop_, {}, {.on_upgrade = [](const ServerRequest& request) {
                                        return request.target == "/private?x" ? 451 : 0;
                                      }});

  const std::string text =
      words({.url = fmt::format("ws://127.0.0.1:{}/private?x", server->port())});

  EXPECT_THAT(text, HasSubstr("it does not serve this country"));
  EXPECT_EQ(inbox_.closed[0].http_status, 451);
}

TEST_F(Refusal, OfAnUntrustedCertificateIsTold) {
  const auto server = serve_tls();
  const Certificate another;

  EXPECT_THAT(words({.url = url_of(*server, "wss"), .network = {.ca_file = another.file}}),
              StartsWith("certificate of 127.0.0.1 is not trusted: self-signed certificate"));
}

TEST_F(Refusal, IsNotForOneOfSeveralCertificatesOfLocalhostInOneFile) {
  const auto server = serve_tls();
  const Certificate before, after;
  const std::string bundle = before.folder.path + "/bundle.pem";
  std::ofstream out(bundle);
  for (const std::string& file : {before.file, certificate_.file, after.file}) {
    out << std::ifstream(file).rdbuf();
  }
  out.close();

  const auto client = WebSocketClient::connect(
      loop_, {.url = url_of(*server, "wss"), .network = {.ca_file = bundle}}, inbox_.handlers());

  EXPECT_TRUE(inbox_.wait_open());
}

TEST_F(Refusal, OfTheSystemsTrustIsTold) {
  const auto server = serve_tls();

  EXPECT_THAT(words({.url = url_of(*server, "wss")}),
              StartsWith("certificate of 127.0.0.1 is not trusted"));
}

TEST_F(Refusal, OfACertificateForAnotherHostIsTold) {
  const auto server = *Server::listen(loop_,
                                      {.address = "127.0.0.2",
                                       .certificate_file = certificate_.file,
                                       .private_key_file = certificate_.key},
                                      {});

  EXPECT_EQ(words({.url = fmt::format("wss://127.0.0.2:{}/", server->port()),
                   .network = {.ca_file = certificate_.file}}),
            "certificate is for another host than 127.0.0.2");
}

TEST_F(Refusal, OfTlsByAPlainServerIsTold) {
  const auto server = *Server::listen(loop_, {}, {});

  EXPECT_THAT(words({.url = url_of(*server, "wss")}), StartsWith("TLS handshake with 127.0.0.1:"));
}

TEST_F(Refusal, OfAMissingCaFileNamesIt) {
  const auto server = serve_tls();

  EXPECT_EQ(words({.url = url_of(*server, "wss"), .network = {.ca_file = "/nowhere/ca.pem"}}),
            "cannot read CA certificates from /nowhere/ca.pem");
}

TEST_F(Refusal, OfAClosedPortIsTold) {
  uint16_t port = 0;
  {
    port = RawServer([](int) {}).port();
  }

  EXPECT_EQ(words({.url = fmt::format("ws://127.0.0.1:{}/", port)}),
            fmt::format("cannot connect to 127.0.0.1:{}: connection refused", port));
}

TEST_F(Refusal, OfAnUnknownNameIsTold) {
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) unsetenv(name);

  EXPECT_THAT(words({.url = "ws://no-such-host.invalid/"}),
              StartsWith("cannot resolve no-such-host.invalid: "));
}

TEST_F(Refusal, OfAWrongUrlIsTold) {
  EXPECT_THAT(words({.url = "https://a.com/"}), StartsWith("not a WebSocket URL"));
}

TEST_F(Refusal, BySilenceEndsAtTheConnectTimeout) {
  const RawServer venue([](int descriptor) {
    pollfd ended{.fd = descriptor, .events = POLLRDHUP};
    poll(&ended, 1, 5000);
  });
  const auto before = std::chrono::steady_clock::now();

  const std::string text = words({.url = fmt::format("ws://127.0.0.1:{}/", venue.port()),
                                  .connect_timeout = milliseconds(300)});

  EXPECT_THAT(text, StartsWith("timed out after 0.3 s: WebSocket handshake with 127.0.0.1"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
}

TEST_F(Refusal, ByTlsSilenceNamesThePhase) {
  const RawServer venue([](int descriptor) {
    pollfd ended{.fd = descriptor, .events = POLLRDHUP};
    poll(&ended, 1, 5000);
  });

  EXPECT_EQ(words({.url = fmt::format("wss://127.0.0.1:{}/", venue.port()),
                   .connect_timeout = milliseconds(300)}),
            "timed out after 0.3 s: TLS handshake with 127.0.0.1");
}

TEST_F(Refusal, IsToldExactlyOnce) {
  const auto client = WebSocketClient::connect(loop_, {.url = "nothing"}, inbox_.handlers());
  client->close();
  client->close();
  inbox_.wait_closed();
  std::this_thread::sleep_for(milliseconds(50));

  EXPECT_EQ(inbox_.closed.size(), 1u);
}

}  // namespace
}  // namespace daedalus
