#pragma once

#include "daedalus/features/exact.hpp"
#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/ring.hpp"
#include "daedalus/market/side.hpp"

namespace daedalus {

/// Amounts in units of 10^-18, in which every Decimal is whole.
inline constexpr int kFineScale = kMaxDecimalScale;
/// Beyond every sum of amounts that means something: sums stop here.
inline constexpr Wide kMostFine = static_cast<Wide>(1e19) * kPowersOfTen[18] * 10;

inline Wide fine_amount(const Decimal& amount) {
  return static_cast<Wide>(amount.mantissa) * kPowersOfTen[kFineScale - amount.scale];
}
inline Wide add_fine(Wide a, Wide b) {
  return a > kMostFine - b ? kMostFine : a + b;
}

/// Buckets of equal volume that trades fill one after another, each trade split at their ends, and
/// the mean of abs(B - S) / V over the last full ones. A trade takes the same few steps whatever
/// number of buckets it fills.
class VolumeBuckets {
 public:
  explicit VolumeBuckets(int64_t window) : window_(window) {}

  /// `volume`: of the buckets that begin with this trade, above 0; the open one keeps its own.
  void fill(Wide amount, Side side, Wide volume);
  void clear();

  /// Null before the first full bucket.
  double mean() const { return mean_; }
  int64_t full() const { return full_; }  ///< Of the last `window`.
  Wide pending() const { return buys_ + sells_; }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  /// `count` full buckets of the same value.
  struct Run {
    double value = 0;
    int64_t count = 0;
  };
  void push(const Run& run);

  int64_t window_;
  Wide volume_ = 0;  ///< Of the open bucket, once it holds something.
  Wide buys_ = 0;
  Wide sells_ = 0;
  Ring<Run> runs_;
  int64_t full_ = 0;
  ExactSum sum_;
  double mean_ = kNull;
};

}  // namespace daedalus
