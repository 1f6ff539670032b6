#pragma once

#include <vector>

#include "daedalus/features/daily_bucket_volume.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// Volume-synchronised probability of informed trading. Source: Easley, López de Prado, O'Hara,
/// RFS 25 (2012).
class VpinFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "vpin",
                                       .category = Category::advanced,
                                       .clock = Clock::trade,
                                       .cost = "O(1) per trade of any size; vpin_window_buckets"};

  explicit VpinFamily(const FeatureParameters& parameters);

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_trade(const TradeEvent& trade);
  /// Buckets and what pends go; V stays.
  void on_trades_break(UnixNanos time);
  void write(const RowMoment& moment, RowWriter& row) const;

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  bool is_enabled_;
  std::optional<Wide> fixed_volume_;  ///< Absent: `daily_` gives it.
  DailyBucketVolume daily_;
  VolumeBuckets buckets_;
};

}  // namespace daedalus
