#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/capture/simulated_venue.hpp"
#include "daedalus/simulate/random_source.hpp"
#include "daedalus/simulate/venue_server.hpp"

namespace daedalus {

/// How a simulated network treats its client.
struct SimulatedNetworkOptions {
  uint64_t seed = 1;
  Nanoseconds latency{20'000'000};  ///< Of each frame; order is kept.
  Nanoseconds connect_delay{60'000'000};
  Nanoseconds least_http_delay{80'000'000};      ///< A REST answer takes between this
  Nanoseconds greatest_http_delay{300'000'000};  ///< and this, even over the span.
  /// Connections fall at random moments, on average so long after they stood; 0: never.
  Nanoseconds mean_connection_life{0};
};

/// A played venue behind a network without sockets, in simulated time: what the capture core is
/// bound to in `daedalus demo` and in tests. Deterministic.
class SimulatedNetwork final : public SimulatedVenue {
 public:
  SimulatedNetwork(std::unique_ptr<VenueServer> server, const SimulatedNetworkOptions& options);
  ~SimulatedNetwork() override;

  ConnectAnswer on_connect(int64_t connection, std::string_view url, UnixNanos now) override;
  void on_frame_sent(int64_t connection, std::string_view text, UnixNanos now) override;
  void on_client_closed(int64_t connection, UnixNanos now) override;
  HttpAnswer on_http(std::string_view url, UnixNanos now) override;
  std::optional<UnixNanos> next_event_time() override;
  std::vector<VenueEvent> take_until(UnixNanos until) override;

  /// Drops a connection at a moment of the caller's choice.
  void drop(int64_t connection, UnixNanos when);

 private:
  class Wire;

  std::unique_ptr<VenueServer> server_;
  SimulatedNetworkOptions options_;
  RandomSource random_;
  std::unique_ptr<Wire> wire_;
  std::map<UnixNanos, int64_t> falls_;  ///< When which connection falls.
  int64_t next_request_ = 1;
};

}  // namespace daedalus
