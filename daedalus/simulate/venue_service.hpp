#pragma once

#include <functional>
#include <memory>

#include "daedalus/net/server.hpp"
#include "daedalus/simulate/venue_server.hpp"

namespace daedalus {

/// A played venue on real sockets: WebSocket and REST on one port, plain or TLS. The venue runs on
/// the loop's thread; a client that reads too slowly holds it back.
class VenueService {
 public:
  /// `server` outlives the service; `clock` is the venue's. Errors: io.
  static Result<std::unique_ptr<VenueService>> start(IoLoop& loop, const ServerOptions& options,
                                                     VenueServer& server,
                                                     std::function<UnixNanos()> clock);
  virtual ~VenueService() = default;

  virtual uint16_t port() const = 0;
  /// Runs `task` on the venue's thread and waits for it.
  virtual void run(const std::function<void(VenueOutbox&)>& task) = 0;
  /// Sent by the venue and not yet written to sockets. From within `run` only.
  virtual size_t pending_bytes() const = 0;
  virtual size_t connections() const = 0;
  /// Closes all connections in good order. From within `run` only.
  virtual void close_all() = 0;
};

}  // namespace daedalus
