#include "daedalus/simulate/client_connections.hpp"

#include <algorithm>

namespace daedalus {

ClientConnection& ClientConnections::open(int64_t id, std::string_view target) {
  ClientConnection& connection = connections_[id];
  connection = {.id = id};
  const std::string_view path = target.substr(0, target.find('?'));
  connection.raw_streams =
      wording_.has_raw_streams() && (path.ends_with("/ws") || path.find("/ws/") != path.npos);
  return connection;
}

ClientConnection* ClientConnections::find(int64_t id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : &found->second;
}

RequestOutcome ClientConnections::read_target(
    ClientConnection& connection, std::string_view target,
    const std::set<std::string, std::less<>>* known_symbols) {
  auto request = wording_.exchange().read_connect_path(target);
  if (!request) return {};
  return take(connection, *std::move(request), known_symbols);
}

RequestOutcome ClientConnections::read_frame(
    ClientConnection& connection, std::string_view frame,
    const std::set<std::string, std::less<>>* known_symbols) {
  auto request = wording_.exchange().read_request(frame);
  if (!request) return {};
  return take(connection, *std::move(request), known_symbols);
}

RequestOutcome ClientConnections::take(ClientConnection& connection, ClientRequest request,
                                       const std::set<std::string, std::less<>>* known_symbols) {
  RequestOutcome outcome{.understood = true, .request = std::move(request)};
  for (size_t i = 0; i < outcome.request.subscriptions.size(); ++i) {
    const Subscription& subscription = outcome.request.subscriptions[i];
    AskedStream asked = wording_.asked_stream(subscription, outcome.request.stream_names[i]);
    const std::string& symbol = asked.id.symbol_native;
    if (known_symbols != nullptr && !symbol.empty() && !known_symbols->contains(symbol)) {
      std::vector<std::string>& unknown = outcome.unknown_symbols;
      if (std::find(unknown.begin(), unknown.end(), symbol) == unknown.end()) {
        unknown.push_back(symbol);
      }
      continue;
    }
    if (outcome.request.unsubscribe) {
      if (connection.streams.erase(asked) > 0) outcome.removed.push_back(std::move(asked));
    } else if (connection.streams.insert(asked).second) {
      outcome.added.push_back(std::move(asked));
    }
  }
  return outcome;
}

void ClientConnections::send(ClientConnection& connection, std::string_view frame, UnixNanos now,
                             VenueOutbox& out) {
  if (connection.raw_streams) frame = without_stream_wrapping(frame);
  if (!wording_.numbers_frames()) {
    out.send(connection.id, std::string(frame), now);
  } else if (wording_.number_of(frame) == connection.next_number) {
    out.send(connection.id, std::string(frame), now);
    ++connection.next_number;
  } else if (wording_.number_of(frame)) {
    out.send(connection.id, wording_.renumber(frame, connection.next_number++), now);
  } else {
    out.send(connection.id, std::string(frame), now);
  }
}

std::string_view without_stream_wrapping(std::string_view frame) {
  constexpr std::string_view kStream = "{\"stream\":\"";
  constexpr std::string_view kData = "\"data\":";
  if (!frame.starts_with(kStream) || !frame.ends_with("}}")) return frame;
  const size_t data = frame.find(kData, kStream.size());
  if (data == std::string_view::npos) return frame;
  return frame.substr(data + kData.size(), frame.size() - data - kData.size() - 1);
}

}  // namespace daedalus
