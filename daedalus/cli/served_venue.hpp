#pragma once

#include <functional>
#include <string>

#include "daedalus/base/error.hpp"
#include "daedalus/exchanges/exchange.hpp"
#include "daedalus/net/server.hpp"
#include "daedalus/simulate/venue_service.hpp"

namespace CLI {
class App;
}

namespace daedalus {

/// What the commands that play a venue have in common: where they listen.
struct ServedVenueArguments {
  ServerOptions server;
  std::string self_signed_folder;  ///< A certificate is written there and used.
  double duration_s = 0;           ///< 0: until SIGINT or SIGTERM.
};

void declare_served_venue(CLI::App& app, ServedVenueArguments& arguments);

/// Listens, prints the config lines that lead ingest there, and serves until the duration is over,
/// a stop signal, or `finished` (asked every 50 ms on the venue's thread). Errors: io, config.
Result<void> serve_venue(const ServedVenueArguments& arguments, const Exchange& exchange,
                         VenueServer& server, const std::function<UnixNanos()>& clock,
                         const std::function<bool(VenueService&, VenueOutbox&)>& finished);

}  // namespace daedalus
