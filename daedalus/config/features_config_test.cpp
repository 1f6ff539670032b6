#include "daedalus/config/features_config.hpp"

#include <gtest/gtest.h>

#include "daedalus/base/file.hpp"
#include "daedalus/config/config.hpp"

namespace daedalus {
namespace {

Result<Config> parse(const std::string& text) {
  return parse_config(text, "c.yaml", {.exchanges = {"binance"}});
}

std::string error_of(const std::string& text) {
  const auto config = parse(text);
  EXPECT_FALSE(config.has_value()) << text;
  return config ? "" : config.error().message;
}

/// What is said about a key of `features:` on the second line.
std::string complaint(const std::string& line) {
  return error_of("features:\n  " + line + "\n");
}

/// All keys, each with another value than its default.
constexpr const char* kAllKeys = R"(
  depth_levels: 12
  ofi_levels: 7
  ofi_decay_alpha: 0.25
  bands_bps: [4, 12, 30]
  rolling_windows: [7, 30]
  bar_durations: [30, 120]
  hf_emit_interval: 0.5
  smart_depth_half_life_bps: 3
  spread_regime_window: 120
  spread_tight_percentile: 0.3
  spread_wide_percentile: 0.6
  use_dynamic_spread_regime: false
  tight_spread_threshold_bps: 2
  wide_spread_threshold_bps: 9
  kyle_lambda_window: 60
  enable_vpin: false
  vpin_bucket_size: 2.5
  vpin_window_buckets: 10
  max_state_staleness_seconds: 60
  categories: [advanced, dynamic]
  legacy_aliases: false
  keep_raw_arrays: true
)";

FeaturesConfig all_changed() {
  return {.depth_levels = 12,
          .ofi_levels = 7,
          .ofi_decay_alpha = 0.25,
          .bands_bps = {4, 12, 30},
          .rolling_windows = {7, 30},
          .bar_durations = {30, 120},
          .hf_emit_interval = 0.5,
          .smart_depth_half_life_bps = 3,
          .spread_regime_window = 120,
          .spread_tight_percentile = 0.3,
          .spread_wide_percentile = 0.6,
          .use_dynamic_spread_regime = false,
          .tight_spread_threshold_bps = 2,
          .wide_spread_threshold_bps = 9,
          .kyle_lambda_window = 60,
          .enable_vpin = false,
          .vpin_bucket_size = 2.5,
          .vpin_window_buckets = 10,
          .max_state_staleness_seconds = 60,
          .categories = {"advanced", "dynamic"},
          .legacy_aliases = false,
          .keep_raw_arrays = true};
}

TEST(FeaturesConfig, EveryKeyIsRead) {
  const auto config = parse(std::string("features:") + kAllKeys);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->features, all_changed());
  EXPECT_EQ(config->channel_features.trades, all_changed());
}

TEST(FeaturesConfig, OldNamesAreTaken) {
  const auto config = parse(
      "features: {max_levels: 12, hf_sample_interval: 0, horizons: [3, 9], "
      "vpin_bucket_volume: 4}");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->features.depth_levels, 12);
  EXPECT_EQ(config->features.hf_emit_interval, 0);
  EXPECT_EQ(config->features.rolling_windows, (std::vector<int64_t>{3, 9}));
  EXPECT_EQ(config->features.vpin_bucket_size, 4);
}

TEST(FeaturesConfig, AnOldNameBesideTheNewOneIsRefused) {
  EXPECT_EQ(error_of("features:\n  depth_levels: 20\n  max_levels: 12\n"),
            "c.yaml:3: features.max_levels: is the older name of depth_levels, which is here too; "
            "give one of them");
}

