#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/simulate/venue_server.hpp"
#include "daedalus/simulate/venue_wording.hpp"

namespace daedalus {

/// One WebSocket client and what it subscribed to.
struct ClientConnection {
  int64_t id = 0;
  bool raw_streams = false;  ///< Its frames come without the stream's name around them.
  int64_t next_number = 0;   ///< Count of its next frame, where the venue numbers them.
  std::set<AskedStream> streams;
};

/// What a request changed for a connection.
struct RequestOutcome {
  bool understood = false;
  ClientRequest request;
  std::vector<AskedStream> added;
  std::vector<AskedStream> removed;
  std::vector<std::string> unknown_symbols;
};

/// The connections of a played venue: their subscriptions, and their frames with count and shape.
class ClientConnections {
 public:
  explicit ClientConnections(const VenueWording& wording) : wording_(wording) {}

  ClientConnection& open(int64_t id, std::string_view target);
  void close(int64_t id) { connections_.erase(id); }
  ClientConnection* find(int64_t id);
  const std::map<int64_t, ClientConnection>& all() const { return connections_; }
  std::map<int64_t, ClientConnection>& all() { return connections_; }

  /// The streams in a connect URL, taken at once. Not understood: there are none.
  RequestOutcome read_target(ClientConnection& connection, std::string_view target,
                             const std::set<std::string, std::less<>>* known_symbols);
  /// A subscribe or unsubscribe frame. Symbols outside of `known_symbols` (absent: all are known)
  /// are not subscribed where the venue refuses them.
  RequestOutcome read_frame(ClientConnection& connection, std::string_view frame,
                            const std::set<std::string, std::less<>>* known_symbols);

  /// Sends with the connection's next number, and without wrapping where it has none.
  void send(ClientConnection& connection, std::string_view frame, UnixNanos now, VenueOutbox& out);

 private:
  RequestOutcome take(ClientConnection& connection, ClientRequest request,
                      const std::set<std::string, std::less<>>* known_symbols);

  const VenueWording& wording_;
  std::map<int64_t, ClientConnection> connections_;
};

/// The inside of `{"stream":"...","data":<inside>}`; any other frame as it is.
std::string_view without_stream_wrapping(std::string_view frame);

}  // namespace daedalus
