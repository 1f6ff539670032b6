#include <algorithm>

#include "daedalus/features/ranked_decimals.hpp"
#include "daedalus/features/seconds_for_test.hpp"

namespace daedalus {
namespace {

/// One image of a book a second, with spreads in hundredths.
void feed_spreads(EngineFeed& feed, const std::vector<int>& hundredths, double from = 0.5) {
  for (size_t i = 0; i < hundredths.size(); ++i) {
    const double ask = (10'000 + hundredths[i]) / 100.0;
    feed.snapshot(from + static_cast<double>(i), {{100, 1}}, {{ask, 1}});
  }
  feed.engine.advance_to(EngineFeed::at(from + static_cast<double>(hundredths.size()) - 0.5));
}

FeatureParameters window_of(int seconds) {
  FeatureParameters parameters;
  parameters.spread_regime_window_s = seconds;
  return parameters;
}

std::string_view regime(EngineFeed& feed, size_t row) {
  return column(feed.rows(), "spread_regime").text_at(row);
}

TEST(SpreadRegime, OfAContinuousSpreadIsAboutAFifthTightAndAFifthWide) {
  EngineFeed feed;
  std::mt19937_64 random(3);
  std::vector<int> spreads(4000);
  for (int& spread : spreads) spread = static_cast<int>(1 + random() % 500'000);
  feed_spreads(feed, spreads);

  int tight = 0, wide = 0;
  for (size_t row = 300; row < 4000; ++row) {
    tight += regime(feed, row) == "tight" ? 1 : 0;
    wide += regime(feed, row) == "wide" ? 1 : 0;
  }
  EXPECT_NEAR(tight / 3700.0, 0.2, 0.02);
  EXPECT_NEAR(wide / 3700.0, 0.2, 0.02);
  EXPECT_NEAR(number(feed.rows(), "spread_regime_tight_frac", 3999), 0.2, 0.06);
}

TEST(SpreadRegime, OfAConstantSpreadIsAlwaysNormal) {
  EngineFeed feed;
  double bid = 100;
  for (int i = 0; i < 500; ++i) {
    bid += 0.01 * (i % 3 - 1);  // The mid moves, so relative spreads differ.
    bid = std::round(bid * 100) / 100;
    feed.snapshot(i + 0.5, {{bid, 1}}, {{std::round(bid * 100 + 7) / 100, 1}});
  }
  feed.engine.advance_to(EngineFeed::at(500));

  for (size_t row = 0; row < 500; ++row) {
    ASSERT_EQ(regime(feed, row), "normal");
    ASSERT_EQ(number(feed.rows(), "spread_percentile", row), 0.5);
  }
  EXPECT_EQ(number(feed.rows(), "spread_regime_tight_frac", 499), 0);
  EXPECT_EQ(number(feed.rows(), "spread_regime_wide_frac", 499), 0);
}

TEST(SpreadRegime, ThresholdsAreMetExactly) {
  EngineFeed feed(window_of(5));
  feed_spreads(feed, {10, 20, 30, 40, 50, 20, 10});

  // Label 5: 50 among 10..50 has rank (4 + 0.5) / 5; label 6: 20 among 20, 20, 30, 40, 50: exactly
  // 1 / 5, which is tight; label 7: 10 among 10, 20, 30, 40, 50.
  EXPECT_EQ(number(feed.rows(), "spread_percentile", 4), 0.9);
  EXPECT_EQ(regime(feed, 4), "wide");
  EXPECT_EQ(number(feed.rows(), "spread_percentile", 5), 0.2);
  EXPECT_EQ(regime(feed, 5), "tight");
  EXPECT_EQ(number(feed.rows(), "spread_percentile", 6), 0.1);
}

TEST(SpreadRegime, FractionsAreSharesOfTheSamplesByTheirOwnRegimes) {
  EngineFeed feed(window_of(4));
  feed_spreads(feed, {10, 20, 5, 30, 40, 40});

  // Own ranks: 1/2 of {10}; 3/4 of {10 20}; 1/6 of {5 10 20}; 7/8 of {5 10 20 30}; 7/8 of
  // {5 20 30 40}; 3/4 of {5 30 40 40}: normal, normal, tight, wide, wide, normal.
  const std::vector<double> tight = {0, 0, 1 / 3.0, 0.25, 0.25, 0.25};
  const std::vector<double> wide = {0, 0, 0, 0.25, 0.5, 0.5};
  for (size_t row = 0; row < 6; ++row) {
    EXPECT_EQ(number(feed.rows(), "spread_regime_tight_frac", row), tight[row]) << row;
    EXPECT_EQ(number(feed.rows(), "spread_regime_wide_frac", row), wide[row]) << row;
  }
}

TEST(SpreadRegime, QuietSecondsAreSamplesAndCrossedOnesAreNone) {
  EngineFeed feed;
  feed.snapshot(0.5, {{100, 1}}, {{101, 1}});
  feed.snapshot(3.5, {{100, 1}}, {{102, 1}});  // Samples 1, 1, 1, 2.
  feed.snapshot(4.5, {{103, 1}}, {{102, 1}});  // Crossed: no sample at 5.
  feed.snapshot(5.5, {{100, 1}}, {{102, 1}});
  feed.engine.advance_to(EngineFeed::at(6));
  const Table& rows = feed.rows();

  ASSERT_EQ(rows.rows(), 4u);
  EXPECT_EQ(number(rows, "spread_percentile", 1), 3.5 / 4);
  EXPECT_TRUE(null_at(rows, "spread_percentile", 2));
  EXPECT_TRUE(null_at(rows, "spread_regime", 2));
  EXPECT_EQ(number(rows, "spread_regime_wide_frac", 2), 1 / 4.0);
  EXPECT_EQ(number(rows, "spread_percentile", 3), 4.0 / 5);
}

TEST(SpreadRegime, ARowBetweenSecondsRanksItsOwnSpreadAmongTheSamplesBefore) {
  FeatureParameters parameters = window_of(3);
  parameters.emit_interval_s = 0;
  EngineFeed feed(parameters);
  feed.snapshot(0.25, {{100, 1}}, {{101, 1}});  // No sample yet.
  feed.snapshot(1.25, {{100, 1}}, {{102, 1}});  // Sample at 1: 1.
  feed.snapshot(2.25, {{100, 1}}, {{101, 1}});  // And at 2: 2.
  feed.snapshot(4.00, {{100, 1}}, {{101, 1}});  // (1, 4]: 2, 1, 1.
  const Table& rows = feed.rows();

  EXPECT_TRUE(null_at(rows, "spread_percentile", 0));
  EXPECT_EQ(number(rows, "spread_percentile", 1), 1);
  EXPECT_EQ(number(rows, "spread_percentile", 2), 0.25);
  EXPECT_EQ(number(rows, "spread_percentile", 3), 1.0 / 3);
}

TEST(SpreadRegime, ABreakOfTheBookEmptiesTheWindow) {
  EngineFeed feed;
  feed_spreads(feed, {10, 20, 30});
  feed.gap(3.125, 1, true, Channel::orderbook);
  feed.gap(3.25, 1, false, Channel::orderbook);
  feed.snapshot(3.5, {{100, 1}}, {{101, 1}});
  feed.engine.advance_to(EngineFeed::at(4));

  EXPECT_EQ(number(feed.rows(), "spread_percentile", 3), 0.5);
}

TEST(SpreadRegime, ThresholdsInBpsAreExactWhereTheyAreFixed) {
  FeatureParameters parameters = window_of(4);
  parameters.use_dynamic_spread_regime = false;
  parameters.tight_spread_threshold_bps = 10;
  parameters.wide_spread_threshold_bps = 20;
  parameters.emit_interval_s = 0;
  EngineFeed feed(parameters);
  feed.snapshot(0.5, {{99.95, 1}}, {{100.05, 1}});  // 10 bps of 100, which doubles miss.
  feed.snapshot(1.5, {{99.94, 1}}, {{100.06, 1}});
  feed.snapshot(2.5, {{99.9, 1}}, {{100.1, 1}});
  feed.snapshot(3.5, {{99.9, 1}}, {{100.09, 1}});
  const Table& rows = feed.rows();

  EXPECT_EQ(regime(feed, 0), "tight");
  EXPECT_EQ(regime(feed, 1), "normal");
  EXPECT_EQ(regime(feed, 2), "wide");
  EXPECT_EQ(regime(feed, 3), "normal");
  EXPECT_TRUE(null_at(rows, "spread_regime_tight_frac", 0));
  EXPECT_EQ(number(rows, "spread_regime_tight_frac", 3), 1 / 3.0);
  EXPECT_EQ(number(rows, "spread_regime_wide_frac", 3), 1 / 3.0);
  EXPECT_EQ(number(rows, "spread_percentile", 3), 2.0 / 3);
}

TEST(RankedDecimals, EqualASortedListThroughSixHoursOfComingAndGoing) {
  constexpr size_t kWindow = 6 * 3600;
  for (const uint64_t different : {3, 900, 100'000'000}) {
    RankedDecimals ranked;
    std::vector<int64_t> all;
    std::mt19937_64 random(different);
    for (size_t i = 0; i < 2 * kWindow; ++i) {
      all.push_back(static_cast<int64_t>(random() % different));
      const auto scale = static_cast<int8_t>(i < kWindow / 2 ? 0 : 2);  // Digits become finer.
      ranked.add({all.back() * kPowersOfTen[scale], scale});
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(i < kWindow ? 0 : i - kWindow);
      if (i >= kWindow) ranked.remove({*first, 0});
      if (i % 4999 != 0) continue;
      const auto from = first + (i < kWindow ? 0 : 1);
      const int64_t asked = static_cast<int64_t>(random() % different);
      const auto rank = ranked.rank({asked, 0});
      EXPECT_EQ(rank.below, std::count_if(from, all.end(), [&](auto v) { return v < asked; }));
      EXPECT_EQ(rank.equal, std::count(from, all.end(), asked));
      EXPECT_EQ(ranked.size(), all.end() - from);
    }
  }
}

TEST(RankedDecimals, PlaceAValueWithFinerDigitsBetweenThoseTheyHold) {
  RankedDecimals ranked;
  ranked.add({1, 0});
  ranked.add({2, 0});

  EXPECT_EQ(ranked.rank({15, 1}).below, 1);
  EXPECT_EQ(ranked.rank({15, 1}).equal, 0);
  EXPECT_EQ(ranked.rank({20, 1}).below, 1);
  EXPECT_EQ(ranked.rank({20, 1}).equal, 1);
  EXPECT_EQ(ranked.rank({5, 1}).below, 0);
}

}  // namespace
}  // namespace daedalus
