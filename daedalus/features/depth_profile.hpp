#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "daedalus/book/order_book.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/parameters.hpp"

namespace daedalus {

/// Sizes of a whole book by distance from its mid. All sums are exact integers, also the weighted
/// ones (weights are rounded to 2^-56), so it makes no difference whether they come from a walk
/// over the book or from its changes: when read, it is walked anew if the mid moved, else changed.
class DepthProfile {
 public:
  explicit DepthProfile(const FeatureParameters& parameters);

  /// Brings all sums to the state of `book`, which has a mid. Whether they may have changed.
  bool update(const OrderBook& book);
  /// The book changed so; must be told of every change, or `invalidate` be called.
  void on_changes(std::span<const BookChange> changes);
  void invalidate() { is_known_ = false; }

  /// Size with distance < `bps`, which is one of bands_bps or 0, 5, 10, 50.
  Wide within(Side side, int bps) const;
  /// Sum of size * 2^(-distance / H) with distance < 20 H, in units of 2^-56 sizes.
  Wide weighted(Side side) const { return of(side).weighted; }
  static constexpr double kWeightUnit = 0x1p-56;

 private:
  struct SideSums {
    std::vector<Wide> buckets;  ///< Size between neighbouring edges.
    std::vector<Wide> nearer;   ///< Size nearer than each edge.
    Wide weighted = 0;
  };
  /// A weight that was computed.
  struct Weight {
    int64_t twice_mid = 0;  ///< 0: none.
    int64_t distance = 0;
    int64_t value = 0;
  };

  static constexpr size_t kFewestWeights = 64;
  static constexpr size_t kMostWeights = 8192;

  const SideSums& of(Side side) const { return side == Side::buy ? bids_ : asks_; }
  void place_edges(int64_t twice_mid);
  void walk(const OrderBook& book, bool is_new_mid);
  void walk(const OrderBook& book, Side side, bool is_new_mid, SideSums& sums);
  bool add_changes();
  void sum_up();
  /// |2p - (a + b)|, which decides all memberships. Not negative while the mid stands.
  int64_t distance(Side side, int64_t price) const {
    return side == Side::buy ? twice_mid_ - 2 * price : 2 * price - twice_mid_;
  }
  int64_t end() const { return std::max(edges_.back(), weighted_edge_); }
  /// Levels stand at few distances, the same ones again and again.
  int64_t weight(int64_t distance) {
    // Multiplied, numbers with a common factor part in their high bits.
    const uint64_t mixed = static_cast<uint64_t>(distance) * 0x9e3779b97f4a7c15;
    Weight& known = weights_[mixed >> 32 & (weights_.size() - 1)];
    if (known.distance != distance || known.twice_mid != twice_mid_) {
      known = {twice_mid_, distance, computed_weight(distance)};
    }
    return known.value;
  }
  int64_t computed_weight(int64_t distance) const;

  std::vector<int> edges_bps_;  ///< Ascending, without 0.
  std::vector<int64_t> edges_;  ///< distance < edges_[k] is exactly "nearer than edges_bps_[k]".
  double half_life_bps_;
  Decimal exact_half_life_bps_;
  int64_t weighted_edge_ = 0;
  double weight_exponent_ = 0;  ///< weight = 2^(distance * this).
  int64_t twice_mid_ = 0;
  SideSums bids_;
  SideSums asks_;
  std::vector<Weight> weights_;  ///< As many as a power of two, at most kMostWeights.
  size_t levels_walked_ = 0;
  std::vector<BookChange> changes_;  ///< Since the last read.
  bool is_known_ = false;            ///< The sums with these changes are those of the book.
};

}  // namespace daedalus
