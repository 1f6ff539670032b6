#include "daedalus/features/ranked_decimals.hpp"

#include <algorithm>
#include <numeric>

#include "daedalus/base/check.hpp"

namespace daedalus {
namespace {

template <class Block>
auto place_of(Block& block, Wide value) {
  return std::lower_bound(block.begin(), block.end(), value,
                          [](const auto& entry, Wide wanted) { return entry.value < wanted; });
}

}  // namespace

void RankedDecimals::raise_scale(int scale) {
  const int64_t factor = kPowersOfTen[scale - scale_];
  for (Block& block : blocks_) {
    for (Entry& entry : block) entry.value *= factor;
  }
  for (Wide& first : firsts_) first *= factor;
  scale_ = scale;
}

size_t RankedDecimals::block_of(Wide value) const {
  const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), value);
  return after == firsts_.begin() ? 0 : static_cast<size_t>(after - firsts_.begin()) - 1;
}

void RankedDecimals::add(const Decimal& decimal) {
  if (decimal.scale > scale_) raise_scale(decimal.scale);
  const Wide value = at_scale(decimal);
  ++size_;
  if (blocks_.empty()) {
    blocks_.push_back({{value, 1}});
    firsts_.push_back(value);
    counts_.push_back(1);
    return;
  }
  const size_t at = block_of(value);
  Block& block = blocks_[at];
  ++counts_[at];
  const auto place = place_of(block, value);
  if (place != block.end() && place->value == value) {
    ++place->count;
    return;
  }
  block.insert(place, {value, 1});
  firsts_[at] = block.front().value;
  if (block.size() > kMostEntries) split(at);
}

void RankedDecimals::split(size_t at) {
  Block& block = blocks_[at];
  const auto middle = block.begin() + static_cast<std::ptrdiff_t>(block.size() / 2);
  Block upper(middle, block.end());
  block.erase(middle, block.end());
  int64_t moved = 0;
  for (const Entry& entry : upper) moved += entry.count;
  const auto place = static_cast<std::ptrdiff_t>(at) + 1;
  counts_[at] -= moved;
  counts_.insert(counts_.begin() + place, moved);
  firsts_.insert(firsts_.begin() + place, upper.front().value);
  blocks_.insert(blocks_.begin() + place, std::move(upper));
}

void RankedDecimals::remove(const Decimal& decimal) {
  const Wide value = at_scale(decimal);
  DAEDALUS_CHECK(!blocks_.empty());
  const size_t at = block_of(value);
  Block& block = blocks_[at];
  const auto place = place_of(block, value);
  DAEDALUS_CHECK(place != block.end() && place->value == value);
  --size_;
  --counts_[at];
  if (--place->count > 0) return;
  block.erase(place);
  if (block.empty()) return drop(at);
  firsts_[at] = block.front().value;
  if (at + 1 < blocks_.size()) merge_with_next(at);
}

void RankedDecimals::drop(size_t at) {
  const auto place = static_cast<std::ptrdiff_t>(at);
  blocks_.erase(blocks_.begin() + place);
  firsts_.erase(firsts_.begin() + place);
  counts_.erase(counts_.begin() + place);
}

/// If both are small: so blocks stay few while values come and go.
void RankedDecimals::merge_with_next(size_t at) {
  Block& block = blocks_[at];
  const Block& next = blocks_[at + 1];
  if (block.size() + next.size() > kMostEntries / 2) return;
  block.insert(block.end(), next.begin(), next.end());
  counts_[at] += counts_[at + 1];
  drop(at + 1);
}

void RankedDecimals::clear() {
  blocks_.clear();
  firsts_.clear();
  counts_.clear();
  size_ = 0;
}

RankedDecimals::Rank RankedDecimals::rank(const Decimal& decimal) const {
  Rank rank;
  if (blocks_.empty()) return rank;
  // A value with finer digits than all stands between two of them, or on one.
  const int64_t finer = decimal.scale > scale_ ? kPowersOfTen[decimal.scale - scale_] : 1;
  const Wide exact = finer == 1 ? at_scale(decimal) : static_cast<Wide>(decimal.mantissa);
  const Wide value = exact / finer;
  const bool is_between = value * finer != exact;
  const size_t at = block_of(value);
  const auto before = counts_.begin() + static_cast<std::ptrdiff_t>(at);
  rank.below = std::accumulate(counts_.begin(), before, int64_t{0});
  for (const Entry& entry : blocks_[at]) {
    if (entry.value > value) break;
    const bool is_equal = entry.value == value && !is_between;
    (is_equal ? rank.equal : rank.below) += entry.count;
  }
  return rank;
}

}  // namespace daedalus
