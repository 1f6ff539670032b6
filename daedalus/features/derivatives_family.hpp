#pragma once

#include <optional>
#include <vector>

#include "daedalus/features/exact.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/input.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// Mark, index, funding, open interest and liquidations of a derivatives venue; null on spot.
class DerivativesFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "derivatives",
                                       .category = Category::extended,
                                       .clock = Clock::event,
                                       .cost = "O(windows) per row; the window's liquidations"};

  explicit DerivativesFamily(const FeatureParameters& parameters)
      : windows_(parameters.rolling_windows_s),
        window_count_(parameters.rolling_windows_s.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_derivative(const DerivativeInput& update);
  /// A gap of the channel `other`, or of every one: what was told before may be long past.
  void on_derivatives_break();
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  struct Liquidation {
    UnixNanos time;
    Side side = Side::buy;
    Decimal amount;

    void save(StateWriter& out) const;
    static Liquidation load(StateReader& in);
  };
  struct Sums {
    ScaledSum buy, sell;

    void enter(const Liquidation& one) {
      (one.side == Side::buy ? buy : sell).add(one.amount.mantissa, one.amount.scale);
    }
    Sums operator-(const Sums& other) const { return {buy - other.buy, sell - other.sell}; }
    void save(StateWriter& out) const;
    static Sums load(StateReader& in);
  };

  RollingWindows<Liquidation, Sums> windows_;
  size_t window_count_;
  bool has_liquidations_ = false;
  std::optional<Decimal> mark_, index_, funding_, open_interest_;
};

}  // namespace daedalus