TEST(FeaturesConfig, ProcessorOptionsChangeOneChannelOnly) {
  const auto config = parse(
      "etl:\n  channels:\n    trades:\n      processor_options:\n        horizons: [10]\n"
      "features:\n  ofi_levels: 3\n  rolling_windows: [5, 60]\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->channel_features.trades.rolling_windows, std::vector<int64_t>{10});
  EXPECT_EQ(config->channel_features.trades.ofi_levels, 3);
  EXPECT_EQ(config->channel_features.orderbook, config->features);
  EXPECT_EQ(config->channel_features.ticker, config->features);
}

TEST(FeaturesConfig, ProcessorOptionsAreCheckedLikeFeatures) {
  const std::string head = "etl:\n  channels:\n    orderbook:\n      processor_options:\n";
  EXPECT_EQ(error_of(head + "        depth_level: 5\n"),
            "c.yaml:5: etl.channels.orderbook.processor_options.depth_level: unknown key; did you "
            "mean depth_levels?");
  EXPECT_EQ(error_of(head + "        ofi_levels: 30\n"),
            "c.yaml:5: etl.channels.orderbook.processor_options.ofi_levels: 30 is out of range; "
            "allowed: 1 to 20 (depth_levels)");
  EXPECT_EQ(error_of("etl:\n  channels:\n    trade: {}\n"),
            "c.yaml:3: etl.channels.trade: unknown key; did you mean trades?");
  EXPECT_EQ(error_of("etl:\n  channels:\n    trades:\n      options: {}\n"),
            "c.yaml:4: etl.channels.trades.options: unknown key; known here: processor_options");
}

TEST(FeaturesConfig, NumbersOutOfRangeAreRefusedWithWhatIsAllowed) {
  const std::pair<const char*, const char*> kCases[] = {
      {"depth_levels: 0", "depth_levels: 0 is out of range; allowed: 1 to 1000"},
      {"max_levels: 0", "max_levels: 0 is out of range; allowed: 1 to 1000"},
      {"ofi_levels: 21", "ofi_levels: 21 is out of range; allowed: 1 to 20 (depth_levels)"},
      {"ofi_decay_alpha: -0.1", "ofi_decay_alpha: -0.1 is out of range; allowed: 0 to 100"},
      {"ofi_decay_alpha: nan", "ofi_decay_alpha: \"nan\" is not a number; allowed: 0 to 100"},
      {"ofi_decay_alpha: .nan", "ofi_decay_alpha: \".nan\" is not a number; allowed: 0 to 100"},
      {"ofi_decay_alpha: inf", "ofi_decay_alpha: \"inf\" is not a number; allowed: 0 to 100"},
      {"hf_emit_interval: -1",
       "hf_emit_interval: -1 is out of range; allowed: 0 (a row per book event), or 0.001 to 86400 "
       "seconds"},
      {"hf_sample_interval: 0.0001",
       "hf_sample_interval: 0.0001 is out of range; allowed: 0 (a row per book event), or 0.001 to "
       "86400 seconds"},
      {"smart_depth_half_life_bps: 0",
       "smart_depth_half_life_bps: 0 is out of range; allowed: 0.001 to 400"},
      {"spread_regime_window: -300",
       "spread_regime_window: -300 is out of range; allowed: 1 to 86400"},
      {"spread_tight_percentile: 0.9",
       "spread_tight_percentile: 0.9 is out of range; allowed: 0 to 0.8 (spread_wide_percentile)"},
      {"spread_wide_percentile: 80", "spread_wide_percentile: 80 is out of range; allowed: 0 to 1"},
      {"tight_spread_threshold_bps: 21",
       "tight_spread_threshold_bps: 21 is out of range; allowed: 0 to 20 "
       "(wide_spread_threshold_bps)"},
      {"wide_spread_threshold_bps: -1",
       "wide_spread_threshold_bps: -1 is out of range; allowed: 0 to 1000000"},
      {"kyle_lambda_window: 29", "kyle_lambda_window: 29 is out of range; allowed: 30 to 86400"},
      {"kyle_lambda_window: 60.5",
       "kyle_lambda_window: \"60.5\" is not a whole number; allowed: 30 to 86400"},
      {"vpin_window_buckets: 0", "vpin_window_buckets: 0 is out of range; allowed: 1 to 100000"},
      {"max_state_staleness_seconds: 0",
       "max_state_staleness_seconds: 0 is out of range; allowed: 1 to 86400"},
  };
  for (const auto& [line, message] : kCases) {
    EXPECT_EQ(complaint(line), std::string("c.yaml:2: features.") + message);
  }
}

TEST(FeaturesConfig, ListsThatAreNotAscendingAreRefused) {
  const std::string bands =
      "[10, 5] is no such list; allowed: whole numbers from 1 to 9999, each "
      "larger than the one before";
  EXPECT_EQ(complaint("bands_bps: [10, 5]"), "c.yaml:2: features.bands_bps: " + bands);
  for (const char* line : {"bands_bps: [0, 5]", "bands_bps: [5, 5]", "bands_bps: [10000]",
                           "rolling_windows: [-5]", "rolling_windows: [60, 5]", "horizons: [0]",
                           "bar_durations: [60, 60]", "rolling_windows: [86401]"}) {
    EXPECT_NE(complaint(line).find(" is no such list; allowed: "), std::string::npos) << line;
  }
  EXPECT_EQ(complaint("bands_bps: [2.5, 5]"),
            "c.yaml:2: features.bands_bps: \"2.5\" is not a whole number");
  EXPECT_NE(complaint("rolling_windows: []").find("the list is empty"), std::string::npos);
}

TEST(FeaturesConfig, ABucketSizeIsAutoOrANumberAboveZero) {
  EXPECT_EQ(parse("features: {vpin_bucket_size: auto}")->features.vpin_bucket_size, std::nullopt);
  EXPECT_EQ(parse("features: {vpin_bucket_size: 1e3}")->features.vpin_bucket_size, 1000);
  EXPECT_EQ(complaint("vpin_bucket_size: much"),
            "c.yaml:2: features.vpin_bucket_size: \"much\" is no bucket size; allowed: auto, or a "
            "number above 0 (1e-12 to 1e15) in base units");
  for (const char* value : {"0", "-1", "nan", "inf", "1e16", "5x"}) {
    EXPECT_NE(complaint(std::string("vpin_bucket_volume: ") + value).find("no bucket size"),
              std::string::npos)
        << value;
  }
}

TEST(FeaturesConfig, CategoriesAreNamesNoneOfThemTwice) {
  EXPECT_EQ(complaint("categories: [structural, rollin]"),
            "c.yaml:2: features.categories: \"rollin\" is unknown; did you mean rolling? allowed: "
            "structural, dynamic, rolling, advanced, extended");
  EXPECT_NE(complaint("categories: [dynamic, dynamic]").find("is here twice"), std::string::npos);
  const auto none = parse("features: {categories: []}");
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_TRUE(none->features.categories.empty());
}

TEST(FeaturesConfig, AMisspeltKeyNamesTheNearest) {
  EXPECT_EQ(complaint("rolling_window: [5]"),
            "c.yaml:2: features.rolling_window: unknown key; did you mean rolling_windows?");
  EXPECT_EQ(complaint("enable_vpn: true"),
            "c.yaml:2: features.enable_vpn: unknown key; did you mean enable_vpin?");
  EXPECT_EQ(complaint("enable_vpin: maybe"),
            "c.yaml:2: features.enable_vpin: \"maybe\" is not true or false");
}

TEST(FeaturesConfig, TheExampleThatIsShippedNamesEveryKey) {
  const std::string example = read_file(DAEDALUS_SOURCE_DIR "/config/config.example.yaml").value();
  std::istringstream keys(kAllKeys);
  int seen = 0;
  for (std::string line; std::getline(keys, line);) {
    if (line.empty()) continue;
    const std::string key = "\n" + line.substr(0, line.find(':') + 1);
    EXPECT_NE(example.find(key), std::string::npos) << key;
    ++seen;
  }
  EXPECT_EQ(seen, 22);
}

}  // namespace
}  // namespace daedalus
