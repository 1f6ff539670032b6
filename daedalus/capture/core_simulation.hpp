#pragma once

#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "daedalus/capture/core.hpp"
#include "daedalus/capture/simulated_venue.hpp"

namespace daedalus {

/// What a simulation hands out, in order. Unset ones are passed over.
struct SimulationHooks {
  std::function<void(const std::string& segment)> on_segment_begin;
  std::function<void(std::string_view line, const Record& record)> on_record;
  std::function<void(const std::string& segment)> on_segment_end;
  std::function<void(const CoreFact&)> on_fact;
  std::function<void()> on_tick;  ///< Each second of simulated time.
};

/// Binds the real capture core to a simulated venue and a simulated clock: one thread, no socket,
/// no waiting. The same venue and options give the same records.
class CoreSimulation : private CoreActions {
 public:
  /// The venue must outlive the simulation.
  CoreSimulation(CoreOptions options, SimulatedVenue& venue, UnixNanos start,
                 SimulationHooks hooks);

  /// Runs everything that is due up to and with `until`.
  void run_until(UnixNanos until);
  /// Something else than the venue happens to the core, now.
  void happen(CoreInput input);
  /// The wall clock steps; simulated time itself goes on evenly.
  void step_wall_clock(Nanoseconds by) { wall_offset_ += by; }

  UnixNanos now() const { return now_; }
  const CaptureCore& core() const { return core_; }

 private:
  struct Pending {
    UnixNanos time;
    int64_t order = 0;
    CoreInput input;
    bool operator<(const Pending& other) const {
      return std::pair(time, order) > std::pair(other.time, other.order);
    }
  };

  void begin_segment(const std::string& name) override;
  void append(std::string_view line, const Record& record) override;
  void end_segment(const std::string& name) override;
  void open_connection(int64_t link, const std::string& url) override;
  void close_connection(int64_t link) override;
  void send_frame(int64_t link, const std::string& text) override;
  void http_get(int64_t request, const std::string& url) override;
  void tell(const CoreFact& fact) override;

  CoreTime core_time() const;
  void later(Nanoseconds delay, CoreInput input);
  void take_venue_events();
  void take_pending();
  UnixNanos deadline() const;

  SimulatedVenue& venue_;  ///< Of the caller; outlives this.
  SimulationHooks hooks_;
  UnixNanos start_;
  UnixNanos now_;
  UnixNanos next_tick_;
  Nanoseconds wall_offset_{0};
  std::priority_queue<Pending> pending_;
  int64_t order_ = 0;
  std::set<int64_t> open_;  ///< Links that may deliver.
  CaptureCore core_;
};

}  // namespace daedalus
