#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace daedalus {

/// Where threads meet: first in, first out, bounded by the cost that each item is pushed with
/// (bytes, as a rule). When full, `push` waits: back-pressure, nothing is ever dropped. An item
/// larger than the bound is taken when the queue is empty.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t cost_limit) : cost_limit_(cost_limit) {}

  /// Waits for room. False if the queue was closed: the item is not taken.
  bool push(T item, size_t cost) {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [&] { return closed_ || fits(cost); });
    return enqueue(std::move(item), cost);
  }

  /// Takes the item only if there is room now; else, or if the queue was closed, `item` is
  /// untouched and the result is false.
  bool try_push(T& item, size_t cost) {
    std::unique_lock lock(mutex_);
    return !closed_ && fits(cost) && enqueue(std::move(item), cost);
  }

  /// Takes the item beyond the bound: for what may never wait (timer ticks, control).
  bool push_always(T item, size_t cost) {
    std::unique_lock lock(mutex_);
    return enqueue(std::move(item), cost);
  }

  /// Everything queued, after waiting up to `patience` for something. Empty on time-out, or when
  /// the queue is closed and drained.
  std::vector<T> pop_all(std::chrono::nanoseconds patience) {
    std::deque<Entry> entries;  // Taken out of the lock's time: pushing threads do not wait for it.
    {
      std::unique_lock lock(mutex_);
      has_items_.wait_for(lock, patience, [&] { return closed_ || !items_.empty(); });
      entries.swap(items_);
      cost_ = 0;
      has_room_.notify_all();
    }
    std::vector<T> taken;
    taken.reserve(entries.size());
    for (Entry& entry : entries) taken.push_back(std::move(entry.item));
    return taken;
  }

  /// Refuses further items; what is queued can still be popped.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    has_room_.notify_all();
    has_items_.notify_all();
  }

  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  size_t cost() const {
    const std::lock_guard lock(mutex_);
    return cost_;
  }
  size_t cost_limit() const { return cost_limit_; }

 private:
  struct Entry {
    T item;
    size_t cost;
  };

  bool fits(size_t cost) const { return items_.empty() || cost_ + cost <= cost_limit_; }

  bool enqueue(T item, size_t cost) {
    if (closed_) return false;
    items_.push_back({std::move(item), cost});
    cost_ += cost;
    has_items_.notify_one();
    return true;
  }

  const size_t cost_limit_;
  mutable std::mutex mutex_;
  std::condition_variable has_room_;
  std::condition_variable has_items_;
  std::deque<Entry> items_;  ///< Guarded by mutex_.
  size_t cost_ = 0;          ///< Guarded by mutex_. Sum over items_.
  bool closed_ = false;      ///< Guarded by mutex_.
};

}  // namespace daedalus
