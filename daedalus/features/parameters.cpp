#include "daedalus/features/parameters.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

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

/// What only sections 1.4 to 1.6 need.
Result<void> check_windows(const FeatureParameters& p) {
  DAEDALUS_OK(check_ascending("rolling_windows", p.rolling_windows_s, 86'400));
  DAEDALUS_OK(check_range("spread_regime_window", p.spread_regime_window_s, 1, 86'400));
  DAEDALUS_OK(check_range("spread_wide_percentile", p.spread_wide_percentile, 0, 1));
  DAEDALUS_OK(check_range("spread_tight_percentile", p.spread_tight_percentile, 0,
                          p.spread_wide_percentile));
  DAEDALUS_OK(check_range("wide_spread_threshold_bps", p.wide_spread_threshold_bps, 0, 1e6));
  DAEDALUS_OK(check_range("tight_spread_threshold_bps", p.tight_spread_threshold_bps, 0,
                          p.wide_spread_threshold_bps));
  DAEDALUS_OK(check_range("kyle_lambda_window", p.kyle_lambda_window_s, 30, 86'400));
  DAEDALUS_OK(check_range("vpin_window_buckets", p.vpin_window_buckets, 1, 100'000));
  if (p.vpin_bucket_size) {
    DAEDALUS_OK(check_range("vpin_bucket_size", *p.vpin_bucket_size, 1e-12, 1e15));
  }
  return {};
}

Result<void> check_one(const FeatureParameters& p) {
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
  return check_windows(p);
}

std::string fingerprint_of(const FeatureParameters& p) {
  std::vector<std::string_view> categories;
  for (const Category category : p.categories) categories.push_back(category_name(category));
  return fmt::format(
      "{} {} {} [{}] [{}] [{}] {} {} {} {} {} {} {} {} {} {} {} {} {} [{}] {} {} [{}]",
      p.depth_levels, p.ofi_levels, p.ofi_decay_alpha, fmt::join(p.bands_bps, ","),
      fmt::join(p.rolling_windows_s, ","), fmt::join(p.bar_durations_s, ","), p.emit_interval_s,
      p.smart_depth_half_life_bps, p.spread_regime_window_s, p.spread_tight_percentile,
      p.spread_wide_percentile, p.use_dynamic_spread_regime, p.tight_spread_threshold_bps,
      p.wide_spread_threshold_bps, p.kyle_lambda_window_s, p.enable_vpin,
      p.vpin_bucket_size.value_or(0), p.vpin_window_buckets, p.max_state_staleness_s,
      fmt::join(categories, ","), p.has_legacy_aliases, p.keep_raw_arrays,
      fmt::join(p.left_out_families, ","));
}

}  // namespace

std::string_view category_name(Category category) {
  constexpr std::string_view kNames[] = {"quality", "structural", "dynamic",
                                         "rolling", "advanced",   "extended"};
  return kNames[static_cast<size_t>(category)];
}

bool FeatureParameters::has(Category category) const {
  return category == Category::quality ||
         std::find(categories.begin(), categories.end(), category) != categories.end();
}

const FeatureParameters& EngineParameters::of(Channel channel) const {
  switch (channel) {
    case Channel::trades:
      return trades;
    case Channel::ticker:
      return ticker;
    default:
      return orderbook;
  }
}

bool FeatureParameters::leaves_out(std::string_view family) const {
  return std::find(left_out_families.begin(), left_out_families.end(), family) !=
         left_out_families.end();
}

Result<void> check_parameters(const EngineParameters& parameters) {
  DAEDALUS_OK(check_one(parameters.orderbook));
  DAEDALUS_OK(check_one(parameters.trades));
  return check_one(parameters.ticker);
}

std::string parameters_fingerprint(const EngineParameters& parameters) {
  const std::string orderbook = fingerprint_of(parameters.orderbook);
  const std::string trades = fingerprint_of(parameters.trades);
  const std::string ticker = fingerprint_of(parameters.ticker);
  std::string all = orderbook;
  if (trades != orderbook || ticker != orderbook) all += fmt::format(" / {} / {}", trades, ticker);
  for (const InformationBarSpec& spec : parameters.information_bars) {
    all += fmt::format(" {} {}", information_bar_name(spec.kind), spec.threshold_text());
  }
  return all;
}

}  // namespace daedalus
