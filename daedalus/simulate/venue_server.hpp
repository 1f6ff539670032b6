#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/base/time.hpp"

namespace daedalus {

/// Where a played venue puts what it says; real sockets or simulated time are behind it.
class VenueOutbox {
 public:
  virtual ~VenueOutbox() = default;
  virtual void send(int64_t connection, std::string frame, UnixNanos time) = 0;
  virtual void close(int64_t connection, std::string_view why, UnixNanos time) = 0;
  virtual void answer(int64_t request, int status, std::string body, UnixNanos time) = 0;
  /// A client does not read as fast as it is sent to: send no more data until it did.
  virtual bool is_full() const { return false; }
};

/// A venue as its clients see it: a state machine without sockets and clock. Times never go back.
class VenueServer {
 public:
  virtual ~VenueServer() = default;

  /// A WebSocket client connected to this path and query; `connection` is new each time.
  virtual void on_open(int64_t connection, std::string_view target, UnixNanos now,
                       VenueOutbox& out) = 0;
  virtual void on_frame(int64_t connection, std::string_view text, UnixNanos now,
                        VenueOutbox& out) = 0;
  virtual void on_closed(int64_t connection) = 0;
  /// A REST question; it is answered once, now or in a later call.
  virtual void on_http(int64_t request, std::string_view target, UnixNanos now,
                       VenueOutbox& out) = 0;
  /// When something may happen of itself; absent: never, unless a client does something.
  virtual std::optional<UnixNanos> next_time() const = 0;
  /// Lets all happen that is due up to and with `until`, or until the outbox is full.
  virtual void advance(UnixNanos until, VenueOutbox& out) = 0;
};

}  // namespace daedalus
