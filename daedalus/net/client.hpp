#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/net/io_loop.hpp"

namespace daedalus {

/// How clients reach the world; from the config, else the usual environment variables
/// (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE), else the system's CA bundle.
struct NetworkOptions {
  std::string proxy;    ///< "http://host:port"; empty: from the environment.
  std::string ca_file;  ///< PEM; empty: from the environment, else the system's.
};

/// Why a connection did not come about or ended.
struct NetworkFailure {
  std::string message;  ///< For people: "cannot resolve ...", "certificate of ... expired".
  int http_status = 0;  ///< Of a refused WebSocket upgrade; 0: none.
  std::optional<int64_t> retry_after_s;
  std::string body;  ///< The beginning of a refusal's body, up to 4 KiB.
};

struct WebSocketOptions {
  std::string url;  ///< ws:// or wss://.
  NetworkOptions network;
  bool deflate = true;                           ///< Offer permessage-deflate.
  size_t frame_limit_bytes = size_t{256} << 20;  ///< A larger message ends the connection.
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds ping_interval{20'000};  ///< 0: none. Pings are always answered.
  std::chrono::milliseconds silence_limit{60'000};  ///< Nothing at all received: ends. 0: never.
};

/// All run on the loop's thread.
struct WebSocketHandlers {
  std::function<void()> on_open;
  /// `payload` holds during the call only. False: stop reading until `resume_reading`; the frame
  /// itself must have been taken.
  std::function<bool(std::string_view payload, bool is_binary)> on_frame;
  /// Exactly once, whether it ever opened or not; nothing follows.
  std::function<void(const NetworkFailure& why)> on_closed;
};

/// One client connection. Destroying it closes the socket at once, without on_closed.
class WebSocketClient {
 public:
  static std::unique_ptr<WebSocketClient> connect(IoLoop& loop, WebSocketOptions options,
                                                  WebSocketHandlers handlers);
  virtual ~WebSocketClient() = default;
  virtual void send(std::string text) = 0;  ///< From any thread; in order.
  virtual void resume_reading() = 0;        ///< From any thread.
  virtual void close() = 0;                 ///< Close handshake (2 s at most), then on_closed.
};

struct HttpRequest {
  std::string url;  ///< http:// or https://.
  NetworkOptions network;
  std::chrono::milliseconds timeout{15'000};
  size_t body_limit_bytes = size_t{256} << 20;
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::optional<int64_t> retry_after_s;
};

/// GET. `done` runs once on the loop's thread; an HTTP error status is a response, no failure.
/// Errors: unavailable.
void http_get(IoLoop& loop, HttpRequest request, std::function<void(Result<HttpResponse>)> done);

}  // namespace daedalus
