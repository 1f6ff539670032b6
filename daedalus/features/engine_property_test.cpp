#include <algorithm>
#include <map>
#include <set>

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

/// Odd seeds are calm enough for windows, regressions and buckets to fill; every third, calm too,
/// runs over several midnights.
StreamShape shape_of(uint64_t seed) {
  const bool has_nights = seed % 3 == 0;
  const bool is_calm = seed % 2 == 1 || has_nights;
  return {.gaps_left_out = has_nights ? 8 : (is_calm ? 50 : 1),
          .breaks_left_out = is_calm ? 50 : 1,
          .nights = has_nights ? 200 : 0,
          .has_derivatives = true,
          .has_outliers = seed % 4 < 2};
}

/// What a stream has shown in an engine's tables, taken out of them.
struct Taken {
  std::vector<std::string> rows;
  std::set<double> vpins, liquidations;
  std::set<int64_t> days;

  void take(EngineTables& tables) {
    for (std::string& row : all_rows(tables)) rows.push_back(std::move(row));
    const Table& book = tables.orderbook;
    for (const int64_t day : column(book, "day").integers) days.insert(day);
    note(column(book, "vpin"), vpins);
    for (const ColumnSpec& each : book.schema) {
      if (each.name.starts_with("liq_sell_")) note(column(book, each.name), liquidations);
    }
    clear(tables);
  }

 private:
  static void note(const Column& column, std::set<double>& values) {
    for (const double value : column.doubles) {
      if (!std::isnan(value)) values.insert(value);
    }
  }
  static void clear(EngineTables& tables) {
    for (Table* table : {&tables.orderbook, &tables.trades, &tables.ticker}) table->clear();
    for (BarTable& bars : tables.bars) bars.table.clear();
    for (InformationBarTable& bars : tables.information_bars) bars.table.clear();
  }
};

/// All tables of a stream; its engine is saved and restored after every k-th item.
Taken run(const std::vector<StreamItem>& items, const EngineParameters& parameters, size_t k) {
  const EngineKey key{"test", "venue", "BTC-USD"};
  EngineFeed feed(parameters);
  Taken taken;
  for (size_t i = 0; i < items.size(); ++i) {
    items[i].feed(feed);
    if (i % k != k - 1) continue;
    taken.take(feed.engine.tables());
    auto restored = FeatureEngine::restore(key, parameters, feed.engine.save());
    EXPECT_TRUE(restored) << restored.error().message;
    feed.engine = *std::move(restored);
  }
  feed.engine.write_unfinished_bars();
  taken.take(feed.engine.tables());
  std::sort(taken.rows.begin(), taken.rows.end());
  return taken;
}

TEST(EngineState, TheRestOfAStreamIsBitIdenticalAfterRestoreAtEveryKthItem) {
  std::map<bool, size_t> vpins;
  size_t rows_seen = 0, liquidations = 0, days = 0;
  for (uint64_t seed = 0; seed < 24; ++seed) {
    EngineParameters parameters(parameters_of(seed));
    const StreamShape shape = shape_of(seed);
    parameters.information_bars = random_information_bars(shape.has_outliers);
    const auto items = RandomStream(seed, shape).make(shape.nights > 0 ? 2000 : 600);
    const Taken expected = run(items, parameters, items.size() + 1);

    for (const size_t k : {size_t{1 + seed % 5}, size_t{37}}) {
      const Taken found = run(items, parameters, k);
      ASSERT_EQ(found.rows, expected.rows) << "seed " << seed << " every " << k;
    }
    rows_seen += expected.rows.size();
    vpins[parameters.orderbook.vpin_bucket_size.has_value()] += expected.vpins.size();
    liquidations += expected.liquidations.size();
    days = std::max(days, expected.days.size());
  }

  EXPECT_GT(rows_seen, 5000u);
  EXPECT_GT(vpins[false], 30u);  // Of a day's volume.
  EXPECT_GT(vpins[true], 100u);  // Of a given one.
  EXPECT_GT(liquidations, 100u);
  EXPECT_GT(days, 2u);
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
