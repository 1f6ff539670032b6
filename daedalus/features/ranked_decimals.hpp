#pragma once

#include <vector>

#include "daedalus/features/exact.hpp"

namespace daedalus {

/// A bag of exact decimals that can be asked where a value would stand in it. Kept as short sorted
/// blocks of (value, how often): adding, removing and asking cost the square root of the number of
/// different values, whatever order they come in; see docs/decisions.
class RankedDecimals {
 public:
  struct Rank {
    int64_t below = 0;
    int64_t equal = 0;
  };

  void add(const Decimal& value);
  /// Of a value that is in it.
  void remove(const Decimal& value);
  void clear();
  Rank rank(const Decimal& value) const;
  int64_t size() const { return size_; }

 private:
  struct Entry {
    Wide value = 0;
    int64_t count = 0;
  };
  using Block = std::vector<Entry>;  ///< Ascending, never empty.
  static constexpr size_t kMostEntries = 64;

  /// In units of `scale_`; the scale must not be finer.
  Wide at_scale(const Decimal& value) const {
    return static_cast<Wide>(value.mantissa) * kPowersOfTen[scale_ - value.scale];
  }
  void raise_scale(int scale);
  /// The block that holds the value, or would.
  size_t block_of(Wide value) const;
  void split(size_t block);
  void drop(size_t block);
  void merge_with_next(size_t block);

  int scale_ = 0;
  int64_t size_ = 0;
  std::vector<Block> blocks_;
  std::vector<Wide> firsts_;     ///< Each block's least value.
  std::vector<int64_t> counts_;  ///< Each block's number of values.
};

}  // namespace daedalus
