#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daedalus/base/time.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// Asked versus flowing: what a source subscribed to and whether data of it came since.
/// Times are monotonic.
class FlowTable {
 public:
  /// Subscribed (again): must deliver from now on.
  void ask(const Subscription& stream, Nanoseconds now);
  /// Its connection is gone.
  void lose(const Subscription& stream);
  /// The venue will not deliver it on this connection.
  void refuse(const Subscription& stream);
  /// True if these are its first data since it was asked for.
  bool on_data(const Subscription& stream);

  bool refused(const Subscription& stream) const;
  bool flowing(const Subscription& stream) const;
  size_t flowing_count() const { return flowing_; }

  /// Streams asked for at least `patience` ago without any data since, and not named within
  /// `repeat`. Sorted; they count as named now.
  std::vector<Subscription> take_silent(Nanoseconds now, Nanoseconds patience, Nanoseconds repeat);

 private:
  enum class State { unasked, asked, flowing, refused };
  struct Stream {
    State state = State::unasked;
    Nanoseconds asked{0};
    std::optional<Nanoseconds> named;
  };
  using Channels = std::array<Stream, 4>;  ///< By Channel.

  Stream& at(const Subscription& stream);
  const Stream* find(const Subscription& stream) const;
  void change(Stream& stream, State to);

  std::unordered_map<std::string, Channels> streams_;  ///< By native symbol.
  size_t flowing_ = 0;
};

}  // namespace daedalus
