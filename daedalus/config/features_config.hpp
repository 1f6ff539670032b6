#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace daedalus {

class YamlSection;

/// Section `features:`, as written and checked; names are the config's.
struct FeaturesConfig {
  int64_t depth_levels = 20;
  int64_t ofi_levels = 10;  ///< At most depth_levels.
  double ofi_decay_alpha = 0.5;
  std::vector<int64_t> bands_bps = {5, 10, 25, 50, 100};
  std::vector<int64_t> rolling_windows = {5, 15, 60, 300, 900};
  std::vector<int64_t> bar_durations = {60, 300, 900, 3600};
  double hf_emit_interval = 1.0;
  double smart_depth_half_life_bps = 5;
  int64_t spread_regime_window = 300;
  double spread_tight_percentile = 0.2;  ///< At most the wide one.
  double spread_wide_percentile = 0.8;
  bool use_dynamic_spread_regime = true;
  double tight_spread_threshold_bps = 1;  ///< At most the wide one.
  double wide_spread_threshold_bps = 20;
  int64_t kyle_lambda_window = 300;
  bool enable_vpin = true;
  std::optional<double> vpin_bucket_size;  ///< Absent: auto.
  int64_t vpin_window_buckets = 50;
  double max_state_staleness_seconds = 300;
  std::vector<std::string> categories = {"structural", "dynamic", "rolling", "advanced",
                                         "extended"};
  bool legacy_aliases = true;
  bool keep_raw_arrays = false;

  bool operator==(const FeaturesConfig&) const = default;
};

/// What `etl.channels.<channel>.processor_options` make of section `features:`.
struct ChannelFeatures {
  FeaturesConfig orderbook;
  FeaturesConfig trades;
  FeaturesConfig ticker;
};

/// Reads the keys of features, by their names or those of older systems, over what `features`
/// holds; refuses what is impossible.
void read_features(YamlSection& yaml, FeaturesConfig& features);

}  // namespace daedalus
