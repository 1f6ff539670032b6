#include "daedalus/book/price_levels.hpp"

#include <algorithm>
#include <utility>

namespace daedalus {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kNoKey = std::numeric_limits<int64_t>::max();

/// `step` or 0, without a branch: which way a search turns is not predictable.
size_t step_if(bool condition, size_t step) {
  return step & (size_t{0} - static_cast<size_t>(condition));
}

/// Index of the first key that is not less than `key`.
size_t first_not_less(const PriceLevels::Leaf& leaf, int64_t key) {
  const int64_t* base = leaf.keys.data();
  for (size_t step = (PriceLevels::kLeafLevels + 1) / 2; step > 0; step /= 2) {
    base += step_if(base[step - 1] < key, step);
  }
  return static_cast<size_t>(base - leaf.keys.data());
}

}  // namespace

size_t PriceLevels::find_leaf(int64_t key) const {
  const int64_t* base = lower_.data();
  for (size_t count = lower_.size(); count > 1; count -= count / 2) {
    base += step_if(base[count / 2] <= key, count / 2);
  }
  return static_cast<size_t>(base - lower_.data());
}

int64_t PriceLevels::set(int64_t key, int64_t size) {
  if (directory_.empty() || key > best_key()) {
    if (size != 0) append(key, size);
    return 0;
  }
  if (last_place_ >= lower_.size() || !holds(last_place_, key)) last_place_ = find_leaf(key);
  return set_at(last_place_, first_not_less(leaves_[directory_[last_place_]], key), key, size);
}

int64_t PriceLevels::set_at(size_t place, size_t index, int64_t key, int64_t size) {
  Leaf& leaf = leaves_[directory_[place]];
  const bool is_known = index < leaf.count && leaf.keys[index] == key;
  if (is_known && size != 0) return std::exchange(leaf.sizes[index], size);
  if (is_known) return remove(place, index);
  if (size != 0) insert(place, index, key, size);
  return 0;
}

void PriceLevels::set_descending(std::span<Change> changes) {
  while (!changes.empty()) {
    if (directory_.empty() || changes[0].key > best_key()) {
      changes[0].before = set(changes[0].key, changes[0].size);
      changes = changes.subspan(1);
    } else {
      changes = changes.subspan(set_some(changes));
    }
  }
}

size_t PriceLevels::set_some(std::span<Change> changes) {
  constexpr size_t kTogether = 8;
  const size_t count = std::min(changes.size(), kTogether);
  std::array<int64_t, kTogether> wanted;
  for (size_t i = 0; i < kTogether; ++i) wanted[i] = changes[std::min(i, count - 1)].key;
  // Unrolled, all that a search knows stays in registers.
  std::array<const int64_t*, kTogether> found;
  found.fill(lower_.data());
  for (size_t leaves = lower_.size(); leaves > 1; leaves -= leaves / 2) {
#pragma GCC unroll 8
    for (size_t i = 0; i < kTogether; ++i) {
      found[i] += step_if(found[i][leaves / 2] <= wanted[i], leaves / 2);
    }
  }
  std::array<size_t, kTogether> places;
  for (size_t i = 0; i < kTogether; ++i) {
    places[i] = static_cast<size_t>(found[i] - lower_.data());
    found[i] = leaves_[directory_[places[i]]].keys.data();
  }
  for (size_t step = (kLeafLevels + 1) / 2; step > 0; step /= 2) {
#pragma GCC unroll 8
    for (size_t i = 0; i < kTogether; ++i) {
      found[i] += step_if(found[i][step - 1] < wanted[i], step);
    }
  }
  // A change moves only what is above it, and so nothing that is still to come, unless leaves are
  // split or joined.
  const size_t leaves = directory_.size();
  for (size_t i = 0; i < count; ++i) {
    const int64_t* keys = leaves_[directory_[places[i]]].keys.data();
    changes[i].before =
        set_at(places[i], static_cast<size_t>(found[i] - keys), changes[i].key, changes[i].size);
    if (directory_.size() != leaves) return i + 1;
  }
  return count;
}

void PriceLevels::append(int64_t key, int64_t size) {
  if (directory_.empty() || best_leaf().count >= kFilledLevels) add_best_leaf(key);
  Leaf& leaf = leaves_[directory_.back()];
  leaf.keys[leaf.count] = key;
  leaf.sizes[leaf.count] = size;
  ++leaf.count;
  ++levels_;
}

PriceLevels::Leaf& PriceLevels::add_best_leaf(int64_t first_key) {
  const uint32_t leaf = take_leaf();
  lower_.push_back(directory_.empty() ? kLowest : first_key);
  directory_.push_back(leaf);
  return leaves_[leaf];
}

void PriceLevels::clear() {
  for (const uint32_t leaf : directory_) free_leaf(leaf);
  directory_.clear();
  lower_.clear();
  levels_ = 0;
}

