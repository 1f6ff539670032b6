#pragma once

#include <functional>
#include <memory>

#include "daedalus/base/time.hpp"

namespace daedalus {

/// One thread that runs all sockets and timers given to it. Callbacks run on that thread. Clients,
/// servers and sessions go before their loop does.
class IoLoop {
 public:
  IoLoop();
  ~IoLoop();  ///< Stops and joins.
  IoLoop(const IoLoop&) = delete;

  /// Runs `task` on the loop's thread, soon.
  void post(std::function<void()> task);
  /// Runs `task` after `delay`.
  void after(Nanoseconds delay, std::function<void()> task);
  /// Ends the thread; pending operations are dropped.
  void stop();

  struct Inner;
  Inner& inner();

 private:
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
