#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace daedalus {

/// A queue whose items keep their number while they are in it: the n-th that ever came is `[n]`.
/// Grows by doubling; what takes from the front keeps it bounded.
template <class T>
class Ring {
 public:
  int64_t first() const { return first_; }
  /// The number that the next item gets.
  int64_t end() const { return end_; }
  bool empty() const { return first_ == end_; }
  size_t size() const { return static_cast<size_t>(end_ - first_); }

  const T& operator[](int64_t number) const {
    return items_[static_cast<size_t>(number) & (items_.size() - 1)];
  }
  T& operator[](int64_t number) {
    return items_[static_cast<size_t>(number) & (items_.size() - 1)];
  }
  const T& back() const { return (*this)[end_ - 1]; }

  void push_back(const T& item) {
    if (size() == items_.size()) grow();
    items_[static_cast<size_t>(end_++) & (items_.size() - 1)] = item;
  }
  void pop_front() { ++first_; }
  void drop_before(int64_t number) { first_ = number; }
  /// Numbers go on.
  void clear() { first_ = end_; }
  /// Empty, the next item to be `number`, with room for so many.
  void restart_at(int64_t number, size_t room = 0) {
    first_ = end_ = number;
    if (room > items_.size()) items_ = std::vector<T>(std::bit_ceil(room));
  }

 private:
  void grow() {
    std::vector<T> wider(items_.empty() ? 16 : items_.size() * 2);
    for (int64_t i = first_; i < end_; ++i) {
      wider[static_cast<size_t>(i) & (wider.size() - 1)] = (*this)[i];
    }
    items_ = std::move(wider);
  }

  std::vector<T> items_;  ///< Its size is a power of two, or none yet.
  int64_t first_ = 0;
  int64_t end_ = 0;
};

}  // namespace daedalus
