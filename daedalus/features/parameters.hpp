#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/features/information_bar_spec.hpp"
#include "daedalus/market/channel.hpp"

namespace daedalus {

/// Groups of columns that a config switches on or off; `quality` is always on.
enum class Category { quality, structural, dynamic, rolling, advanced, extended };
std::string_view category_name(Category category);

/// Section `features:` of the config; names and defaults are those of the specification.
struct FeatureParameters {
  int depth_levels = 20;  ///< Levels in per-level columns and "over L levels".
  int ofi_levels = 10;    ///< At most depth_levels.
  double ofi_decay_alpha = 0.5;
  std::vector<int> bands_bps = {5, 10, 25, 50, 100};           ///< Ascending, above 0.
  std::vector<int> rolling_windows_s = {5, 15, 60, 300, 900};  ///< Ascending, above 0.
  std::vector<int> bar_durations_s = {60, 300, 900, 3600};
  double emit_interval_s = 1.0;  ///< 0: a row per book event.
  double smart_depth_half_life_bps = 5;
  int spread_regime_window_s = 300;
  double spread_tight_percentile = 0.2;
  double spread_wide_percentile = 0.8;  ///< Above the tight one.
  bool use_dynamic_spread_regime = true;
  double tight_spread_threshold_bps = 1;  ///< Of the static regime.
  double wide_spread_threshold_bps = 20;
  int kyle_lambda_window_s = 300;
  bool enable_vpin = true;                 ///< False: the column stays, null.
  std::optional<double> vpin_bucket_size;  ///< In base units; absent: auto.
  int vpin_window_buckets = 50;
  double max_state_staleness_s = 300;
  std::vector<Category> categories = {Category::structural, Category::dynamic, Category::rolling,
                                      Category::advanced, Category::extended};
  bool has_legacy_aliases = true;  ///< False: columns declared as an alias are left out.
  /// Families by name that are off whatever their category: to measure what others cost.
  std::vector<std::string> left_out_families;
  bool keep_raw_arrays = false;  ///< True: columns `bids` and `asks` of the first depth_levels.

  bool has(Category category) const;
  bool leaves_out(std::string_view family) const;
  bool operator==(const FeatureParameters&) const = default;
};

/// One engine's parameters, a set for each channel: silver/orderbook and the bars of the book
/// follow `orderbook`, silver/trades and the bars of trades `trades`, silver/ticker and its bars
/// `ticker`.
struct EngineParameters {
  FeatureParameters orderbook;
  FeatureParameters trades;
  FeatureParameters ticker;
  std::vector<InformationBarSpec> information_bars;  ///< Of the trades.

  EngineParameters() = default;
  /// The same for all channels.
  EngineParameters(const FeatureParameters& all)  // Not explicit: one set stands for all three.
      : orderbook(all), trades(all), ticker(all) {}

  const FeatureParameters& of(Channel channel) const;
  bool operator==(const EngineParameters&) const = default;
};

/// Errors: config, naming the key and what is allowed.
Result<void> check_parameters(const EngineParameters& parameters);
/// All of them in one line: states and runs fit together where it is equal.
std::string parameters_fingerprint(const EngineParameters& parameters);

}  // namespace daedalus
