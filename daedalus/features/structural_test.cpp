#include <algorithm>
#include <map>

#include "daedalus/features/catalog.hpp"
#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {
namespace {

FeatureParameters per_event() {
  FeatureParameters parameters;
  parameters.emit_interval_s = 0;
  return parameters;
}

constexpr double kTwo = 2;
constexpr double kAbsent = -1e300;

void expect_row(const Table& table, size_t row, const std::map<std::string, double>& expected) {
  for (const auto& [name, value] : expected) {
    const double found = number(table, name, row);
    if (value == kAbsent) {
      EXPECT_TRUE(std::isnan(found)) << name << " is " << found;
    } else {
      EXPECT_NEAR(found, value, 1e-12 * std::max(1.0, std::abs(value))) << name;
    }
  }
}

/// Two books of six levels a side, every value below computed by hand. Mid of the first: 1000.
const TestLevels kBids = {{999.5, 2}, {999, 1}, {998, 3}, {997, 2}, {995, 2}, {990, 10}};
const TestLevels kAsks = {{1000.5, 1}, {1001, 2}, {1002, 2}, {1003.5, 4}, {1005, 1}, {1010, 5}};

TEST(TwoBooks, EveryStructuralValueOfTheFirstIsTheOneComputedByHand) {
  EngineFeed feed(per_event());
  feed.snapshot(1, kBids, kAsks);
  const Table& table = feed.rows();
  // Distances in bps: bids 5 10 20 30 50 100, asks 5 10 20 35 50 100.
  // Five levels: Q = 10 at 999.5 2 + 999 + 998 3 + 997 2 + 995 2 = 9976, S = 10 at 10025.5.
  const double smart_bid = 2 * std::pow(kTwo, -1) + 1 * std::pow(kTwo, -2) +
                           3 * std::pow(kTwo, -4) + 2 * std::pow(kTwo, -6) +
                           2 * std::pow(kTwo, -10);
  const double smart_ask = 1 * std::pow(kTwo, -1) + 2 * std::pow(kTwo, -2) +
                           2 * std::pow(kTwo, -4) + 4 * std::pow(kTwo, -7) +
                           1 * std::pow(kTwo, -10);
  expect_row(table, 0,
             {{"bid_price_L0", 999.5},
              {"bid_price_L5", 990},
              {"bid_price_L6", kAbsent},
              {"bid_size_L1", 1},
              {"bid_size_L5", 10},
              {"bid_size_L6", 0},
              {"ask_price_L1", 1001},
              {"ask_size_L3", 4},
              {"ask_price_L19", kAbsent},
              {"best_bid", 999.5},
              {"best_ask", 1000.5},
              {"mid_price", 1000},
              {"spread", 1},
              {"relative_spread", 0.001},
              {"spread_bps", 10},
              {"microprice", (999.5 * 1 + 1000.5 * 2) / 3.0},
              {"micro_minus_mid", 1 / 6.0},
              {"micro_minus_mid_bps", 10 / 6.0},
              {"weighted_mid", (997.6 * 10 + 1002.55 * 10) / 20},
              {"imbalance_L1", 1 / 3.0},
              {"imbalance_L3", 1 / 11.0},
              {"imbalance_L5", 0},
              {"imbalance_L10", 5 / 35.0},
              {"level_imbalance_0", 1 / 3.0},
              {"level_imbalance_1", -1 / 3.0},
              {"level_imbalance_2", 1 / 5.0},
              {"level_imbalance_3", -1 / 3.0},
              {"level_imbalance_4", 1 / 3.0},
              {"level_imbalance_5", 1 / 3.0},
              {"level_imbalance_6", kAbsent},
              {"level_imbalance_9", kAbsent},
              {"total_bid_depth", 20},
              {"total_ask_depth", 15},
              {"total_bid_volume", 20},
              {"total_ask_volume", 15},
              {"total_imbalance", 1 / 7.0},
              {"book_pressure", 1 / 7.0},
              {"vwap_bid_5", 997.6},
              {"vwap_ask_5", 1002.55},
              {"vwap_spread", 4.95},
              {"smart_bid_depth", smart_bid},
              {"smart_ask_depth", smart_ask},
              {"smart_depth_imbalance", (smart_bid - smart_ask) / (smart_bid + smart_ask)}});
  expect_row(table, 0,
             {{"bid_vol_band_0_5bps", 0},
              {"bid_vol_band_5_10bps", 2},
              {"bid_vol_band_10_25bps", 4},
              {"bid_vol_band_25_50bps", 2},
              {"bid_vol_band_50_100bps", 2},
              {"ask_vol_band_0_5bps", 0},
              {"ask_vol_band_5_10bps", 1},
              {"ask_vol_band_10_25bps", 4},
              {"ask_vol_band_25_50bps", 4},
              {"ask_vol_band_50_100bps", 1},
              {"imb_band_0_5bps", kAbsent},
              {"imb_band_5_10bps", 1 / 3.0},
              {"imb_band_10_25bps", 0},
              {"imb_band_25_50bps", -1 / 3.0},
              {"imb_band_50_100bps", 1 / 3.0},
              {"bid_slope_simple", 0.45},
              {"ask_slope_simple", 0.45},
              {"bid_slope", 0.45},
              {"ask_slope", 0.45},
              {"bid_depth_decay_5", 1},
              {"ask_depth_decay_5", 1},
              {"avg_depth_decay_5", 1},
              {"bid_concentration", (4 + 1 + 9 + 4 + 4 + 100) / 400.0},
              {"ask_concentration", (1 + 4 + 4 + 16 + 1 + 25) / 225.0},
              {"bid_50pct_depth_levels", 5},
              {"ask_50pct_depth_levels", 4},
              {"book_convexity", 0},
              {"lambda_like", kAbsent},
              {"amihud_like", 1 / 3.0}});
  // Bids: x = 5 10 20 30 50 100 (mean 215/6), y = 2 3 6 8 10 20 (mean 49/6):
  // Sxy = 2900 - 215 49 / 6 = 6865/6, Sxx = 13925 - 215 215 / 6 = 37325/6.
  // Asks: x = 5 10 20 35 50 100 (mean 220/6), y = 1 3 5 9 10 15 (mean 43/6):
  // Sxy = 2450 - 220 43 / 6 = 5240/6, Sxx = 14250 - 220 220 / 6 = 37100/6.
  const double gravity = (9976 + 9900 + 10025.5 + 5050) / 35.0;
  expect_row(table, 0,
             {{"bid_slope_regression", 6865.0 / 37325},
              {"ask_slope_regression", 5240.0 / 37100},
              {"slope_asymmetry", 6865.0 / 37325 / (5240.0 / 37100)},
              {"center_of_gravity", gravity},
              {"cog_vs_mid", 10 * (gravity - 1000)},
              {"log_return", kAbsent},
              {"log_return_step", kAbsent},
              {"ofi", kAbsent},
              {"ofi_L9", kAbsent},
              {"mlofi", kAbsent},
              {"ofi_depth_norm", kAbsent},
              {"mid_velocity", kAbsent},
              {"mid_accel", kAbsent}});
}

TEST(TwoBooks, EveryDynamicValueOfTheSecondIsTheOneComputedByHand) {
  EngineFeed feed(per_event());
  feed.snapshot(1, kBids, kAsks);
  // The best ask is taken away, the best bid shrinks, a bid appears behind it: mid 1000.25.
  feed.delta(2, {{999.5, 1.5}, {999.25, 4}}, {{1000.5, 0}});
  // Ranks, bids: 999.5 2>1.5 | 999 1 > 999.25 4 | 998 3 > 999 1 | 997 2 > 998 3 | 995 2 > 997 2 |
  //              990 10 > 995 2 | none > 990 10;      dB = -.5, 4, 1, 3, 2, 2, 10.
  // Ranks, asks: 1000.5 1 > 1001 2 | 1001 2 > 1002 2 | 1002 2 > 1003.5 4 | 1003.5 4 > 1005 1 |
  //              1005 1 > 1010 5 | 1010 5 > none;     dA = -1, -2, -2, -4, -1, -5.
  const double steps[] = {0.5, 6, 3, 7, 3, 7, 10};
  double multi = 0;
  double decayed = 0;
  for (int i = 0; i < 7; ++i) {
    multi += steps[i];
    decayed += std::exp(-0.5 * i) * steps[i];
  }
  const Table& table = feed.rows();
  ASSERT_EQ(table.rows(), 2u);
  expect_row(table, 1,
             {{"mid_price", 1000.25},
              {"spread", 1.5},
              {"log_return", std::log1p(0.25 / 1000)},
              {"log_return_step", std::log1p(0.25 / 1000)},
              {"ofi", 0.5},
              {"ofi_step", 0.5},
              {"ofi_L0", 0.5},
              {"ofi_L1", 6},
              {"ofi_L2", 3},
              {"ofi_L3", 7},
              {"ofi_L4", 3},
              {"ofi_L5", 7},
              {"ofi_L6", 10},
              {"ofi_L7", 0},
              {"ofi_L9", 0},
              {"ofi_multi", multi},
              {"mlofi", decayed},
              {"mlofi_step", decayed},
              {"mlofi_decay", decayed},
              {"ofi_depth_norm", 0.5 / 1.75},
              {"mid_velocity", 0.25},
              {"mid_accel", kAbsent}});
}

TEST(Levels, BidSizeL1IsTheSecondLevel) {
  EngineFeed feed(per_event());
  feed.snapshot(0, {{10, 1}, {9, 2}, {8, 3}}, {{11, 4}, {12, 5}});

  EXPECT_EQ(number(feed.rows(), "bid_size_L1", 0), 2);
  EXPECT_EQ(number(feed.rows(), "bid_price_L1", 0), 9);
  EXPECT_EQ(number(feed.rows(), "ask_size_L1", 0), 5);
}

TEST(Bands, AreByTrueDistanceInBpsOnExactDecimals) {
  // Each pair: a mid and a price exactly 5, 10 or 25 bps from it; with doubles some come out nearer
  // and some farther. The level belongs to the band that begins there.
  int doubles_err = 0;
  for (int i = 2; i <= 400; ++i) {
    const int64_t mid_cents = 100 * i * 20;  // So that 5 bps are whole cents.
    const double mid = static_cast<double>(mid_cents) / 100;
    const double best_bid = static_cast<double>(mid_cents - 1) / 100;
    const double best_ask = static_cast<double>(mid_cents + 1) / 100;
    const double at_edge = static_cast<double>(mid_cents + mid_cents / 2000) / 100;
    EngineFeed feed(per_event());
    feed.snapshot(0, {{best_bid, 1}}, {{best_ask, 1}, {at_edge, 7}});
    doubles_err += (at_edge - mid) / mid * 1e4 < 5;

    ASSERT_EQ(number(feed.rows(), "ask_vol_band_5_10bps", 0), 7) << mid;
  }
  EXPECT_GT(doubles_err, 0) << "the case does not tell exact from inexact";
}

TEST(NullRules, AOneSidedBookGivesNulls) {
  EngineFeed feed(per_event());
  feed.snapshot(0, {{10, 1}, {9, 2}, {8, 1}, {7, 1}, {6, 2}}, {});
  const Table& table = feed.rows();

  EXPECT_EQ(column(table, "book_state").text_at(0), "one_sided");
  expect_row(table, 0,
             {{"bid_price_L0", 10},
              {"bid_size_L0", 1},
              {"best_bid", 10},
              {"ask_price_L0", kAbsent},
              {"ask_size_L0", 0},
              {"best_ask", kAbsent},
              {"mid_price", kAbsent},
              {"spread", kAbsent},
              {"microprice", kAbsent},
              {"weighted_mid", kAbsent},
              {"imbalance_L1", kAbsent},
              {"level_imbalance_0", kAbsent},
              {"total_bid_depth", 7},
              {"total_ask_depth", 0},
              {"total_imbalance", kAbsent},
              {"vwap_ask_5", kAbsent},
              {"vwap_spread", kAbsent},
              {"smart_bid_depth", kAbsent},
              {"bid_vol_band_0_5bps", kAbsent},
              {"bid_slope_simple", 4 / 7.0},
              {"bid_slope_regression", kAbsent},
              {"center_of_gravity", kAbsent},
              {"bid_depth_decay_5", 2},
              {"ask_depth_decay_5", kAbsent},
              {"avg_depth_decay_5", kAbsent},
              {"ask_concentration", kAbsent},
              {"book_convexity", kAbsent},
              {"lambda_like", kAbsent}});
  EXPECT_EQ(integer(table, "bid_levels", 0), 5);
  EXPECT_EQ(integer(table, "ask_levels", 0), 0);
}

TEST(NullRules, ACrossedBookHasLevelsButNoMidAndALockedOneHasBoth) {
  EngineFeed feed(per_event());
  feed.snapshot(0, {{10, 1}}, {{9.5, 2}});
  feed.snapshot(1, {{10, 1}}, {{10, 3}});
  const Table& table = feed.rows();

  EXPECT_EQ(column(table, "book_state").text_at(0), "crossed");
  expect_row(table, 0,
             {{"best_bid", 10},
              {"best_ask", 9.5},
              {"mid_price", kAbsent},
              {"imbalance_L1", kAbsent},
              {"total_bid_depth", 1}});
  EXPECT_EQ(column(table, "book_state").text_at(1), "locked");
  expect_row(table, 1,
             {{"mid_price", 10},
              {"spread", 0},
              {"imbalance_L1", -0.5},
              {"lambda_like", 0},
              {"bid_vol_band_0_5bps", 1}});
}

TEST(DepthLevels, LimitOnlyThePerLevelColumnsAndWhatSaysOverLLevels) {
  FeatureParameters parameters = per_event();
  parameters.depth_levels = 3;
  parameters.ofi_levels = 2;
  EngineFeed small(parameters);
  EngineFeed usual(per_event());
  for (EngineFeed* feed : {&small, &usual}) feed->snapshot(0, kBids, kAsks);

  EXPECT_EQ(small.rows().find("bid_price_L3"), nullptr);
  EXPECT_EQ(small.rows().find("ofi_L2"), nullptr);
  EXPECT_EQ(number(small.rows(), "total_bid_depth", 0), 6);
  for (const char* same : {"imbalance_L10", "level_imbalance_5", "bid_slope_regression",
                           "bid_slope_simple", "bid_vol_band_25_50bps", "weighted_mid"}) {
    EXPECT_EQ(number(small.rows(), same, 0), number(usual.rows(), same, 0)) << same;
  }
}

TEST(Catalog, NamesAreUniqueAndEveryColumnIsExplained) {
  for (const FeatureTable& table : feature_catalog({})) {
    std::vector<std::string> names;
    for (const FeatureColumn& each : table.columns()) {
      names.push_back(each.name);
      EXPECT_FALSE(each.unit.empty()) << each.name;
      EXPECT_FALSE(each.formula.empty()) << each.name;
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end()) << table.name;
  }
}

TEST(Structural, AnUnchangedBooksColumnsStayAndComeAgainBehindAGap) {
  EngineFeed feed(per_event());
  feed.snapshot(1, kBids, kAsks);
  feed.snapshot(2, kBids, kAsks);
  feed.gap(3, 1, true, Channel::orderbook);
  feed.delta(4, {{990, 10}}, {});
  feed.gap(5, 1, false, Channel::orderbook);
  feed.delta(6, {{990, 10}}, {});
  feed.delta(7, {{990, 11}}, {});
  const Table& table = feed.rows();

  ASSERT_EQ(table.rows(), 5u);
  for (const std::string_view name :
       {"bid_price_L5", "mid_price", "imbalance_L10", "bid_vol_band_50_100bps", "smart_bid_depth",
        "cog_vs_mid", "amihud_like"}) {
    const double first = number(table, name, 0);
    EXPECT_FALSE(std::isnan(first)) << name;
    EXPECT_EQ(number(table, name, 1), first) << name;
    EXPECT_TRUE(std::isnan(number(table, name, 2))) << name;
    EXPECT_EQ(number(table, name, 3), first) << name;
  }
  EXPECT_EQ(number(table, "bid_size_L5", 4), 11);
}

}  // namespace
}  // namespace daedalus
