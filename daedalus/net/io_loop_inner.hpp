#pragma once

#include "daedalus/net/asio.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "daedalus/net/io_loop.hpp"

namespace boost::asio::ssl {
class context;
}

namespace daedalus {

struct IoLoop::Inner {
  Inner();
  ~Inner();

  Executor executor() { return context.get_executor(); }
  bool on_thread() const { return std::this_thread::get_id() == thread.get_id(); }
  /// Runs `task` on the loop's thread and waits for it; at once if this is that thread or it ended.
  void run_and_wait(const std::function<void()>& task);

  /// CA bundles already read, by file; loop's thread only. Reading one takes some 20 ms.
  std::map<std::string, std::shared_ptr<asio::ssl::context>> trust;
  asio::io_context context{1};
  asio::executor_work_guard<Executor> work;
  std::atomic<bool> ended{false};
  std::thread thread;
};

}  // namespace daedalus
