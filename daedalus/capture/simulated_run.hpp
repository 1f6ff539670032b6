#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daedalus/bronze/seal.hpp"
#include "daedalus/capture/core_simulation.hpp"
#include "daedalus/config/config.hpp"

namespace daedalus {

struct SimulatedRunOptions {
  Config config;  ///< `data_root` and `journal` are used.
  SourceConfig source;
  UnixNanos start;  ///< Of simulated time; later than what the source's journal holds.
  uint64_t seed = 1;
  Nanoseconds flush_every = std::chrono::seconds(10);  ///< Of simulated time.
};

/// A capture in simulated time: the real core against a simulated venue, with a real journal folder
/// and real sealing, on one thread, as fast as it goes. Destroyed without `finish`, it leaves what
/// a kill leaves: what was not flushed is gone.
class SimulatedRun {
 public:
  /// Recovers what lies there, as every start does. The venue must outlive the run.
  static Result<std::unique_ptr<SimulatedRun>> open(const SimulatedRunOptions& options,
                                                    SimulatedVenue& venue);
  ~SimulatedRun();

  Result<void> run_until(UnixNanos until);
  /// Stops in good order and seals what is left.
  Result<void> finish();

  CoreSimulation& simulation();
  const std::vector<CoreFact>& facts() const;
  /// Records of all segments sealed so far, recovered ones first.
  const std::vector<SegmentRecord>& sealed() const;

 private:
  struct Inner;
  explicit SimulatedRun(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
