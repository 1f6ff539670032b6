#pragma once

#include <vector>

#include "daedalus/features/family_set.hpp"
#include "daedalus/features/mid_history.hpp"
#include "daedalus/features/return_windows.hpp"

namespace daedalus {

/// Moments of the mid's per-event returns over each rolling window, and its return over it.
/// Sources: Andersen, Bollerslev 1998; Barndorff-Nielsen, Shephard 2002, 2004.
class RollingReturnsFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "rolling_returns",
      .category = Category::rolling,
      .clock = Clock::event,
      .cost = "O(windows) per event, amortised; the steps of the longest window"};

  explicit RollingReturnsFamily(const FeatureParameters& parameters);

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_event(const BookEvent& event);
  void on_book_break();
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  /// What was last written of a window, for as long as it stays so.
  struct Written {
    WindowExtent
        changes;  ///< Of all returns before the window's, and of all: what the sums are of.
    DoubleDouble sum;
    DoubleDouble squares;
    double realized_volatility = 0;
    double bipower = 0;
    int64_t earlier = -2;  ///< The mid history's answer that `window_return` goes back to.
    double window_return = kNull;
  };

  void refresh_sums(size_t window);
  void refresh_return(size_t window, const RowMoment& moment);

  ReturnWindows windows_;
  MidHistory history_;
  std::vector<Written> written_;
  Decimal written_mid_;  ///< Twice the mid that all `window_return` are of.
};

}  // namespace daedalus
