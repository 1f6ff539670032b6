#include "daedalus/etl/feature_config.hpp"

namespace daedalus {

Result<FeatureParameters> feature_parameters(const FeaturesConfig& config) {
  FeatureParameters parameters;
  parameters.depth_levels = static_cast<int>(config.depth_levels);
  parameters.ofi_levels = static_cast<int>(config.ofi_levels);
  parameters.ofi_decay_alpha = config.ofi_decay_alpha;
  parameters.bands_bps = {config.bands_bps.begin(), config.bands_bps.end()};
  parameters.bar_durations_s = {config.bar_durations.begin(), config.bar_durations.end()};
  parameters.emit_interval_s = config.hf_emit_interval;
  parameters.smart_depth_half_life_bps = config.smart_depth_half_life_bps;
  parameters.max_state_staleness_s = config.max_state_staleness_seconds;
  DAEDALUS_OK(check_parameters(parameters));
  return parameters;
}

}  // namespace daedalus
