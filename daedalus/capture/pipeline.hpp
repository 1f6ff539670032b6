#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/capture/fact_log.hpp"
#include "daedalus/capture/process_lock.hpp"
#include "daedalus/capture/sealing_thread.hpp"
#include "daedalus/capture/source_runner.hpp"
#include "daedalus/config/config.hpp"

namespace daedalus {

/// Makes who hears a source's rows, after what an earlier process left was sealed. Null: nobody.
using RowTapMaker = std::function<Result<std::unique_ptr<RowTap>>(const SourcePlan&)>;

/// A whole capture process: one loop for all sockets, a runner for each source, sealing behind
/// them.
class Pipeline {
 public:
  /// Takes the data root's lock, seals what an earlier process left, then connects. `make_tap`:
  /// who hears the rows. Errors: io, config.
  static Result<std::unique_ptr<Pipeline>> start(const Config& config,
                                                 const std::vector<SourcePlan>& plans,
                                                 const RowTapMaker& make_tap = nullptr);
  /// Stops in good order first, if that has not been done.
  ~Pipeline();

  /// In good order: stop reading, journal what was read, close the segments, seal them. Returns at
  /// once.
  void stop(const std::string& why);
  /// All sources have ended and everything is sealed.
  bool finished() const;
  /// Something of ours failed (disk, sealing): the process should end with an error.
  bool failed() const { return failed_; }
  /// One line a source, with rates since the call before.
  std::vector<std::string> statistics_lines();
  const SourceRunner& source(size_t index) const { return *runners_[index]; }

 private:
  Pipeline(const Config& config, ProcessLock lock);

  Result<void> recover(const std::map<std::string, SealOptions>& sealing);
  Result<void> start_source(const SourcePlan& plan, const RowTapMaker& make_tap);
  void on_error(const std::string& what, const Error& error);

  const Config config_;
  const DataRoot root_;
  ProcessLock lock_;
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopping_{false};
  std::unique_ptr<SealingThread> sealing_;
  IoLoop loop_;
  std::vector<std::unique_ptr<FactLog>> fact_logs_;
  std::vector<std::unique_ptr<RowTap>> taps_;
  std::vector<std::unique_ptr<SourceRunner>> runners_;
  std::vector<std::string> names_;

  struct Counted {
    int64_t frames = 0;
    int64_t bytes = 0;
  };
  std::vector<Counted> counted_;
  std::chrono::steady_clock::time_point counted_at_;
};

}  // namespace daedalus
