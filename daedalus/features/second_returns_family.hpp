#pragma once

#include <array>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/second_sample.hpp"
#include "daedalus/features/timed_value.hpp"

namespace daedalus {

/// Whether the mid's returns of a second trend or revert. Source: Lo, MacKinlay 1988.
class SecondReturnsFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "second_returns",
                                       .category = Category::extended,
                                       .clock = Clock::second,
                                       .cost = "O(1) per second; a return per second of 300 s"};

  explicit SecondReturnsFamily(const FeatureParameters&) : ones_(kWindows), fives_(kWindows) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_break();
  void on_second(UnixNanos second, const SecondSample* sample);
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  static constexpr int kWindows[] = {300};
  static constexpr size_t kLong = 5;  ///< One-second returns in a long one.

  using Return = TimedValue;
  /// One-second returns, and neighbours a second apart.
  struct OneSecondSums {
    Moments returns;
    int64_t pairs = 0;
    ExactSum of_pairs;  ///< r + r'.
    ExactSum products;  ///< r r'.

    void enter(const Return& entry) { returns.add(entry.value); }
    void enter_pair(const Return& before, const Return& entry);
    OneSecondSums operator-(const OneSecondSums& other) const {
      return {returns - other.returns, pairs - other.pairs, of_pairs - other.of_pairs,
              products - other.products};
    }
    /// Sum over the pairs of (r - mean)(r' - mean), mean that of all returns.
    double autocovariation() const;
    void save(StateWriter& out) const;
    static OneSecondSums load(StateReader& in);
  };
  struct Values {
    double variance_ratio = kNull;
    double autocorrelation = kNull;
  };

  Values values_anew() const;

  RollingWindows<Return, OneSecondSums> ones_;
  /// Each has the time of its first one-second return: with that one it leaves the window.
  RollingWindows<Return, ValueMoments> fives_;
  std::optional<Decimal> twice_mid_;    ///< Of the sample a second ago.
  std::array<double, kLong> latest_{};  ///< The newest returns, by run_ modulo kLong.
  int64_t run_ = 0;                     ///< Returns that followed each other until now.
  WindowExtent valued_;                 ///< Of ones_: what the values were made of.
  Values values_;
};

}  // namespace daedalus
