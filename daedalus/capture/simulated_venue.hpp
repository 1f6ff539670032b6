#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/time.hpp"

namespace daedalus {

/// What a simulated venue does to a connection of its own accord.
struct VenueEvent {
  enum class Kind { frame, closed };
  UnixNanos time;          ///< When it arrives at the client.
  int64_t connection = 0;  ///< As given to `on_connect`.
  Kind kind = Kind::frame;
  bool is_binary = false;
  std::string text;  ///< The frame; of `closed`: why.
};

/// How a simulated venue takes a connect.
struct ConnectAnswer {
  Nanoseconds delay{0};    ///< Until the client knows.
  int refused_status = 0;  ///< HTTP status of the refusal. 0 with an empty `message`: it stands.
  std::optional<int64_t> retry_after_s;
  std::string message;  ///< Why not, for people.
};

/// A REST answer; the body is as of the moment of the question.
struct HttpAnswer {
  Nanoseconds delay{0};  ///< Until it arrives at the client.
  int status = 200;      ///< 0: no answer at all, `body` says why.
  std::string body;
  std::optional<int64_t> retry_after_s;
};

/// The other end of a simulated run: plays the exchange for the real capture core, in simulated
/// time, on one thread. Deterministic: the same calls give the same answers. Times never go back.
class SimulatedVenue {
 public:
  virtual ~SimulatedVenue() = default;

  /// The client connects to `url` (ws://...); `connection` is new each time. Where the connection
  /// stands, its frames follow through `take_until`, none earlier than now + delay.
  virtual ConnectAnswer on_connect(int64_t connection, std::string_view url, UnixNanos now) = 0;
  /// The client sent a text frame (subscribe, ...).
  virtual void on_frame_sent(int64_t connection, std::string_view text, UnixNanos now) = 0;
  /// The client closed it: nothing of it may follow.
  virtual void on_client_closed(int64_t connection, UnixNanos now) = 0;
  /// The client asks for `url` (whole, with query).
  virtual HttpAnswer on_http(std::string_view url, UnixNanos now) = 0;

  /// When the next event is due; absent: none unless the client does something.
  virtual std::optional<UnixNanos> next_event_time() = 0;
  /// All events up to and with `until`, in order of time.
  virtual std::vector<VenueEvent> take_until(UnixNanos until) = 0;
};

}  // namespace daedalus
