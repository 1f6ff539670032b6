// What a saved state is refused for. That whole ones lose nothing: engine_property_test.
#include <functional>

#include "daedalus/base/serialize.hpp"
#include "daedalus/features/random_stream_for_test.hpp"

namespace daedalus {
namespace {

const EngineKey kKey{"test", "venue", "BTC-USD"};

std::string some_state(const EngineParameters& parameters = {}) {
  EngineFeed feed(parameters.orderbook);
  for (const StreamItem& item : RandomStream(21).make(60)) item.feed(feed);
  return feed.engine.save();
}

std::string refusal(const std::string& state, const EngineParameters& parameters = {}) {
  const auto restored = FeatureEngine::restore(kKey, parameters, state);
  if (restored) return "";
  EXPECT_EQ(restored.error().kind, ErrorKind::malformed);
  return restored.error().message;
}

TEST(EngineStateRefused, OneOfAnOlderVersionSaysBothVersions) {
  const std::string state = some_state();
  const std::string content(unseal_state(state, FeatureEngine::kStateVersion).value());

  EXPECT_EQ(refusal(seal_state(content, FeatureEngine::kStateVersion)), "");
  EXPECT_EQ(
      refusal(seal_state(content, 1)),
      fmt::format("feature engine's state: a state of format version 1, this program reads {}",
                  FeatureEngine::kStateVersion));
}

TEST(EngineStateRefused, NoFlippedByteAndNoCutGivesAnotherEngine) {
  const std::string state = some_state();
  ASSERT_EQ(refusal(state), "");
  const size_t step = 1 + state.size() / 2000;
  size_t refused = 0, tried = 0;
  for (size_t at = 0; at < state.size(); at += at < 64 ? 1 : step) {
    std::string flipped = state;
    flipped[at] ^= 0x10;
    ++tried;
    // A byte that means nothing to the decompression may pass: what was saved is then whole.
    const auto restored = FeatureEngine::restore(kKey, {}, flipped);
    if (restored) {
      EXPECT_EQ(restored->save(), state) << "byte " << at;
    } else {
      ++refused;
    }
    EXPECT_NE(refusal(state.substr(0, at)), "") << "cut at " << at;
  }
  EXPECT_GT(refused, tried * 9 / 10);
}

TEST(EngineStateRefused, AChangeOfAnyParameterIsFoundForEveryChannel) {
  const std::string state = some_state();
  const std::vector<std::function<void(FeatureParameters&)>> changes = {
      [](auto& p) { p.depth_levels = 19; },
      [](auto& p) { p.ofi_levels = 9; },
      [](auto& p) { p.ofi_decay_alpha = 0.25; },
      [](auto& p) { p.bands_bps = {5, 10}; },
      [](auto& p) { p.rolling_windows_s = {5, 15}; },
      [](auto& p) { p.bar_durations_s = {60}; },
      [](auto& p) { p.emit_interval_s = 0; },
      [](auto& p) { p.smart_depth_half_life_bps = 4; },
      [](auto& p) { p.spread_regime_window_s = 60; },
      [](auto& p) { p.spread_tight_percentile = 0.1; },
      [](auto& p) { p.spread_wide_percentile = 0.9; },
      [](auto& p) { p.use_dynamic_spread_regime = false; },
      [](auto& p) { p.tight_spread_threshold_bps = 2; },
      [](auto& p) { p.wide_spread_threshold_bps = 10; },
      [](auto& p) { p.kyle_lambda_window_s = 60; },
      [](auto& p) { p.enable_vpin = false; },
      [](auto& p) { p.vpin_bucket_size = 2; },
      [](auto& p) { p.vpin_window_buckets = 10; },
      [](auto& p) { p.max_state_staleness_s = 60; },
      [](auto& p) { p.categories.pop_back(); },
      [](auto& p) { p.has_legacy_aliases = false; },
      [](auto& p) { p.keep_raw_arrays = true; }};
  for (size_t i = 0; i < changes.size(); ++i) {
    for (FeatureParameters EngineParameters::* channel :
         {&EngineParameters::orderbook, &EngineParameters::trades, &EngineParameters::ticker}) {
      EngineParameters other;
      changes[i](other.*channel);
      EXPECT_EQ(refusal(state, other),
                "feature engine's state is of another stream or of other parameters than "
                "venue/BTC-USD")
          << i;
    }
  }
}

}  // namespace
}  // namespace daedalus
