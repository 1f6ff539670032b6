#pragma once

#include "daedalus/features/ranked_decimals.hpp"
#include "daedalus/features/ring.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/second_sample.hpp"

namespace daedalus {

/// Whether the spread is tight or wide, against its own recent past or against fixed thresholds.
class SpreadRegimeFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "spread_regime",
      .category = Category::advanced,
      .clock = Clock::second,
      .cost =
          "O(sqrt(different spreads)) per second and per changed spread; a spread per second of "
          "spread_regime_window"};

  explicit SpreadRegimeFamily(const FeatureParameters& parameters);

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_break();
  void on_second(UnixNanos second, const SecondSample* sample);
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  enum class Regime : int8_t { tight, normal, wide };
  struct Sample {
    UnixNanos time;
    Decimal spread;
    Regime regime = Regime::normal;
  };

  void move_to(UnixNanos moment);
  Regime regime_of(const RankedDecimals::Rank& rank) const;
  Regime fixed_regime_of(const Decimal& spread, const Decimal& twice_mid) const;
  double share_of(Regime regime) const;
  /// Of the present spread, whose rank is last_rank_; empty: null.
  std::string_view regime_name(const Decimal& spread, const Decimal& twice_mid) const;

  int64_t window_ns_;
  bool is_dynamic_;
  Decimal tight_percentile_;
  Decimal wide_percentile_;
  Decimal tight_bps_;
  Decimal wide_bps_;
  Ring<Sample> samples_;
  RankedDecimals spreads_;         ///< Those of samples_.
  int64_t regime_counts_[3] = {};  ///< Samples of each regime.
  /// Of the last row's spread; absent: the samples have changed since.
  std::optional<RankedDecimals::Rank> last_rank_;
  Decimal last_spread_;
};

}  // namespace daedalus
