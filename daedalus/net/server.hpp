#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"
#include "daedalus/net/client.hpp"
#include "daedalus/net/io_loop.hpp"

namespace daedalus {

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;             ///< 0: any free one.
  std::string certificate_file;  ///< PEM chain; empty: plain.
  std::string private_key_file;
  bool deflate = true;  ///< Accept permessage-deflate where the client offers it.
};

/// One WebSocket client of ours. All members may be called from any thread.
class ServerSession {
 public:
  virtual ~ServerSession() = default;
  virtual void send(std::string text) = 0;
  virtual void send_binary(std::string bytes) = 0;
  /// Queued and not yet written; servers hold back over some MiB.
  virtual size_t pending_bytes() const = 0;
  virtual void close() = 0;
  /// Drops the TCP connection without a close handshake.
  virtual void abort() = 0;
  virtual uint64_t id() const = 0;
};

struct ServerRequest {
  std::string target;  ///< Path and query.
};

/// All run on the loop's thread.
struct ServerHandlers {
  /// Answers a plain HTTP GET, now or later, once.
  std::function<void(const ServerRequest&, std::function<void(HttpResponse)> answer)> on_http;
  /// Non-zero refuses the upgrade with that HTTP status. Unset: all are taken.
  std::function<int(const ServerRequest&)> on_upgrade;
  std::function<void(std::shared_ptr<ServerSession>, const ServerRequest&)> on_open;
  std::function<void(ServerSession&, std::string_view frame)> on_frame;
  std::function<void(ServerSession&)> on_closed;
  /// The session's queue fell under 1 MiB again.
  std::function<void(ServerSession&)> on_drained;
};

/// A WebSocket and HTTP server on one port.
class Server {
 public:
  /// Errors: io, naming address and port ("port 8080 of 127.0.0.1 is in use").
  static Result<std::unique_ptr<Server>> listen(IoLoop& loop, ServerOptions options,
                                                ServerHandlers handlers);
  virtual ~Server() = default;  ///< Closes all.
  virtual uint16_t port() const = 0;
};

/// Writes a self-signed certificate for localhost and 127.0.0.1 and its key (for tests and the
/// demo). Errors: io.
Result<void> write_self_signed_certificate(const std::string& certificate_file,
                                           const std::string& private_key_file);

}  // namespace daedalus
