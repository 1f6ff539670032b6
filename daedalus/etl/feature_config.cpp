#include "daedalus/etl/feature_config.hpp"

#include <algorithm>

namespace daedalus {
namespace {

/// In the order of sections, however they were written: equal sets have equal fingerprints.
std::vector<Category> categories_of(const std::vector<std::string>& names) {
  std::vector<Category> categories;
  for (const Category category : FeatureParameters().categories) {
    const bool is_on =
        std::find(names.begin(), names.end(), category_name(category)) != names.end();
    if (is_on) categories.push_back(category);
  }
  return categories;
}

FeatureParameters parameters_of(const FeaturesConfig& config) {
  FeatureParameters parameters;
  parameters.depth_levels = static_cast<int>(config.depth_levels);
  parameters.ofi_levels = static_cast<int>(config.ofi_levels);
  parameters.ofi_decay_alpha = config.ofi_decay_alpha;
  parameters.bands_bps = {config.bands_bps.begin(), config.bands_bps.end()};
  parameters.rolling_windows_s = {config.rolling_windows.begin(), config.rolling_windows.end()};
  parameters.bar_durations_s = {config.bar_durations.begin(), config.bar_durations.end()};
  parameters.emit_interval_s = config.hf_emit_interval;
  parameters.smart_depth_half_life_bps = config.smart_depth_half_life_bps;
  parameters.spread_regime_window_s = static_cast<int>(config.spread_regime_window);
  parameters.spread_tight_percentile = config.spread_tight_percentile;
  parameters.spread_wide_percentile = config.spread_wide_percentile;
  parameters.use_dynamic_spread_regime = config.use_dynamic_spread_regime;
  parameters.tight_spread_threshold_bps = config.tight_spread_threshold_bps;
  parameters.wide_spread_threshold_bps = config.wide_spread_threshold_bps;
  parameters.kyle_lambda_window_s = static_cast<int>(config.kyle_lambda_window);
  parameters.enable_vpin = config.enable_vpin;
  parameters.vpin_bucket_size = config.vpin_bucket_size;
  parameters.vpin_window_buckets = static_cast<int>(config.vpin_window_buckets);
  parameters.max_state_staleness_s = config.max_state_staleness_seconds;
  parameters.categories = categories_of(config.categories);
  parameters.has_legacy_aliases = config.legacy_aliases;
  parameters.keep_raw_arrays = config.keep_raw_arrays;
  return parameters;
}

}  // namespace

Result<EngineParameters> feature_parameters(const Config& config) {
  EngineParameters parameters;
  parameters.orderbook = parameters_of(config.channel_features.orderbook);
  parameters.trades = parameters_of(config.channel_features.trades);
  parameters.ticker = parameters_of(config.channel_features.ticker);
  DAEDALUS_OK(check_parameters(parameters));
  return parameters;
}

}  // namespace daedalus
