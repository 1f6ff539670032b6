#include "daedalus/config/features_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "daedalus/config/value_checks.hpp"

namespace daedalus {
namespace {

constexpr double kDaySeconds = 86'400;

/// Reads a key by its name, or by the one of older systems; gives the one that was written.
template <class T>
std::string_view read_renamed(YamlSection& yaml, std::string_view name, std::string_view old_name,
                              T& value) {
  yaml.read(old_name, value);
  yaml.read(name, value);
  if (!yaml.has(old_name)) return name;
  if (yaml.has(name)) {
    yaml.refuse(old_name,
                fmt::format("is the older name of {}, which is here too; give one of them", name));
  }
  return old_name;
}

void check_whole(YamlSection& yaml, std::string_view key, int64_t value, Bounds bounds) {
  check_number(yaml, key, static_cast<double>(value), bounds);
}

void check_ascending(YamlSection& yaml, std::string_view key, const std::vector<int64_t>& values,
                     int64_t most) {
  const bool is_ascending =
      std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
  if (is_ascending && !values.empty() && values.front() >= 1 && values.back() <= most) return;
  yaml.refuse(key, fmt::format("[{}] is no such list; allowed: whole numbers from 1 to {}, each "
                               "larger than the one before",
                               fmt::join(values, ", "), most));
}

void read_shape(YamlSection& yaml, FeaturesConfig& features) {
  const auto levels = read_renamed(yaml, "depth_levels", "max_levels", features.depth_levels);
  check_whole(yaml, levels, features.depth_levels, {1, 1000});
  yaml.read("ofi_levels", features.ofi_levels);
  if (features.ofi_levels < 1 || features.ofi_levels > features.depth_levels) {
    yaml.refuse("ofi_levels", fmt::format("{} is out of range; allowed: 1 to {} ({})",
                                          features.ofi_levels, features.depth_levels, levels));
  }
  yaml.read("ofi_decay_alpha", features.ofi_decay_alpha);
  check_number(yaml, "ofi_decay_alpha", features.ofi_decay_alpha, {0, 100});
  yaml.read("bands_bps", features.bands_bps);
  check_ascending(yaml, "bands_bps", features.bands_bps, 9999);
  yaml.read("smart_depth_half_life_bps", features.smart_depth_half_life_bps);
  check_number(yaml, "smart_depth_half_life_bps", features.smart_depth_half_life_bps, {0.001, 400});
}

void read_times(YamlSection& yaml, FeaturesConfig& features) {
  const auto most = static_cast<int64_t>(kDaySeconds);
  const auto windows = read_renamed(yaml, "rolling_windows", "horizons", features.rolling_windows);
  check_ascending(yaml, windows, features.rolling_windows, most);
  yaml.read("bar_durations", features.bar_durations);
  check_ascending(yaml, "bar_durations", features.bar_durations, most);
  const auto interval =
      read_renamed(yaml, "hf_emit_interval", "hf_sample_interval", features.hf_emit_interval);
  const double seconds = features.hf_emit_interval;
  if (seconds != 0 && !(seconds >= 0.001 && seconds <= kDaySeconds)) {
    yaml.refuse(interval, fmt::format("{} is out of range; allowed: 0 (a row per book event), or "
                                      "0.001 to {} seconds",
                                      seconds, kDaySeconds));
  }
  yaml.read("max_state_staleness_seconds", features.max_state_staleness_seconds);
  check_number(yaml, "max_state_staleness_seconds", features.max_state_staleness_seconds,
               {1, kDaySeconds});
}

/// A pair of limits of which the tight one is the smaller.
void read_limits(YamlSection& yaml, std::string_view tight_key, double& tight,
                 std::string_view wide_key, double& wide, double most) {
  yaml.read(tight_key, tight);
  yaml.read(wide_key, wide);
  check_number(yaml, wide_key, wide, {0, most});
  if (tight >= 0 && tight <= wide) return;
  yaml.refuse(tight_key,
              fmt::format("{} is out of range; allowed: 0 to {} ({})", tight, wide, wide_key));
}

void read_spread_regime(YamlSection& yaml, FeaturesConfig& features) {
  yaml.read("spread_regime_window", features.spread_regime_window);
  check_whole(yaml, "spread_regime_window", features.spread_regime_window, {1, kDaySeconds});
  read_limits(yaml, "spread_tight_percentile", features.spread_tight_percentile,
              "spread_wide_percentile", features.spread_wide_percentile, 1);
  yaml.read("use_dynamic_spread_regime", features.use_dynamic_spread_regime);
  read_limits(yaml, "tight_spread_threshold_bps", features.tight_spread_threshold_bps,
              "wide_spread_threshold_bps", features.wide_spread_threshold_bps, 1e6);
}

/// "auto", or a number of base units.
void read_bucket_size(YamlSection& yaml, std::optional<double>& size) {
  std::string text;
  const auto key = read_renamed(yaml, "vpin_bucket_size", "vpin_bucket_volume", text);
  if (text.empty()) return;
  size.reset();
  if (text == "auto") return;
  double number = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  const bool is_number = error == std::errc() && end == last;
  if (is_number && number >= 1e-12 && number <= 1e15) {
    size = number;
    return;
  }
  yaml.refuse(key, fmt::format("\"{}\" is no bucket size; allowed: auto, or a number above 0 "
                               "(1e-12 to 1e15) in base units",
                               text));
}

void read_flow(YamlSection& yaml, FeaturesConfig& features) {
  yaml.read("kyle_lambda_window", features.kyle_lambda_window);
  check_whole(yaml, "kyle_lambda_window", features.kyle_lambda_window, {30, kDaySeconds});
  yaml.read("enable_vpin", features.enable_vpin);
  read_bucket_size(yaml, features.vpin_bucket_size);
  yaml.read("vpin_window_buckets", features.vpin_window_buckets);
  check_whole(yaml, "vpin_window_buckets", features.vpin_window_buckets, {1, 100'000});
}

void read_columns(YamlSection& yaml, FeaturesConfig& features) {
  if (yaml.is_empty_list("categories")) {
    features.categories.clear();
  } else {
    yaml.read("categories", features.categories);
  }
  const std::vector<std::string> known = FeaturesConfig().categories;
  std::vector<std::string> seen;
  for (const std::string& category : features.categories) {
    check_choice(yaml, "categories", category, known);
    if (std::find(seen.begin(), seen.end(), category) != seen.end()) {
      yaml.refuse("categories", fmt::format("\"{}\" is here twice; allowed: each of {} at most "
                                            "once",
                                            category, fmt::join(known, ", ")));
    }
    seen.push_back(category);
  }
  yaml.read("legacy_aliases", features.legacy_aliases);
  yaml.read("keep_raw_arrays", features.keep_raw_arrays);
}

}  // namespace

void read_features(YamlSection& yaml, FeaturesConfig& features) {
  read_shape(yaml, features);
  read_times(yaml, features);
  read_spread_regime(yaml, features);
  read_flow(yaml, features);
  read_columns(yaml, features);
}

}  // namespace daedalus
