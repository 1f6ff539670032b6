#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace daedalus {

/// The levels of one side, sorted by key, in leaves of at most kLeafLevels with a small directory:
/// a change moves at most one leaf. A greater key is a better level, so the best stands at the very
/// end, where most changes are. Keys must not be the smallest or the greatest int64.
class PriceLevels {
 public:
  /// One less than a power of two: each search takes the same steps.
  static constexpr size_t kLeafLevels = 127;
  /// How many go into a leaf that is filled in order.
  static constexpr size_t kFilledLevels = kLeafLevels * 3 / 4;

  struct Leaf {
    size_t count = 0;
    std::array<int64_t, kLeafLevels> keys;  ///< Those behind `count` are greater than any key.
    std::array<int64_t, kLeafLevels> sizes;
  };

  struct Change {
    int64_t key = 0;
    int64_t size = 0;
    int64_t before = 0;  ///< Filled by `set_descending`.
  };

  /// Size 0 removes; removing an unknown key does nothing. Gives the size before, 0 if none.
  int64_t set(int64_t key, int64_t size);
  /// The same for keys that descend strictly. Faster: their searches go on side by side, where one
  /// alone mostly waits for memory.
  void set_descending(std::span<Change> changes);
  /// Adds a level that is better than all others: for loading in order.
  void append(int64_t key, int64_t size);
  /// All levels anew, the best first: `key_at(i)` descends strictly, no `size_at(i)` is 0. Calls
  /// `changed(key, before, after)` for each size that this changes, from the best on.
  template <class KeyAt, class SizeAt, class Changed>
  void replace(size_t count, KeyAt&& key_at, SizeAt&& size_at, Changed&& changed) {
    const size_t kept = replace_sizes(count, key_at, size_at, changed);
    if (kept == count && kept == levels_) return;
    compare_from(kept, count, key_at, size_at, changed);
    assign(count, key_at, size_at);
  }
  void clear();

  size_t size() const { return levels_; }
  bool empty() const { return levels_ == 0; }
  int64_t best_key() const { return best_leaf().keys[best_leaf().count - 1]; }
  int64_t best_size() const { return best_leaf().sizes[best_leaf().count - 1]; }
  /// 0 if the key is no level.
  int64_t size_at(int64_t key) const;

  /// Calls `visit(key, size)` from the best on until it returns false.
  template <class Visit>
  void walk(Visit&& visit) const {
    for (size_t at = directory_.size(); at-- > 0;) {
      const Leaf& leaf = leaves_[directory_[at]];
      for (size_t i = leaf.count; i-- > 0;) {
        if (!visit(leaf.keys[i], leaf.sizes[i])) return;
      }
    }
  }

  /// Multiplies all keys and sizes; the caller knows that they fit.
  void scale_by(int64_t key_factor, int64_t size_factor);

 private:
  /// Most images have the prices of the one before: as far as they do, sizes change in their
  /// places. Gives how far.
  template <class KeyAt, class SizeAt, class Changed>
  size_t replace_sizes(size_t count, KeyAt&& key_at, SizeAt&& size_at, Changed&& changed) {
    size_t rank = 0;
    for (size_t at = directory_.size(); at-- > 0;) {
      Leaf& leaf = leaves_[directory_[at]];
      const size_t end = rank + std::min(leaf.count, count - rank);
      for (size_t i = leaf.count; rank < end; ++rank) {
        if (leaf.keys[--i] != key_at(rank)) return rank;
        const int64_t size = size_at(rank);
        if (leaf.sizes[i] == size) continue;
        changed(leaf.keys[i], std::exchange(leaf.sizes[i], size), size);
      }
    }
    return rank;
  }
  /// Calls `changed` for what differs from rank `first` on.
  template <class KeyAt, class SizeAt, class Changed>
  void compare_from(size_t first, size_t count, KeyAt&& key_at, SizeAt&& size_at,
                    Changed&& changed) const {
    size_t passed = 0;
    size_t next = first;
    walk([&](int64_t key, int64_t size) {
      if (passed++ < first) return true;
      for (; next < count && key_at(next) > key; ++next) changed(key_at(next), 0, size_at(next));
      const bool is_kept = next < count && key_at(next) == key;
      const int64_t now = is_kept ? size_at(next++) : 0;
      if (now != size) changed(key, size, now);
      return true;
    });
    for (; next < count; ++next) changed(key_at(next), 0, size_at(next));
  }
  template <class KeyAt, class SizeAt>
  void assign(size_t count, KeyAt&& key_at, SizeAt&& size_at) {
    clear();
    for (size_t left = count; left > 0;) {
      Leaf& leaf = add_best_leaf(key_at(left - 1));
      leaf.count = std::min(kFilledLevels, left);
      for (size_t i = 0; i < leaf.count; ++i, --left) {
        leaf.keys[i] = key_at(left - 1);
        leaf.sizes[i] = size_at(left - 1);
      }
    }
    levels_ = count;
  }
  const Leaf& best_leaf() const { return leaves_[directory_.back()]; }
  /// An empty one, for keys from `first_key` on.
  Leaf& add_best_leaf(int64_t first_key);
  /// Place in the directory of the leaf where `key` is or belongs.
  size_t find_leaf(int64_t key) const;
  bool holds(size_t place, int64_t key) const {
    return key >= lower_[place] && (place + 1 == lower_.size() || key < lower_[place + 1]);
  }
  /// As many of the first changes as can be searched for together; gives how many.
  size_t set_some(std::span<Change> changes);
  int64_t set_at(size_t place, size_t index, int64_t key, int64_t size);
  uint32_t take_leaf();
  void free_leaf(uint32_t index);
  void insert(size_t place, size_t index, int64_t key, int64_t size);
  void split(size_t place);
  int64_t remove(size_t place, size_t index);
  void merge_small(size_t place);
  void drop_leaf(size_t place);

  std::vector<Leaf> leaves_;         ///< In no order; the directory orders them.
  std::vector<uint32_t> free_;       ///< Empty leaves.
  std::vector<uint32_t> directory_;  ///< Leaves by ascending keys.
  std::vector<int64_t> lower_;       ///< Leaf i holds keys in [lower_[i], lower_[i + 1]).
  size_t levels_ = 0;
  size_t last_place_ = 0;  ///< Changes come sorted: where the last one was.
};

}  // namespace daedalus
