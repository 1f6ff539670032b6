#include "daedalus/net/asio.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "daedalus/base/version.hpp"
#include "daedalus/net/client.hpp"
#include "daedalus/net/connector.hpp"
#include "daedalus/net/failure_text.hpp"
#include "daedalus/net/http_head.hpp"
#include "daedalus/net/io_loop_inner.hpp"

namespace daedalus {
namespace {

namespace http = boost::beast::http;
using Done = std::function<void(Result<HttpResponse>)>;

/// One GET on its way; loop's thread only.
class Get : public std::enable_shared_from_this<Get> {
 public:
  Get(IoLoop& loop, HttpRequest request, Done done)
      : loop_(loop),
        request_(std::move(request)),
        done_(std::move(done)),
        patience_(loop.inner().executor()) {}

  void start() {
    auto url = parse_url(request_.url);
    if (!url) return finish(Failure(std::move(url).error()));
    if (url->scheme != "http" && url->scheme != "https") {
      return finish(fail(ErrorKind::config, "not an HTTP URL: {}", request_.url));
    }
    url_ = *std::move(url);
    patience_.expires_after(request_.timeout);
    patience_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->on_timeout();
    });
    connector_ = Connector::start(
        loop_, {.url = url_, .network = request_.network, .tunnel_plain = false},
        [weak = weak_from_this()](std::unique_ptr<Connected> done, const NetworkFailure& failed) {
          if (const auto self = weak.lock()) self->on_connected(std::move(done), failed);
        });
  }

 private:
  std::string request_text() const {
    const auto& proxy = connected_->spoken_to;
    std::string text = "GET ";
    if (proxy) text += url_.scheme + "://" + url_.host_header();
    text += fmt::format(
        "{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: daedalus/{}\r\nAccept: */*\r\n"
        "Accept-Encoding: identity\r\nConnection: close\r\n",
        url_.target, url_.host_header(), kVersion);
    if (proxy && !proxy->authorization.empty()) {
      text += "Proxy-Authorization: " + proxy->authorization + "\r\n";
    }
    if (!url_.credentials.empty()) text += "Authorization: " + basic_authorization(url_) + "\r\n";
    return text + "\r\n";
  }

  void on_connected(std::unique_ptr<Connected> done, const NetworkFailure& failed) {
    connector_.reset();
    if (!done_) return;
    if (!done) return finish(fail(ErrorKind::unavailable, "{}", failed.message));
    connected_ = std::move(done);
    text_ = request_text();
    parser_.body_limit(request_.body_limit_bytes);
    asio::async_write(*connected_->transport, asio::buffer(text_),
                      [self = shared_from_this()](error_code failed, size_t) {
                        if (failed) return self->on_answer(failed);
                        self->read();
                      });
  }

  void read() {
    http::async_read(
        *connected_->transport, buffer_, parser_,
        [self = shared_from_this()](error_code failed, size_t) { self->on_answer(failed); });
  }

  void on_answer(error_code failed) {
    if (!done_) return;
    const std::string name = url_.host_and_port();
    if (failed == http::error::body_limit) {
      return finish(fail(ErrorKind::unavailable,
                         "answer of {} is larger than the limit of {} bytes", name,
                         request_.body_limit_bytes));
    }
    if (failed == http::error::end_of_stream || failed == http::error::partial_message) {
      return finish(
          fail(ErrorKind::unavailable, "{} ended the connection within its answer", name));
    }
    if (failed) {
      return finish(
          fail(ErrorKind::unavailable, "no answer from {}: {}", name, socket_words(failed)));
    }
    auto& message = parser_.get();
    HttpResponse response{.status = static_cast<int>(message.result_int())};
    const auto after = message[http::field::retry_after];
    response.retry_after_s = parse_retry_after({after.data(), after.size()}, wall_clock_now());
    response.body = std::move(message.body());
    finish(std::move(response));
  }

  void on_timeout() {
    const std::string phase =
        connector_ ? connector_->phase() : "waiting for the answer of " + url_.host_and_port();
    finish(fail(ErrorKind::unavailable, "timed out after {:g} s: {}",
                static_cast<double>(request_.timeout.count()) / 1000, phase));
  }

  void finish(Result<HttpResponse> result) {
    const Done done = std::exchange(done_, nullptr);
    if (!done) return;
    patience_.cancel();
    if (connector_) connector_->cancel();
    connector_.reset();
    if (connected_) connected_->transport->close();
    done(std::move(result));
  }

  IoLoop& loop_;
  const HttpRequest request_;
  Done done_;
  Url url_;
  asio::steady_timer patience_;
  std::shared_ptr<Connector> connector_;
  std::unique_ptr<Connected> connected_;
  std::string text_;
  boost::beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

}  // namespace

void http_get(IoLoop& loop, HttpRequest request, std::function<void(Result<HttpResponse>)> done) {
  auto get = std::make_shared<Get>(loop, std::move(request), std::move(done));
  asio::post(loop.inner().context, [get] { get->start(); });
}

}  // namespace daedalus
