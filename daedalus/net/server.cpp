#include "daedalus/net/server.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "daedalus/net/io_loop_inner.hpp"
#include "daedalus/net/server_connection.hpp"
#include "daedalus/net/tls.hpp"
#include "daedalus/net/websocket_channel.hpp"

namespace daedalus {
namespace {

using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;

/// How long to wait where the process has no descriptor left for another connection.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

class Session : public ServerSession {
 public:
  Session(IoLoop::Inner& inner, uint64_t id) : inner_(inner), id_(id) {}

  void send(std::string text) override {
    if (const auto open = channel()) open->send(std::move(text), false);
  }
  void send_binary(std::string bytes) override {
    if (const auto open = channel()) open->send(std::move(bytes), true);
  }
  size_t pending_bytes() const override {
    const auto open = channel();
    return open ? open->pending_bytes() : 0;
  }
  void close() override {
    if (auto open = channel()) asio::post(inner_.context, [open] { open->close(); });
  }
  void abort() override {
    if (auto open = channel()) {
      asio::post(inner_.context, [open] { open->abort("dropped by this server"); });
    }
  }
  uint64_t id() const override { return id_; }

  bool opened = false;  ///< Loop's thread only: the upgrade came about.

  /// Null when the connection has ended.
  std::shared_ptr<WebSocketChannel> channel() const {
    const std::lock_guard lock(mutex_);
    return channel_;
  }
  std::shared_ptr<WebSocketChannel> set_channel(std::shared_ptr<WebSocketChannel> channel) {
    const std::lock_guard lock(mutex_);
    return std::exchange(channel_, std::move(channel));
  }

 private:
  IoLoop::Inner& inner_;
  const uint64_t id_;
  mutable std::mutex mutex_;
  std::shared_ptr<WebSocketChannel> channel_;  ///< Guarded by mutex_.
};

/// The listening socket and all that came in through it; loop's thread only.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(IoLoop& loop, ServerOptions options, ServerHandlers handlers)
      : loop_(loop),
        options_(std::move(options)),
        handlers_(std::move(handlers)),
        acceptor_(loop.inner().executor()),
        pause_(loop.inner().executor()) {}

  Result<void> open() {
    if (!options_.certificate_file.empty()) {
      DAEDALUS_TRY(tls_, make_server_context(options_.certificate_file, options_.private_key_file));
    }
    error_code failed;
    const auto address = asio::ip::make_address(options_.address, failed);
    if (failed) return fail(ErrorKind::io, "not an IP address to listen on: {}", options_.address);
    const Tcp::endpoint where(address, options_.port);
    acceptor_.open(where.protocol(), failed);
    if (!failed) acceptor_.set_option(Acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(where, failed);
    if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed == asio::error::address_in_use) {
      return fail(ErrorKind::io, "port {} of {} is in use", options_.port, options_.address);
    }
    if (failed) {
      return fail(ErrorKind::io, "cannot listen on port {} of {}: {}", options_.port,
                  options_.address, failed.message());
    }
    port_ = acceptor_.local_endpoint(failed).port();
    return {};
  }

  uint16_t port() const { return port_; }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code failed, Socket socket) {
      if (self->over_) return;
      if (!failed) self->take(std::move(socket));
      if (failed != asio::error::no_descriptors && failed != asio::error::no_buffer_space) {
        return self->accept();
      }
      self->pause_.expires_after(kAcceptPause);
      self->pause_.async_wait([self](error_code cancelled) {
        if (!cancelled && !self->over_) self->accept();
      });
    });
  }

  void close_all() {
    over_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& connection : connections_) {
      if (const auto alive = connection.lock()) alive->abort();
    }
    for (auto& [id, session] : std::exchange(sessions_, {})) {
      if (const auto channel = session->set_channel(nullptr)) channel->abandon();
    }
  }

 private:
  void take(Socket socket) {
    const auto self = shared_from_this();
    std::erase_if(connections_, [](const auto& connection) { return connection.expired(); });
    connections_.push_back(ServerConnection::start(
        loop_, std::move(socket), tls_,
        {.on_http =
             [self](const ServerRequest& request, std::function<void(HttpResponse)> answer) {
               if (self->over_ || !self->handlers_.on_http) return answer({.status = 404});
               self->handlers_.on_http(request, std::move(answer));
             },
         .on_upgrade =
             [self](const ServerRequest& request) {
               if (self->over_) return 503;
               return self->handlers_.on_upgrade ? self->handlers_.on_upgrade(request) : 0;
             },
         .on_websocket =
             [self](std::unique_ptr<Transport> transport, const ServerRequest& request) {
               self->open_session(std::move(transport), request);
             }}));
  }

  void open_session(std::unique_ptr<Transport> transport, const ServerRequest& request) {
    const auto self = shared_from_this();
    const uint64_t id = ++last_id_;
    auto session = std::make_shared<Session>(loop_.inner(), id);
    const std::weak_ptr<Session> weak = session;
    auto channel = WebSocketChannel::create(
        std::move(transport),
        {.deflate = options_.deflate, .close_patience = std::chrono::seconds(10), .peer = "client"},
        {.on_open =
             [self, weak, request] {
               const auto opened = weak.lock();
               if (!opened) return;
               opened->opened = true;
               if (self->handlers_.on_open) self->handlers_.on_open(opened, request);
             },
         .on_frame =
             [self, weak](std::string_view payload, bool) {
               const auto from = weak.lock();
               if (from && self->handlers_.on_frame) self->handlers_.on_frame(*from, payload);
               return true;
             },
         .on_closed = [self, id](const NetworkFailure&) { self->end_session(id); },
         .on_drained =
             [self, weak] {
               const auto drained = weak.lock();
               if (drained && self->handlers_.on_drained) self->handlers_.on_drained(*drained);
             }});
    session->set_channel(channel);
    sessions_[id] = session;
    channel->open_as_server();
  }

  void end_session(uint64_t id) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return;
    const std::shared_ptr<Session> session = std::move(found->second);
    sessions_.erase(found);
    session->set_channel(nullptr);
    if (session->opened && handlers_.on_closed) handlers_.on_closed(*session);
  }

  IoLoop& loop_;
  const ServerOptions options_;
  const ServerHandlers handlers_;
  std::shared_ptr<asio::ssl::context> tls_;
  Acceptor acceptor_;
  asio::steady_timer pause_;
  uint16_t port_ = 0;
  uint64_t last_id_ = 0;
  bool over_ = false;
  std::vector<std::weak_ptr<ServerConnection>> connections_;
  std::map<uint64_t, std::shared_ptr<Session>> sessions_;
};

class ListeningServer : public Server {
 public:
  ListeningServer(IoLoop& loop, std::shared_ptr<Listener> listener)
      : inner_(loop.inner()), listener_(std::move(listener)) {
    asio::post(inner_.context, [listener = listener_] { listener->accept(); });
  }
  ~ListeningServer() override {
    inner_.run_and_wait([this] { listener_->close_all(); });
  }
  uint16_t port() const override { return listener_->port(); }

 private:
  IoLoop::Inner& inner_;
  const std::shared_ptr<Listener> listener_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(IoLoop& loop, ServerOptions options,
                                               ServerHandlers handlers) {
  auto listener = std::make_shared<Listener>(loop, std::move(options), std::move(handlers));
  DAEDALUS_OK(listener->open());
  return std::make_unique<ListeningServer>(loop, std::move(listener));
}

}  // namespace daedalus
