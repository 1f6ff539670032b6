#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// Section `features:` of the config; names and defaults are those of the specification.
struct FeatureParameters {
  int depth_levels = 20;  ///< Levels in per-level columns and "over L levels".
  int ofi_levels = 10;    ///< At most depth_levels.
  double ofi_decay_alpha = 0.5;
  std::vector<int> bands_bps = {5, 10, 25, 50, 100};  ///< Ascending, above 0.
  std::vector<int> bar_durations_s = {60, 300, 900, 3600};
  double emit_interval_s = 1.0;  ///< 0: a row per book event.
  double smart_depth_half_life_bps = 5;
  double max_state_staleness_s = 300;

  bool operator==(const FeatureParameters&) const = default;
};

/// Errors: config, naming the key and what is allowed.
Result<void> check_parameters(const FeatureParameters& parameters);

}  // namespace daedalus
