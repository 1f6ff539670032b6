#include "daedalus/net/connector.hpp"

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

#include "daedalus/net/failure_text.hpp"
#include "daedalus/net/http_head.hpp"
#include "daedalus/net/io_loop_inner.hpp"
#include "daedalus/net/name_lookup.hpp"
#include "daedalus/net/tls.hpp"

namespace daedalus {
namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr size_t kReadBufferBytes = 256 * 1024;
constexpr auto kAddressPatience = std::chrono::seconds(3);
constexpr size_t kProxyAnswerLimit = 16 * 1024;

/// A step of the way: nothing, or why it ends here.
using Step = asio::awaitable<std::optional<NetworkFailure>>;

NetworkFailure failure(std::string message) {
  return {.message = std::move(message)};
}

class Way : public Connector, public std::enable_shared_from_this<Way> {
 public:
  Way(IoLoop::Inner& inner, ConnectTarget target, Done done)
      : inner_(inner),
        target_(std::move(target)),
        done_(std::move(done)),
        lookup_(inner.context),
        found_signal_(inner.executor()),
        connected_(std::make_unique<Connected>()) {}

  void start() {
    asio::co_spawn(
        inner_.executor(), [self = shared_from_this()] { return self->run(); }, asio::detached);
  }

  void cancel() override {
    done_ = nullptr;
    lookup_.cancel();
    found_signal_.cancel();
    if (connected_ && connected_->transport) connected_->transport->close();
  }

  std::string phase() const override { return phase_; }

 private:
  asio::awaitable<void> run() {
    const auto self = shared_from_this();
    std::optional<NetworkFailure> failed = co_await go();
    if (!done_) co_return;
    const Done done = std::exchange(done_, nullptr);
    if (failed) {
      connected_.reset();
      done(nullptr, *failed);
    } else {
      done(std::move(connected_), {});
    }
  }

  Step go() {
    auto proxy = choose_proxy(target_.url, target_.network.proxy, process_environment);
    if (!proxy) co_return failure(proxy.error().message);
    const Url& next = *proxy ? (**proxy).url : target_.url;
    std::optional<NetworkFailure> failed = co_await reach(next, proxy->has_value());
    if (failed) co_return failed;
    if (*proxy && (target_.url.secure() || target_.tunnel_plain)) {
      failed = co_await tunnel(**proxy);
      if (failed) co_return failed;
    } else if (*proxy) {
      connected_->spoken_to = **proxy;
    }
    if (target_.url.secure()) failed = co_await secure();
    co_return failed;
  }

  Step reach(const Url& next, bool is_proxy) {
    const std::string kind = is_proxy ? "proxy " : "";
    phase_ = "resolving " + kind + next.host;
    found_signal_.expires_at(asio::steady_timer::time_point::max());
    lookup_.start(next.host, next.port, [this](NameLookup::Found found) {
      found_ = std::move(found);
      found_signal_.cancel();
    });
    co_await found_signal_.async_wait(kAwait);
    if (!found_.failure.empty()) {
      co_return failure(fmt::format("cannot resolve {}{}: {}", kind, next.host, found_.failure));
    }
    phase_ = "connecting to " + kind + next.host_and_port();
    error_code failed = asio::error::host_not_found;
    for (size_t left = found_.endpoints.size(); const auto& endpoint : found_.endpoints) {
      if (!done_) break;
      failed = co_await connect_one(endpoint, --left > 0);
      if (!failed) co_return std::nullopt;
    }
    co_return failure(fmt::format("cannot connect to {}{}: {}", kind, next.host_and_port(),
                                  socket_words(failed)));
  }

  /// An address that does not answer at all is given up early where there are others to try.
  asio::awaitable<error_code> connect_one(Tcp::endpoint where, bool others_left) {
    connected_->transport =
        std::make_unique<Transport>(Socket(inner_.executor()), kReadBufferBytes);
    Socket& socket = connected_->transport->socket();
    asio::steady_timer patience(inner_.executor());
    auto gave_up = std::make_shared<bool>(false);
    if (others_left) {
      patience.expires_after(kAddressPatience);
      patience.async_wait([gave_up, &socket](error_code cancelled) {
        if (cancelled || *gave_up) return;
        *gave_up = true;
        socket.cancel(cancelled);
      });
    }
    auto [failed] = co_await socket.async_connect(where, kAwait);
    if (*gave_up) failed = asio::error::timed_out;
    *gave_up = true;
    if (!failed) socket.set_option(Tcp::no_delay(true), failed);
    co_return failed;
  }

