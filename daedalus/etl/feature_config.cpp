#include "daedalus/etl/feature_config.hpp"

#include <fmt/ranges.h>

namespace daedalus {

Result<FeatureParameters> feature_parameters(const FeaturesConfig& config) {
  FeatureParameters parameters{
      .depth_levels = static_cast<int>(config.depth_levels),
      .ofi_levels = static_cast<int>(config.ofi_levels),
      .ofi_decay_alpha = config.ofi_decay_alpha,
      .bands_bps = {config.bands_bps.begin(), config.bands_bps.end()},
      .bar_durations_s = {config.bar_durations.begin(), config.bar_durations.end()},
      .emit_interval_s = config.hf_emit_interval,
      .smart_depth_half_life_bps = config.smart_depth_half_life_bps,
      .max_state_staleness_s = config.max_state_staleness_seconds,
  };
  DAEDALUS_OK(check_parameters(parameters));
  return parameters;
}

std::string parameters_fingerprint(const FeatureParameters& p) {
  return fmt::format("{} {} {} [{}] [{}] {} {} {}", p.depth_levels, p.ofi_levels, p.ofi_decay_alpha,
                     fmt::join(p.bands_bps, ","), fmt::join(p.bar_durations_s, ","),
                     p.emit_interval_s, p.smart_depth_half_life_bps, p.max_state_staleness_s);
}

}  // namespace daedalus
