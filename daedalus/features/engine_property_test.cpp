#include <algorithm>

#include "daedalus/book/order_book.hpp"
#include "daedalus/features/random_stream_for_test.hpp"

namespace daedalus {
namespace {

FeatureParameters parameters_of(uint64_t seed) {
  FeatureParameters parameters;
  constexpr double kIntervals[] = {0, 1, 0.25, 7};
  parameters.emit_interval_s = kIntervals[seed % 4];
  parameters.bar_durations_s = {5, 60, 900};
  if (seed % 3 == 0) parameters.smart_depth_half_life_bps = 2.5;
  if (seed % 3 == 1) parameters.vpin_bucket_size = 150.5;
  if (seed % 3 == 2) parameters.vpin_window_buckets = 3;
  if (seed % 3 == 1) {
    parameters.spread_regime_window_s = 20;
    parameters.kyle_lambda_window_s = 40;
  }
  if (seed % 5 < 3) parameters.rolling_windows_s = {1, 4, 30};  // Streams break often.
  return parameters;
}

std::vector<std::string> sorted_rows(EngineTables& tables) {
  std::vector<std::string> rows = all_rows(tables);
  std::sort(rows.begin(), rows.end());
  return rows;
}

TEST(EngineState, TheRestOfAStreamIsBitIdenticalAfterRestoreAtAnyEvent) {
  size_t rows_seen = 0;
  for (uint64_t seed = 0; seed < 24; ++seed) {
    const FeatureParameters parameters = parameters_of(seed);
    const auto items = RandomStream(seed).make(500);
    EngineFeed straight(parameters);
    for (const StreamItem& item : items) item.feed(straight);
    const auto expected = sorted_rows(straight.engine.tables());

    // Cut after every k-th event: what came before is taken from each engine as it ends.
    EngineFeed cut(parameters);
    std::vector<std::string> found;
    for (size_t i = 0; i < items.size(); ++i) {
      items[i].feed(cut);
      if (i % (1 + seed % 5) != 0) continue;
      for (std::string& row : all_rows(cut.engine.tables())) found.push_back(std::move(row));
      auto restored =
          FeatureEngine::restore({"test", "venue", "BTC-USD"}, parameters, cut.engine.save());
      ASSERT_TRUE(restored) << restored.error().message;
      cut.engine = *std::move(restored);
    }
    for (std::string& row : all_rows(cut.engine.tables())) found.push_back(std::move(row));
    std::sort(found.begin(), found.end());
    ASSERT_EQ(found, expected) << "seed " << seed;
    rows_seen += expected.size();
  }
  EXPECT_GT(rows_seen, 5000u);
}

TEST(EngineState, WhatIsSavedTwiceIsTheSame) {
  EngineFeed feed;
  for (const StreamItem& item : RandomStream(5).make(300)) item.feed(feed);
  const std::string state = feed.engine.save();

  auto restored = FeatureEngine::restore({"test", "venue", "BTC-USD"}, {}, state);
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->save(), state);
}

TEST(EngineState, ADamagedOneOrOneOfOtherParametersIsRefused) {
  EngineFeed feed;
  for (const StreamItem& item : RandomStream(6).make(300)) item.feed(feed);
  const std::string state = feed.engine.save();
  const EngineKey key{"test", "venue", "BTC-USD"};

  FeatureParameters other;
  other.ofi_decay_alpha = 0.25;
  const auto of_others = FeatureEngine::restore(key, other, state);
  ASSERT_FALSE(of_others);
  EXPECT_NE(of_others.error().message.find("other parameters"), std::string::npos);
  EXPECT_FALSE(FeatureEngine::restore({"test", "venue", "ETH-USD"}, {}, state));
  EXPECT_FALSE(FeatureEngine::restore(key, {}, state.substr(0, state.size() / 2)));
  std::string flipped = state;
  flipped[flipped.size() / 2] ^= 1;
  const auto damaged = FeatureEngine::restore(key, {}, flipped);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind, ErrorKind::malformed);
}

TEST(Causality, RowsLabelledUpToTDoNotChangeWhenAnythingAtOrAfterTDoes) {
  for (uint64_t seed = 1; seed < 40; ++seed) {
    FeatureParameters parameters = parameters_of(seed);
    if (parameters.emit_interval_s == 0) parameters.emit_interval_s = 1;
    const auto items = RandomStream(seed).make(200);
    const double cut = std::ceil(items[150].seconds / 7) * 7;  // A label of every interval.
    const auto rows_until_cut = [&](bool is_changed) {
      EngineFeed feed(parameters);
      for (const StreamItem& item : items) {
        if (item.seconds < cut) item.feed(feed);
      }
      if (is_changed) feed.snapshot(cut, {{3, 1e9}}, {{900'000, 2}});
      if (!is_changed) feed.engine.advance_to(EngineFeed::at(cut));
      return sorted_rows(feed.engine.tables());
    };
    ASSERT_EQ(rows_until_cut(true), rows_until_cut(false)) << "seed " << seed;
  }
}

/// Levels by price, and sums by distance taken the slow way.
TEST(Depths, KeptUpWithChangesEqualAWalkOverTheWholeBook) {
  FeatureParameters parameters;
  parameters.emit_interval_s = 0;
  for (uint64_t seed = 100; seed < 120; ++seed) {
    EngineFeed kept(parameters);
    size_t compared = 0;
    for (const StreamItem& item : RandomStream(seed).make(300)) {
      item.feed(kept);
      if (item.kind != StreamItem::Kind::book || kept.rows().rows() == 0) continue;
      const auto with_history = exact_rows(kept.rows()).back();
      // An engine that is restored has no sums yet: its next row walks the book anew.
      auto fresh =
          FeatureEngine::restore({"test", "venue", "BTC-USD"}, parameters, kept.engine.save());
      ASSERT_TRUE(fresh);
      kept.engine.tables().orderbook.clear();
      kept.sequence += 1;
      const TestLevels nothing;
      for (FeatureEngine* engine : {&kept.engine, &*fresh}) {
        ASSERT_TRUE(engine->on_book({.capture_time = EngineFeed::at(item.seconds),
                                     .recv_seq = kept.sequence,
                                     .bids = nothing.input(),
                                     .asks = nothing.input()}));
      }
      ASSERT_EQ(exact_rows(kept.rows()), exact_rows(fresh->tables().orderbook)) << with_history;
      ++compared;
    }
    EXPECT_GT(compared, 100u);
  }
}

}  // namespace
}  // namespace daedalus