  Step tunnel(const Proxy& proxy) {
    phase_ = fmt::format("asking proxy {} for {}", proxy.url.host_and_port(),
                         target_.url.host_and_port());
    const std::string to = target_.url.host_and_port();
    std::string text = fmt::format("CONNECT {} HTTP/1.1\r\nHost: {}\r\n", to, to);
    if (!proxy.authorization.empty()) {
      text += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    }
    text += "\r\n";
    Transport& transport = *connected_->transport;
    auto [unsent, sent] = co_await asio::async_write(transport, asio::buffer(text), kAwait);
    std::string answer;
    size_t end = std::string::npos;
    error_code failed = unsent;
    while (!failed && end == std::string::npos && answer.size() < kProxyAnswerLimit) {
      char piece[2048];
      auto [unread, size] = co_await transport.async_read_some(asio::buffer(piece), kAwait);
      failed = unread;
      answer.append(piece, size);
      end = answer.find("\r\n\r\n");
    }
    co_return judge_tunnel(proxy, failed, answer, end);
  }

  std::optional<NetworkFailure> judge_tunnel(const Proxy& proxy, error_code failed,
                                             const std::string& answer, size_t end) {
    const std::string name = proxy.url.host_and_port();
    if (failed) return failure(fmt::format("proxy {}: {}", name, socket_words(failed)));
    const bool whole = end != std::string::npos;
    const auto head = parse_http_head(std::string_view(answer).substr(0, whole ? end + 4 : 0));
    int status = 0;
    if (head) {
      std::from_chars(head->second.data(), head->second.data() + head->second.size(), status);
    }
    if (status < 100) {
      return failure(fmt::format("proxy {} does not answer in HTTP", name));
    }
    if (status / 100 != 2) {
      return failure(fmt::format("proxy {} refused the way to {}: {} {}", name,
                                 target_.url.host_and_port(), status, head->third));
    }
    connected_->transport->unread(std::string_view(answer).substr(end + 4));
    return std::nullopt;
  }

  Result<std::shared_ptr<asio::ssl::context>> trusted() {
    auto& known = inner_.trust[target_.network.ca_file];
    if (!known) {
      auto made = make_client_context(target_.network.ca_file);
      if (!made) return Failure(std::move(made).error());
      known = *std::move(made);
    }
    return known;
  }

  Step secure() {
    const std::string& host = target_.url.host;
    phase_ = "TLS handshake with " + host;
    auto context = trusted();
    if (!context) co_return failure(context.error().message);
    auto& tls = connected_->transport->start_tls(*context);
    if (!expect_host(tls, host)) co_return failure("host name cannot be checked: " + host);
    auto [failed] = co_await tls.async_handshake(asio::ssl::stream_base::client, kAwait);
    if (!failed) co_return std::nullopt;
    std::string words = certificate_words(host, SSL_get_verify_result(tls.native_handle()));
    if (words.empty()) {
      words = fmt::format("TLS handshake with {} failed: {}", target_.url.host_and_port(),
                          socket_words(failed));
    }
    co_return failure(std::move(words));
  }

  IoLoop::Inner& inner_;
  const ConnectTarget target_;
  Done done_;
  std::string phase_ = "starting";
  NameLookup lookup_;
  NameLookup::Found found_;
  asio::steady_timer found_signal_;  ///< Never expires: cancelled when `found_` is there.
  std::unique_ptr<Connected> connected_;
};

}  // namespace

std::shared_ptr<Connector> Connector::start(IoLoop& loop, ConnectTarget target, Done done) {
  auto way = std::make_shared<Way>(loop.inner(), std::move(target), std::move(done));
  way->start();
  return way;
}

}  // namespace daedalus
