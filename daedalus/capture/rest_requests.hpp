#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/base/time.hpp"
#include "daedalus/capture/pacing.hpp"
#include "daedalus/net/backoff.hpp"

namespace daedalus {

struct RestOptions {
  int snapshot_weight = 0;
  int weight_per_minute = 0;
  size_t in_flight = 4;  ///< Requests without answer at a time.
  Nanoseconds answer_within = std::chrono::seconds(20);
  BackoffOptions backoff{.base = std::chrono::seconds(1), .cap = std::chrono::seconds(60)};
};

/// What is asked: a symbol's book image, or the list of instruments (then `symbol_native` is
/// empty).
struct RestRequest {
  int64_t id = 0;
  std::string symbol_native;
};

/// The queue of a source's REST requests: one a symbol at a time, within the venue's weight, few in
/// flight, repeated with growing waits, all held back while the venue says so. Times are monotonic.
class RestRequests {
 public:
  explicit RestRequests(const RestOptions& options);

  void want_instruments(Nanoseconds now);
  /// Asks for a book image, not before `not_before`. A symbol that already waits keeps the earlier
  /// of both times.
  void want_snapshot(const std::string& symbol_native, Nanoseconds not_before);
  /// Asks again because an image was of no use: after a growing wait. `random` is in [0, 1).
  void repeat_snapshot(const std::string& symbol_native, Nanoseconds now, double random);
  /// Asks for a book that lost its way: at once the first time, after a growing wait as long as no
  /// image helps.
  void want_resync(const std::string& symbol_native, Nanoseconds now, double random);
  /// It is needed no more (book live, connection gone). A request in flight stays.
  void forget_snapshot(const std::string& symbol_native);
  bool waits(const std::string& symbol_native) const;

  /// Requests to send now; they are in flight from here on.
  std::vector<RestRequest> take_due(Nanoseconds now);
  /// In flight for too long: wanted again. Their answers may still come.
  std::vector<RestRequest> take_overdue(Nanoseconds now, double random);
  /// An answer or failure came. Unless `good`, the request is wanted again. Absent: unknown id.
  std::optional<RestRequest> on_answer(int64_t id, bool good, Nanoseconds now, double random);
  /// No request leaves before `until`.
  void hold_until(Nanoseconds until);

  /// When take_due or take_overdue may have something; absent: not of its own accord.
  std::optional<Nanoseconds> next_deadline(Nanoseconds now);
  size_t waiting_count() const { return wanted_.size(); }

 private:
  struct InFlight {
    RestRequest request;
    Nanoseconds deadline{0};
    bool overdue = false;
  };

  RestOptions options_;
  WeightWindow weight_;
  std::map<std::string, Nanoseconds> wanted_;  ///< Symbol (empty: instruments) -> not before.
  std::map<std::string, Backoff> backoffs_;    ///< Since the symbol's last success.
  std::map<int64_t, InFlight> in_flight_;
  int64_t next_id_ = 1;
  Nanoseconds held_until_{0};
};

}  // namespace daedalus
