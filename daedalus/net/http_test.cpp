#include <gmock/gmock.h>

#include <optional>

#include "daedalus/net/loopback_fixture.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class Http : public testing::Test {
 protected:
  /// Waits for the answer; its kind of failure stands in `response_`.
  std::string get(HttpRequest request) {
    std::optional<Result<HttpResponse>> got;
    http_get(loop_, std::move(request), [&](Result<HttpResponse> response) {
      inbox_.change([&] { got = std::move(response); });
    });
    if (!inbox_.wait([&] { return got.has_value(); })) return "no answer";
    if (!*got) return (*got).error().message;
    response_ = **got;
    return response_.body;
  }
  std::string get_raw(const std::string& answer, size_t limit = 1000) {
    const RawServer venue([&](int descriptor) {
      asked_ = read_head(descriptor);
      write_all(descriptor, answer);
    });
    return get({.url = fmt::format("http://127.0.0.1:{}/depth?limit=5", venue.port()),
                .body_limit_bytes = limit});
  }

  Certificate certificate_;
  std::string asked_;
  HttpResponse response_;
  Inbox inbox_;
  IoLoop loop_;
};

TEST_F(Http, GetsAnswersThatComeLaterPlainAndOverTls) {
  for (const bool tls : {false, true}) {
    ServerOptions options;
    if (tls)
      options = {.certificate_file = certificate_.file, .private_key_file = certificate_.key};
    const auto server = *Server::listen(
        loop_, options,
        {.on_http = [&](const ServerRequest& request, std::function<void(HttpResponse)> answer) {
          loop_.after(milliseconds(20), [answer, target = request.target] {
            answer({.status = 200, .body = "you asked " + target});
          });
        }});

    EXPECT_EQ(get({.url = url_of(*server, tls ? "https" : "http") + "a?b",
                   .network = {.ca_file = certificate_.file}}),
              "you asked /a?b");
  }
}

TEST_F(Http, TakesABodyOf70Megabytes) {
  const std::string large(size_t{70} << 20, 'z');
  const auto server = *Server::listen(
      loop_, {}, {.on_http = [&](const ServerRequest&, std::function<void(HttpResponse)> answer) {
        answer({.status = 200, .body = large});
      }});

  EXPECT_TRUE(get({.url = url_of(*server, "http")}) == large);
}

TEST_F(Http, JoinsChunks) {
  EXPECT_EQ(get_raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\n\r\n"),
            "hello, world");
  EXPECT_THAT(asked_, testing::StartsWith("GET /depth?limit=5 HTTP/1.1\r\n"));
  EXPECT_THAT(asked_, HasSubstr("Accept-Encoding: identity\r\n"));
}

TEST_F(Http, TakesABodyThatEndsWithTheConnection) {
  EXPECT_EQ(get_raw("HTTP/1.1 200 OK\r\n\r\nto the end"), "to the end");
}

TEST_F(Http, GivesAnErrorStatusAsAResponse) {
  EXPECT_EQ(get_raw("HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\nslow"),
            "slow");
  EXPECT_EQ(response_.status, 429);
  EXPECT_EQ(response_.retry_after_s, 3);
}

TEST_F(Http, FollowsNoRedirect) {
  EXPECT_EQ(get_raw("HTTP/1.1 302 Found\r\nLocation: http://a.com/\r\nContent-Length: 0\r\n\r\n"),
            "");
  EXPECT_EQ(response_.status, 302);
}

TEST_F(Http, SaysWhatWasWrongWithAnAnswer) {
  EXPECT_THAT(get_raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
              HasSubstr("ended the connection within its answer"));
  EXPECT_THAT(get_raw(""), HasSubstr("ended the connection within its answer"));
  EXPECT_THAT(get_raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", 9),
              HasSubstr("is larger than the limit of 9 bytes"));
  EXPECT_THAT(get_raw("what?\r\n\r\n"), HasSubstr("no answer from 127.0.0.1"));
}

TEST_F(Http, EndsAtItsTimeout) {
  std::function<void(HttpResponse)> kept;
  const auto server = *Server::listen(
      loop_, {}, {.on_http = [&](const ServerRequest&, std::function<void(HttpResponse)> answer) {
        kept = std::move(answer);
      }});

  EXPECT_THAT(get({.url = url_of(*server, "http"), .timeout = milliseconds(200)}),
              HasSubstr("timed out after 0.2 s: waiting for the answer of 127.0.0.1"));
}

TEST_F(Http, AnAnswerThatIsDroppedEndsTheConnection) {
  const auto server = *Server::listen(
      loop_, {},
      {.on_http = [](const ServerRequest&, const std::function<void(HttpResponse)>&) {}});

  EXPECT_THAT(get({.url = url_of(*server, "http")}), HasSubstr("ended the connection"));
}

TEST_F(Http, ServerKeepsTheConnectionForFurtherRequests) {
  const auto server = *Server::listen(
      loop_, {},
      {.on_http = [](const ServerRequest& request, std::function<void(HttpResponse)> answer) {
        answer({.status = 200, .body = request.target});
      }});
  const int descriptor = connect_raw(server->port());
  write_all(descriptor,
            "GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET /two HTTP/1.1\r\nHost: x\r\n\r\n"
            "POST /three HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string all;
  char bytes[4096];
  for (ssize_t size; (size = read(descriptor, bytes, sizeof bytes)) > 0;) all.append(bytes, size);
  close(descriptor);

  EXPECT_THAT(all, testing::ContainsRegex("/one.*\r\n.*"));
  EXPECT_LT(all.find("\r\n\r\n/one"), all.find("\r\n\r\n/two"));
  EXPECT_THAT(all, HasSubstr("\r\n\r\n/two"));
  EXPECT_THAT(all, HasSubstr("HTTP/1.1 405 "));
}

TEST_F(Http, ServerRefusesGarbageAndEndlessHeaders) {
  const auto server = *Server::listen(loop_, {}, {});
  for (const auto& [request, status] :
       {std::pair<std::string, std::string>("hello\r\n\r\n", "HTTP/1.1 400 "),
        {"GET / HTTP/1.1\r\nX: " + std::string(80'000, 'x'), "HTTP/1.1 431 "}}) {
    const int descriptor = connect_raw(server->port());
    write_all(descriptor, request);
    EXPECT_THAT(read_head(descriptor), testing::StartsWith(status));
    close(descriptor);
  }
}

}  // namespace
}  // namespace daedalus
