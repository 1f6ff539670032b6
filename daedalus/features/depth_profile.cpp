#include "daedalus/features/depth_profile.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace daedalus {
namespace {

constexpr double kWeightOne = 0x1p56;

Wide divide_up(Wide value, Wide by) {
  return (value + by - 1) / by;
}

}  // namespace

DepthProfile::DepthProfile(const FeatureParameters& parameters)
    : edges_bps_(parameters.bands_bps),
      half_life_bps_(parameters.smart_depth_half_life_bps),
      weights_(kFewestWeights) {
  for (const int edge : {5, 10, 50}) edges_bps_.push_back(edge);
  std::sort(edges_bps_.begin(), edges_bps_.end());
  edges_bps_.erase(std::unique(edges_bps_.begin(), edges_bps_.end()), edges_bps_.end());
  edges_.resize(edges_bps_.size());
  for (SideSums* sums : {&bids_, &asks_}) {
    sums->buckets.resize(edges_bps_.size());
    sums->nearer.resize(edges_bps_.size());
  }
  exact_half_life_bps_ = shortest_decimal(half_life_bps_).value_or(Decimal{5, 0});
}

void DepthProfile::place_edges(int64_t twice_mid) {
  twice_mid_ = twice_mid;
  const Wide sum = twice_mid;
  for (size_t k = 0; k < edges_.size(); ++k) {
    edges_[k] = static_cast<int64_t>(divide_up(sum * edges_bps_[k], 10'000));
  }
  const Wide reach = sum * exact_half_life_bps_.mantissa * 20;
  weighted_edge_ = static_cast<int64_t>(
      divide_up(divide_up(reach, kPowersOfTen[exact_half_life_bps_.scale]), 10'000));
  weight_exponent_ = -1e4 / (static_cast<double>(twice_mid) * half_life_bps_);
}

int64_t DepthProfile::computed_weight(int64_t distance) const {
  return std::llrint(std::exp2(static_cast<double>(distance) * weight_exponent_) * kWeightOne);
}

void DepthProfile::walk(const OrderBook& book, Side side, bool is_new_mid, SideSums& sums) {
  std::fill(sums.buckets.begin(), sums.buckets.end(), 0);
  sums.weighted = 0;
  size_t bucket = 0;
  const int64_t last = end();
  book.walk(side, [&](const BookLevel& level) {
    const int64_t at = distance(side, level.price);
    if (at >= last) return false;
    while (bucket < edges_.size() && at >= edges_[bucket]) ++bucket;
    if (bucket < edges_.size()) sums.buckets[bucket] += level.size;
    if (at < weighted_edge_) {
      // Behind a new mid none is known, and most are not asked for again.
      const int64_t weighed = is_new_mid ? computed_weight(at) : weight(at);
      sums.weighted += static_cast<Wide>(level.size) * weighed;
    }
    ++levels_walked_;
    return true;
  });
}

void DepthProfile::walk(const OrderBook& book, bool is_new_mid) {
  levels_walked_ = 0;
  walk(book, Side::buy, is_new_mid, bids_);
  walk(book, Side::sell, is_new_mid, asks_);
  const size_t room = std::min(kMostWeights, std::bit_ceil(2 * levels_walked_));
  if (weights_.size() < room) weights_.assign(room, {});
  changes_.clear();
  is_known_ = true;
}

bool DepthProfile::update(const OrderBook& book) {
  const int64_t twice_mid = book.best(Side::buy)->price + book.best(Side::sell)->price;
  if (is_known_ && twice_mid == twice_mid_) {
    if (!add_changes()) return false;
  } else {
    const bool is_new_mid = twice_mid != twice_mid_;
    if (is_new_mid) place_edges(twice_mid);
    walk(book, is_new_mid);
  }
  sum_up();
  return true;
}

void DepthProfile::sum_up() {
  for (SideSums* sums : {&bids_, &asks_}) {
    std::partial_sum(sums->buckets.begin(), sums->buckets.end(), sums->nearer.begin());
  }
}

void DepthProfile::on_changes(std::span<const BookChange> changes) {
  if (!is_known_) return;
  // Where rows are rare, following every change costs more than a walk when one is due.
  if (changes_.size() + changes.size() > levels_walked_ + 16) return invalidate();
  changes_.insert(changes_.end(), changes.begin(), changes.end());
}

bool DepthProfile::add_changes() {
  bool is_change = false;
  const int64_t last = end();
  for (const BookChange& change : changes_) {
    const int64_t at = distance(change.side, change.price);
    // Below 0: beyond the mid, while the book was another. It has gone again.
    if (at < 0 || at >= last) continue;
    is_change = true;
    SideSums& sums = change.side == Side::buy ? bids_ : asks_;
    const int64_t gained = change.after - change.before;
    const auto edge = std::upper_bound(edges_.begin(), edges_.end(), at);
    if (edge != edges_.end()) sums.buckets[edge - edges_.begin()] += gained;
    if (at < weighted_edge_) sums.weighted += static_cast<Wide>(gained) * weight(at);
  }
  changes_.clear();
  return is_change;
}

Wide DepthProfile::within(Side side, int bps) const {
  size_t edges = 0;
  while (edges < edges_bps_.size() && edges_bps_[edges] <= bps) ++edges;
  return edges == 0 ? 0 : of(side).nearer[edges - 1];
}

}  // namespace daedalus
