#include <mutex>
#include <utility>

#include "daedalus/net/client.hpp"
#include "daedalus/net/connector.hpp"
#include "daedalus/net/io_loop_inner.hpp"
#include "daedalus/net/websocket_channel.hpp"

namespace daedalus {
namespace {

/// A connection on its way and then open; loop's thread only, but for `send`.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoLoop& loop, WebSocketOptions options, WebSocketHandlers handlers)
      : loop_(loop),
        options_(std::move(options)),
        handlers_(std::move(handlers)),
        patience_(loop.inner().executor()) {
    if (!handlers_.on_frame) handlers_.on_frame = [](std::string_view, bool) { return true; };
  }

  void start() {
    auto url = parse_url(options_.url);
    if (url && url->scheme != "ws" && url->scheme != "wss") {
      url = fail(ErrorKind::config, "not a WebSocket URL (ws:// or wss:// is meant): {}",
                 options_.url);
    }
    if (!url) return finish({.message = url.error().message});
    url_ = *std::move(url);
    patience_.expires_after(options_.connect_timeout);
    patience_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->on_timeout();
    });
    connector_ = Connector::start(
        loop_, {.url = url_, .network = options_.network},
        [weak = weak_from_this()](std::unique_ptr<Connected> done, const NetworkFailure& failed) {
          if (const auto self = weak.lock()) self->on_connected(std::move(done), failed);
        });
  }

  void send(std::string text) {
    std::shared_ptr<WebSocketChannel> channel;
    {
      const std::lock_guard lock(mutex_);
      if (!channel_) {
        if (!over_) early_.push_back(std::move(text));
        return;
      }
      channel = channel_;
    }
    channel->send(std::move(text), false);
  }

  void resume_reading() {
    if (channel_) channel_->resume_reading();
  }

  void close() {
    if (channel_) {
      channel_->close();
    } else {
      finish({.message = "closed on request"});
    }
  }

  void abandon() {
    handlers_.on_closed = nullptr;
    if (channel_) channel_->abandon();
    finish({});
  }

 private:
  void on_timeout() {
    const std::string phase =
        connector_ ? connector_->phase() : "WebSocket handshake with " + url_.host;
    finish({.message =
                fmt::format("timed out after {:g} s: {}",
                            static_cast<double>(options_.connect_timeout.count()) / 1000, phase)});
  }

  void on_connected(std::unique_ptr<Connected> done, const NetworkFailure& failed) {
    connector_.reset();
    if (over_) return;
    if (!done) return finish(failed);
    const auto self = shared_from_this();
    const std::lock_guard lock(mutex_);
    channel_ = WebSocketChannel::create(
        std::move(done->transport),
        {.deflate = options_.deflate,
         .frame_limit_bytes = options_.frame_limit_bytes,
         .ping_interval = options_.ping_interval,
         .silence_limit = options_.silence_limit,
         .peer = "server"},
        {.on_open = [self] { self->on_open(); },
         .on_frame = handlers_.on_frame,
         .on_closed = [self](const NetworkFailure& why) { self->finish(why); }});
    for (std::string& text : early_) channel_->send(std::move(text), false);
    early_.clear();
    channel_->open_as_client(url_.host_header(), url_.target);
  }

  void on_open() {
    patience_.cancel();
    if (handlers_.on_open) handlers_.on_open();
  }

  void finish(const NetworkFailure& why) {
    std::shared_ptr<WebSocketChannel> channel;
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(over_, true)) return;
      channel = std::exchange(channel_, nullptr);
      early_.clear();
    }
    patience_.cancel();
    if (connector_) connector_->cancel();
    connector_.reset();
    if (channel) channel->abandon();
    const auto on_closed = std::exchange(handlers_.on_closed, nullptr);
    if (on_closed) on_closed(why);
  }

  IoLoop& loop_;
  const WebSocketOptions options_;
  WebSocketHandlers handlers_;
  Url url_;
  asio::steady_timer patience_;
  std::shared_ptr<Connector> connector_;

  std::mutex mutex_;
  std::shared_ptr<WebSocketChannel> channel_;  ///< Guarded by mutex_ where `send` meets it.
  std::vector<std::string> early_;  ///< Guarded by mutex_. Sent before there was a channel.
  bool over_ = false;               ///< Guarded by mutex_.
};

class Client : public WebSocketClient {
 public:
  Client(IoLoop& loop, WebSocketOptions options, WebSocketHandlers handlers)
      : inner_(loop.inner()),
        connection_(std::make_shared<Connection>(loop, std::move(options), std::move(handlers))) {
    asio::post(inner_.context, [connection = connection_] { connection->start(); });
  }

  ~Client() override {
    inner_.run_and_wait([this] { connection_->abandon(); });
  }

  void send(std::string text) override { connection_->send(std::move(text)); }

  void resume_reading() override {
    asio::post(inner_.context, [connection = connection_] { connection->resume_reading(); });
  }

  void close() override {
    asio::post(inner_.context, [connection = connection_] { connection->close(); });
  }

 private:
  IoLoop::Inner& inner_;
  const std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<WebSocketClient> WebSocketClient::connect(IoLoop& loop, WebSocketOptions options,
                                                          WebSocketHandlers handlers) {
  return std::make_unique<Client>(loop, std::move(options), std::move(handlers));
}

}  // namespace daedalus
