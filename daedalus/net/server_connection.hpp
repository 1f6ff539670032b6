#pragma once

#include "daedalus/net/asio.hpp"

#include <functional>
#include <memory>

#include "daedalus/net/server.hpp"
#include "daedalus/net/transport.hpp"

namespace daedalus {

/// One accepted TCP connection until it ends or becomes a WebSocket: TLS handshake, then plain
/// GETs. Loop's thread only.
class ServerConnection {
 public:
  struct Events {
    std::function<void(const ServerRequest&, std::function<void(HttpResponse)>)> on_http;
    std::function<int(const ServerRequest&)> on_upgrade;
    /// The transport reads the upgrade request again.
    std::function<void(std::unique_ptr<Transport>, ServerRequest)> on_websocket;
  };

  virtual ~ServerConnection() = default;
  static std::shared_ptr<ServerConnection> start(IoLoop& loop, Socket socket,
                                                 std::shared_ptr<asio::ssl::context> tls,
                                                 Events events);
  virtual void abort() = 0;
};

}  // namespace daedalus
