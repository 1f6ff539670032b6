#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "daedalus/bronze/seal.hpp"

namespace daedalus {

/// On the sealing thread.
struct SealingHandlers {
  std::function<void(const SealedSegment& sealed)> on_sealed;
  std::function<void(const std::string& segment, const Error& error)> on_error;
};

/// Seals closed segments behind the capture's back, at the lowest priority, one after the other in
/// the order they closed. What fails stays in active/ for the next recovery.
class SealingThread {
 public:
  /// One entry a source.
  SealingThread(std::map<std::string, SealOptions> sources, SealingHandlers handlers);
  ~SealingThread();  ///< Drops what has not begun; the next start seals it.

  void add(const std::string& source, const std::string& segment);
  bool idle() const;
  size_t waiting() const;

 private:
  struct Task {
    std::string source;
    std::string segment;
  };
  void run();

  std::map<std::string, Sealer> sealers_;  ///< The thread's own.
  const SealingHandlers handlers_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Task> tasks_;  ///< Guarded by mutex_. The first one is being sealed.
  bool ending_ = false;     ///< Guarded by mutex_.
  std::thread thread_;
};

}  // namespace daedalus
