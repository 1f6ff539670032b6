#include "daedalus/net/io_loop.hpp"

#include <future>
#include <utility>

#include "daedalus/base/check.hpp"
#include "daedalus/net/io_loop_inner.hpp"

namespace daedalus {

IoLoop::Inner::Inner() : work(context.get_executor()) {
  thread = std::thread([this] {
    context.run();
    ended = true;
  });
}

IoLoop::Inner::~Inner() {
  DAEDALUS_CHECK(!on_thread());
  context.stop();
  if (thread.joinable()) thread.join();
}

void IoLoop::Inner::run_and_wait(const std::function<void()>& task) {
  if (on_thread() || ended) {
    task();
    return;
  }
  struct Shared {
    std::promise<void> done;
    std::atomic<bool> taken{false};
  };
  auto shared = std::make_shared<Shared>();
  auto done = shared->done.get_future();
  asio::post(context, [shared, &task] {
    if (shared->taken.exchange(true)) return;
    task();
    shared->done.set_value();
  });
  while (done.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
    // The loop was stopped in between: nobody else runs the task now.
    if (ended && !shared->taken.exchange(true)) {
      task();
      return;
    }
  }
}

IoLoop::IoLoop() : inner_(std::make_unique<Inner>()) {}

IoLoop::~IoLoop() = default;

void IoLoop::post(std::function<void()> task) {
  asio::post(inner_->context, std::move(task));
}

void IoLoop::after(Nanoseconds delay, std::function<void()> task) {
  auto timer = std::make_shared<asio::steady_timer>(inner_->context, delay);
  timer->async_wait([timer, task = std::move(task)](error_code failed) {
    if (!failed) task();
  });
}

void IoLoop::stop() {
  inner_->context.stop();
  if (!inner_->on_thread() && inner_->thread.joinable()) inner_->thread.join();
}

IoLoop::Inner& IoLoop::inner() {
  return *inner_;
}

}  // namespace daedalus
