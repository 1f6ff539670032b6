#pragma once

#include <span>
#include <vector>

#include "daedalus/base/time.hpp"
#include "daedalus/book/order_book.hpp"
#include "daedalus/features/book_image.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/level_churn.hpp"

namespace daedalus {

/// One snapshot or delta and what it did to the top of the book.
struct BookEvent {
  UnixNanos time;
  bool has_mid = false;             ///< The book is ok or locked after it.
  bool is_top_touched = false;      ///< Else the first `ofi_levels` are as after the event before.
  std::span<const BookLevel> bids;  ///< The first `ofi_levels` after it.
  std::span<const BookLevel> asks;
  int price_scale = 0;
  int size_scale = 0;
  /// Against the last event of this stretch that had a mid; see EventSteps.
  bool has_step = false;
  double log_return = kNull;
  int64_t ofi_step = 0;   ///< e_n of the best level, in sizes of `size_scale`.
  double mlofi_step = 0;  ///< sum_i exp(-alpha i) e_n of rank i, base.
  ChurnStep churn;        ///< Only where category `extended` is on.

  Decimal twice_mid() const {
    return {bids[0].price + asks[0].price, static_cast<int8_t>(price_scale)};
  }
};

/// Running totals of e_n by level, exact: a row or a bar takes the difference of two.
struct FlowTotals {
  std::vector<Wide> by_level;
  int size_scale = 0;

  explicit FlowTotals(size_t levels) : by_level(levels) {}
  /// How much level `i` has gained since `earlier`, in sizes of `size_scale`.
  Wide gained_since(const FlowTotals& earlier, size_t i) const {
    if (size_scale == earlier.size_scale) return by_level[i] - earlier.by_level[i];
    return by_level[i] - earlier.by_level[i] * kPowersOfTen[size_scale - earlier.size_scale];
  }
  /// The same in base.
  double since(const FlowTotals& earlier, size_t i) const;
  /// sum_i weights[i] since(i).
  double weighted_since(const FlowTotals& earlier, std::span<const double> weights) const;
  void raise_scale(int scale);

  void save(StateWriter& out) const;
  static FlowTotals load(StateReader& in, size_t levels);
};

/// exp(-alpha i) for each level: the weights of `mlofi`.
std::vector<double> decay_weights(double alpha, size_t levels);

/// Compares each event with the last one of the same continuous stream that had a mid.
class EventSteps {
 public:
  EventSteps(size_t ofi_levels, double decay_alpha)
      : totals_(ofi_levels), weights_(decay_weights(decay_alpha, ofi_levels)) {}

  /// Fills the event's steps and moves the totals.
  void on_book_event(BookEvent& event);
  void on_book_break() { has_last_ = false; }
  const FlowTotals& totals() const { return totals_; }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  void keep(const BookEvent& event);
  void rescale_last(const BookEvent& event);

  FlowTotals totals_;
  std::vector<double> weights_;
  std::vector<BookLevel> last_bids_;
  std::vector<BookLevel> last_asks_;
  int price_scale_ = 0;
  int size_scale_ = 0;
  bool has_last_ = false;
  bool is_touched_since_last_ = false;
};

}  // namespace daedalus
