#include "daedalus/capture/sealing_thread.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace daedalus {
namespace {

constexpr int kLowestPriority = 19;

/// Of this thread alone: Linux counts a thread as a process here.
void lower_priority() {
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kLowestPriority);
}

}  // namespace

SealingThread::SealingThread(std::map<std::string, SealOptions> sources, SealingHandlers handlers)
    : handlers_(std::move(handlers)) {
  for (auto& [source, options] : sources) sealers_.emplace(source, Sealer(std::move(options)));
  thread_ = std::thread([this] { run(); });
}

SealingThread::~SealingThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    work_.notify_one();
  }
  thread_.join();
}

void SealingThread::add(const std::string& source, const std::string& segment) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back({source, segment});
  work_.notify_one();
}

bool SealingThread::idle() const {
  return waiting() == 0;
}

size_t SealingThread::waiting() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

void SealingThread::run() {
  lower_priority();
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
    if (ending_) return;
    const Task task = tasks_.front();
    lock.unlock();
    Result<SealedSegment> sealed = sealers_.at(task.source).seal(task.segment);
    if (sealed) {
      if (handlers_.on_sealed) handlers_.on_sealed(*sealed);
    } else if (handlers_.on_error) {
      handlers_.on_error(task.segment, sealed.error());
    }
    lock.lock();
    tasks_.pop_front();
  }
}

}  // namespace daedalus
