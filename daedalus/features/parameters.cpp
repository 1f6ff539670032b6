#include "daedalus/features/parameters.hpp"

#include <cmath>
#include <string_view>

namespace daedalus {
namespace {

Result<void> check_range(std::string_view key, double value, double least, double most) {
  if (value >= least && value <= most) return {};
  return fail(ErrorKind::config, "features.{} must be {} to {}, not {}", key, least, most, value);
}

Result<void> check_ascending(std::string_view key, const std::vector<int>& values, int most) {
  int last = 0;
  for (const int value : values) {
    if (value <= last || value > most) {
      return fail(ErrorKind::config,
                  "features.{} must be whole numbers from 1 to {}, ascending; {} comes after {}",
                  key, most, value, last);
    }
    last = value;
  }
  return {};
}

}  // namespace

Result<void> check_parameters(const FeatureParameters& parameters) {
  const FeatureParameters& p = parameters;
  DAEDALUS_OK(check_range("depth_levels", p.depth_levels, 1, 1000));
  DAEDALUS_OK(check_range("ofi_levels", p.ofi_levels, 1, p.depth_levels));
  DAEDALUS_OK(check_range("ofi_decay_alpha", p.ofi_decay_alpha, 0, 100));
  DAEDALUS_OK(check_ascending("bands_bps", p.bands_bps, 9999));
  if (p.bands_bps.empty()) return fail(ErrorKind::config, "features.bands_bps must not be empty");
  DAEDALUS_OK(check_ascending("bar_durations", p.bar_durations_s, 86'400));
  if (p.emit_interval_s != 0) {
    DAEDALUS_OK(check_range("hf_emit_interval", p.emit_interval_s, 0.001, 86'400));
  }
  DAEDALUS_OK(check_range("smart_depth_half_life_bps", p.smart_depth_half_life_bps, 0.001, 400));
  DAEDALUS_OK(check_range("max_state_staleness_seconds", p.max_state_staleness_s, 1, 86'400));
  return {};
}

}  // namespace daedalus
