#pragma once

#include "daedalus/net/asio.hpp"

#include <functional>
#include <memory>
#include <string>

#include "daedalus/net/client.hpp"
#include "daedalus/net/proxy.hpp"
#include "daedalus/net/transport.hpp"
#include "daedalus/net/url.hpp"

namespace daedalus {

struct ConnectTarget {
  Url url;
  NetworkOptions network;
  bool tunnel_plain = true;  ///< CONNECT also for ws://; false: the proxy is asked by full URLs.
};

struct Connected {
  std::unique_ptr<Transport> transport;
  std::optional<Proxy> spoken_to;  ///< Set where requests go to a proxy, with full URLs.
};

/// One way to a server: name, TCP, proxy tunnel, TLS with its checks. Loop's thread only.
class Connector {
 public:
  using Done = std::function<void(std::unique_ptr<Connected>, const NetworkFailure&)>;

  virtual ~Connector() = default;
  /// `done` runs once, with a connection or with why not; not after `cancel`.
  static std::shared_ptr<Connector> start(IoLoop& loop, ConnectTarget target, Done done);
  virtual void cancel() = 0;
  /// What is being waited for: "resolving x", "connecting to x:443".
  virtual std::string phase() const = 0;
};

}  // namespace daedalus
