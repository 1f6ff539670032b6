#pragma once

#include <vector>

#include "daedalus/features/family_set.hpp"
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
  };

  void refresh_sums(size_t window);

  ReturnWindows windows_;
  std::vector<Written> written_;
};

}  // namespace daedalus
