#include "daedalus/net/server_connection.hpp"

#include <boost/asio/write.hpp>
#include <utility>

#include "daedalus/base/version.hpp"
#include "daedalus/net/http_head.hpp"
#include "daedalus/net/io_loop_inner.hpp"
#include "daedalus/net/tls.hpp"

namespace daedalus {
namespace {

constexpr size_t kReadBufferBytes = 16 * 1024;
constexpr size_t kHeadLimitBytes = 64 * 1024;
constexpr auto kRequestPatience = std::chrono::seconds(60);

class Incoming : public ServerConnection, public std::enable_shared_from_this<Incoming> {
 public:
  Incoming(IoLoop& loop, Socket socket, Events events)
      : loop_(loop),
        events_(std::move(events)),
        transport_(std::make_unique<Transport>(std::move(socket), kReadBufferBytes)),
        patience_(loop.inner().executor()) {}

  void start(const std::shared_ptr<asio::ssl::context>& tls) {
    error_code ignored;
    transport_->socket().set_option(Tcp::no_delay(true), ignored);
    await_patiently();
    if (!tls) return read();
    transport_->start_tls(tls).async_handshake(asio::ssl::stream_base::server,
                                               [self = shared_from_this()](error_code failed) {
                                                 if (failed) return self->abort();
                                                 self->read();
                                               });
  }

  void abort() override {
    patience_.cancel();
    if (transport_) transport_->close();
  }

 private:
  void await_patiently() {
    patience_.expires_after(kRequestPatience);
    patience_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->abort();
    });
  }

  void read() {
    transport_->async_read_some(asio::buffer(piece_),
                                [self = shared_from_this()](error_code failed, size_t size) {
                                  if (failed) return self->abort();
                                  self->received_.append(self->piece_.data(), size);
                                  self->look();
                                });
  }

  void look() {
    const size_t end = received_.find("\r\n\r\n");
    if (end == std::string::npos) {
      const bool is_text = received_.empty() || (received_[0] >= 'A' && received_[0] <= 'Z');
      if (is_text && received_.size() <= kHeadLimitBytes) return read();
      keep_open_ = false;
      return write({.status = is_text ? 431 : 400});  // 400: TLS that knocks at a plain port.
    }
    patience_.cancel();
    const auto head = parse_http_head(std::string_view(received_).substr(0, end + 4));
    keep_open_ = head && head->third == "HTTP/1.1" && !head->lists("connection", "close");
    if (!head || !head->third.starts_with("HTTP/1.")) {
      keep_open_ = false;
      return write({.status = 400, .body = "not an HTTP/1 request\n"});
    }
    const ServerRequest request{.target = head->second};
    if (head->lists("upgrade", "websocket")) return upgrade(request);
    received_.erase(0, end + 4);
    if (head->first != "GET") {
      keep_open_ = false;  // A body may follow.
      return write({.status = 405, .body = "only GET is answered\n"});
    }
    answer(request);
  }

  void upgrade(const ServerRequest& request) {
    const int refused = events_.on_upgrade ? events_.on_upgrade(request) : 0;
    if (refused != 0) {
      keep_open_ = false;
      return write({.status = refused, .body = std::string(http_reason(refused)) + "\n"});
    }
    transport_->unread(received_);
    const auto on_websocket = std::move(events_.on_websocket);
    on_websocket(std::move(transport_), request);
  }

  void answer(const ServerRequest& request) {
    if (!events_.on_http) return write({.status = 404});
    events_.on_http(request, [self = shared_from_this()](HttpResponse response) {
      auto shared = std::make_shared<HttpResponse>(std::move(response));
      asio::post(self->loop_.inner().context, [self, shared] { self->write(std::move(*shared)); });
    });
  }

  void write(HttpResponse response) {
    text_ =
        fmt::format("HTTP/1.1 {} {}\r\nServer: daedalus/{}\r\nContent-Type: application/json\r\n",
                    response.status, http_reason(response.status), kVersion);
    text_ += fmt::format("Content-Length: {}\r\n", response.body.size());
    if (response.retry_after_s)
      text_ += fmt::format("Retry-After: {}\r\n", *response.retry_after_s);
    text_ += keep_open_ ? "\r\n" : "Connection: close\r\n\r\n";
    text_ += response.body;
    asio::async_write(*transport_, asio::buffer(text_),
                      [self = shared_from_this()](error_code failed, size_t) {
                        if (failed) return self->abort();
                        self->on_written();
                      });
  }

  void on_written() {
    text_.clear();
    if (keep_open_) {
      await_patiently();
      return look();
    }
    error_code ignored;
    transport_->socket().shutdown(Socket::shutdown_send, ignored);
    drain();
  }

  /// Reads on until the other side ends, or the answer could be lost to a reset.
  void drain() {
    await_patiently();
    transport_->async_read_some(asio::buffer(piece_),
                                [self = shared_from_this()](error_code failed, size_t) {
                                  if (failed) return self->abort();
                                  self->drain();
                                });
  }

  IoLoop& loop_;
  Events events_;
  std::unique_ptr<Transport> transport_;
  asio::steady_timer patience_;
  std::string received_;
  std::array<char, 4096> piece_{};
  std::string text_;
  bool keep_open_ = false;
};

}  // namespace

std::shared_ptr<ServerConnection> ServerConnection::start(IoLoop& loop, Socket socket,
                                                          std::shared_ptr<asio::ssl::context> tls,
                                                          Events events) {
  auto connection = std::make_shared<Incoming>(loop, std::move(socket), std::move(events));
  connection->start(tls);
  return connection;
}

}  // namespace daedalus
