#pragma once

#include <span>
#include <vector>

#include "daedalus/book/order_book.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/parameters.hpp"

namespace daedalus {

/// What one level of an event did to the book.
struct LevelChange {
  Side side = Side::buy;
  int64_t price = 0;
  int64_t before = 0;
  int64_t after = 0;
};

/// Sizes of a whole book by distance from its mid. All sums are exact integers, also the weighted
/// ones (weights are rounded to 2^-56), so it makes no difference whether they come from a walk
/// over the book or from its changes: when read, it is walked anew if the mid moved, else changed.
class DepthProfile {
 public:
  explicit DepthProfile(const FeatureParameters& parameters);

  /// Brings all sums to the state of `book`, which has a mid.
  void update(const OrderBook& book);
  /// The book changed so; must be told of every change, or `invalidate` be called.
  void on_changes(std::span<const LevelChange> changes);
  void invalidate() { is_known_ = false; }

  /// Size with distance < `bps`, which is one of bands_bps or 0, 5, 10, 50.
  Wide within(Side side, int bps) const;
  /// Sum of size * 2^(-distance / H) with distance < 20 H, in units of 2^-56 sizes.
  Wide weighted(Side side) const { return of(side).weighted; }
  static constexpr double kWeightUnit = 0x1p-56;

 private:
  struct Weight {
    int64_t distance = -1;
    int64_t value = 0;
  };
  struct SideSums {
    std::vector<Wide> buckets;  ///< Size between neighbouring edges.
    Wide weighted = 0;
    std::vector<Weight> weights;  ///< By rank as last walked, of the same mid.
  };

  const SideSums& of(Side side) const { return side == Side::buy ? bids_ : asks_; }
  void place_edges(int64_t twice_mid);
  void walk(const OrderBook& book, Side side, SideSums& sums);
  void add_changes();
  /// |2p - (a + b)|, which decides all memberships. Not negative while the mid stands.
  int64_t distance(Side side, int64_t price) const {
    return side == Side::buy ? twice_mid_ - 2 * price : 2 * price - twice_mid_;
  }
  int64_t weight(int64_t distance) const;
  /// The same: most levels of an image stood there in the one before.
  int64_t weight_at_rank(size_t rank, int64_t distance, std::vector<Weight>& known) const;

  std::vector<int> edges_bps_;  ///< Ascending, without 0.
  std::vector<int64_t> edges_;  ///< distance < edges_[k] is exactly "nearer than edges_bps_[k]".
  double half_life_bps_;
  Decimal exact_half_life_bps_;
  int64_t weighted_edge_ = 0;
  double weight_exponent_ = 0;  ///< weight = 2^(distance * this).
  int64_t twice_mid_ = 0;
  SideSums bids_;
  SideSums asks_;
  size_t levels_walked_ = 0;
  std::vector<LevelChange> changes_;  ///< Since the last read.
  bool is_known_ = false;             ///< The sums with these changes are those of the book.
};

}  // namespace daedalus