int64_t PriceLevels::size_at(int64_t key) const {
  if (directory_.empty()) return 0;
  const Leaf& leaf = leaves_[directory_[find_leaf(key)]];
  const size_t index = first_not_less(leaf, key);
  return index < leaf.count && leaf.keys[index] == key ? leaf.sizes[index] : 0;
}

void PriceLevels::scale_by(int64_t key_factor, int64_t size_factor) {
  for (const uint32_t index : directory_) {
    Leaf& leaf = leaves_[index];
    for (size_t i = 0; i < leaf.count; ++i) {
      leaf.keys[i] *= key_factor;
      leaf.sizes[i] *= size_factor;
    }
  }
  // Bounds between leaves may name keys that are gone, so they are taken anew.
  for (size_t i = 1; i < lower_.size(); ++i) lower_[i] = leaves_[directory_[i]].keys[0];
}

uint32_t PriceLevels::take_leaf() {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(leaves_.size()));
    leaves_.emplace_back().keys.fill(kNoKey);
  }
  const uint32_t leaf = free_.back();
  free_.pop_back();
  return leaf;
}

void PriceLevels::free_leaf(uint32_t index) {
  Leaf& leaf = leaves_[index];
  std::fill_n(leaf.keys.data(), leaf.count, kNoKey);
  leaf.count = 0;
  free_.push_back(index);
}

void PriceLevels::insert(size_t place, size_t index, int64_t key, int64_t size) {
  if (leaves_[directory_[place]].count == kLeafLevels) {
    split(place);
    const size_t kept = leaves_[directory_[place]].count;
    if (index > kept) {
      ++place;
      index -= kept;
    }
  }
  Leaf& leaf = leaves_[directory_[place]];
  std::copy_backward(leaf.keys.data() + index, leaf.keys.data() + leaf.count,
                     leaf.keys.data() + leaf.count + 1);
  std::copy_backward(leaf.sizes.data() + index, leaf.sizes.data() + leaf.count,
                     leaf.sizes.data() + leaf.count + 1);
  leaf.keys[index] = key;
  leaf.sizes[index] = size;
  ++leaf.count;
  ++levels_;
}

void PriceLevels::split(size_t place) {
  const uint32_t upper_index = take_leaf();
  Leaf& lower = leaves_[directory_[place]];
  Leaf& upper = leaves_[upper_index];
  const size_t kept = kLeafLevels / 2;
  upper.count = lower.count - kept;
  std::copy_n(lower.keys.data() + kept, upper.count, upper.keys.data());
  std::copy_n(lower.sizes.data() + kept, upper.count, upper.sizes.data());
  std::fill_n(lower.keys.data() + kept, upper.count, kNoKey);
  lower.count = kept;
  const auto offset = static_cast<std::ptrdiff_t>(place) + 1;
  directory_.insert(directory_.begin() + offset, upper_index);
  lower_.insert(lower_.begin() + offset, upper.keys[0]);
}

int64_t PriceLevels::remove(size_t place, size_t index) {
  Leaf& leaf = leaves_[directory_[place]];
  const int64_t size = leaf.sizes[index];
  std::copy(leaf.keys.data() + index + 1, leaf.keys.data() + leaf.count, leaf.keys.data() + index);
  std::copy(leaf.sizes.data() + index + 1, leaf.sizes.data() + leaf.count,
            leaf.sizes.data() + index);
  --leaf.count;
  --levels_;
  leaf.keys[leaf.count] = kNoKey;
  if (leaf.count == 0) {
    drop_leaf(place);
  } else if (leaf.count < kLeafLevels / 8) {
    merge_small(place);
  }
  return size;
}

void PriceLevels::merge_small(size_t place) {
  // Into the worse neighbour, or the better one into this: either way the upper leaf goes.
  const size_t upper_place = place == 0 ? 1 : place;
  if (upper_place >= directory_.size()) return;
  Leaf& lower = leaves_[directory_[upper_place - 1]];
  const Leaf& upper = leaves_[directory_[upper_place]];
  if (lower.count + upper.count > kLeafLevels * 3 / 4) return;
  std::copy_n(upper.keys.data(), upper.count, lower.keys.data() + lower.count);
  std::copy_n(upper.sizes.data(), upper.count, lower.sizes.data() + lower.count);
  lower.count += upper.count;
  drop_leaf(upper_place);
}

void PriceLevels::drop_leaf(size_t place) {
  const auto offset = static_cast<std::ptrdiff_t>(place);
  free_leaf(directory_[place]);
  directory_.erase(directory_.begin() + offset);
  lower_.erase(lower_.begin() + offset);
  if (place == 0 && !lower_.empty()) lower_[0] = kLowest;
}

}  // namespace daedalus
