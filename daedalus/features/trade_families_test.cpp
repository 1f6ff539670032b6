#include "daedalus/features/engine_feed_for_test.hpp"
#include "daedalus/features/trade_sums.hpp"

namespace daedalus {
namespace {

FeatureParameters windows_of(std::vector<int> windows_s, double interval_s) {
  FeatureParameters parameters;
  parameters.rolling_windows_s = std::move(windows_s);
  parameters.emit_interval_s = interval_s;
  return parameters;
}

/// A book of mid 100 all the time; `row` makes one.
struct TradeFeed : EngineFeed {
  explicit TradeFeed(double interval_s = 0, std::vector<int> windows_s = {10, 60})
      : EngineFeed(windows_of(std::move(windows_s), interval_s)) {}

  void row(double seconds) { delta(seconds, {{90, static_cast<double>(++sizes)}}, {}); }
  void open_book(double seconds) { snapshot(seconds, {{99, 1}}, {{101, 1}}); }
  double value(std::string_view name) { return last(rows(), name); }
  bool is_null_now(std::string_view name) { return std::isnan(value(name)); }

  int sizes = 0;
};

TEST(TradeFlow, OnTheGridAWindowHoldsItsStartAndNotItsEnd) {
  TradeFeed feed(1);
  feed.open_book(0.5);
  feed.trade(2, 100, 1);
  feed.trade(3, 100, 2, Side::sell);
  feed.row(11.5);
  feed.trade(12, 100, 4);  // The row labelled 12 looks at [2, 12).
  feed.row(12.5);
  feed.engine.advance_to(EngineFeed::at(13));

  const size_t at_12 = feed.rows().rows() - 2;
  EXPECT_EQ(number(feed.rows(), "trade_vol_10s", at_12), 3);
  EXPECT_EQ(number(feed.rows(), "trade_count_10s", at_12), 2);
  EXPECT_DOUBLE_EQ(number(feed.rows(), "tfi_10s", at_12), -1.0 / 3);
  EXPECT_EQ(number(feed.rows(), "trade_vol_10s", at_12 + 1), 6);  // [3, 13)
}

TEST(TradeFlow, PerEventAWindowHoldsItsEndAndNotItsStart) {
  TradeFeed feed;
  feed.open_book(0.5);
  feed.trade(2, 100, 1);
  feed.trade(12, 100, 4);
  feed.row(12);
  EXPECT_EQ(feed.value("trade_vol_10s"), 4);
  EXPECT_EQ(feed.value("trade_vol_60s"), 5);
  feed.trade(12, 100, 8);  // The same moment, but after the row in the order of all.
  EXPECT_EQ(feed.value("trade_vol_10s"), 4);
}

TEST(TradeFlow, TradesWithoutASideCountInVolumeAndPriceOnly) {
  TradeFeed feed;
  feed.trade(1, 100, 1, std::nullopt);
  feed.open_book(2);
  EXPECT_TRUE(feed.is_null_now("tfi_10s"));
  EXPECT_EQ(feed.value("trade_vol_10s"), 1);
  feed.trade(3, 104, 3, Side::buy);
  feed.row(4);
  EXPECT_EQ(feed.value("tfi_10s"), 1);
  EXPECT_EQ(feed.value("trade_count_10s"), 2);
  EXPECT_EQ(feed.value("vwap_10s"), 103);
}

TEST(TradeFlow, AnEmptyWindowIsZeroOnceTradesHaveStartedAndNullBefore) {
  TradeFeed feed;
  feed.open_book(1);
  EXPECT_TRUE(feed.is_null_now("trade_vol_10s"));
  EXPECT_TRUE(feed.is_null_now("trade_count_10s"));
  feed.trade(2, 100, 1);
  feed.row(100);
  EXPECT_EQ(feed.value("trade_vol_10s"), 0);
  EXPECT_EQ(feed.value("trade_count_60s"), 0);
  EXPECT_TRUE(feed.is_null_now("tfi_10s"));
  EXPECT_TRUE(feed.is_null_now("vwap_10s"));
  feed.gap(101, 1, true, Channel::trades);
  feed.gap(102, 1, false, Channel::trades);
  feed.row(103);
  EXPECT_TRUE(feed.is_null_now("trade_vol_10s"));
}

TEST(TradeFlow, AnUnknownCostMakesTheAveragePriceNullWhileItIsInTheWindow) {
  TradeFeed feed;
  feed.open_book(1);
  feed.trade(2, 100, 1, Side::buy, false, false);
  feed.trade(8, 102, 1);
  feed.row(9);
  EXPECT_TRUE(feed.is_null_now("vwap_10s"));
  EXPECT_TRUE(feed.is_null_now("vwap_dev_bps_10s"));
  EXPECT_TRUE(feed.is_null_now("amihud_10s"));
  EXPECT_EQ(feed.value("trade_vol_10s"), 2);
  EXPECT_DOUBLE_EQ(feed.value("effective_spread_bps_10s"), 200);
  feed.row(12);
  EXPECT_EQ(feed.value("vwap_10s"), 102);
  EXPECT_TRUE(feed.is_null_now("vwap_60s"));
}

TEST(TradeFlow, AnOutlierThatLeftLeavesNothingBehind) {
  TradeFeed feed;
  feed.open_book(1);
  feed.trade(2, 1e6, 1e12);
  feed.trade(10, 0.1, 0.1);
  feed.trade(11, 0.3, 0.2, Side::sell);
  feed.row(13);
  EXPECT_DOUBLE_EQ(feed.value("trade_vol_10s"), 0.3);
  EXPECT_DOUBLE_EQ(feed.value("tfi_10s"), -1.0 / 3);
  EXPECT_DOUBLE_EQ(feed.value("vwap_10s"), 0.07 / 0.3);
}

TEST(TradeSums, OfAWindowAreRightWhereTheTotalsHaveWrapped) {
  TradeSums before{.unknown_costs = std::numeric_limits<uint32_t>::max()};
  before.amounts[0] = static_cast<Wide>(~static_cast<unsigned __int128>(0) >> 1);
  TradeSums total = before;
  total.enter({.time = {}, .mantissa = 3, .cost = kNull, .scale = 0, .place = 0});
  const TradeSums sums = total - before;

  EXPECT_EQ(sums.volume(), 3);
  EXPECT_EQ(sums.unknown_costs, 1u);
  EXPECT_TRUE(std::isnan(sums.cost()));
}

TEST(TradedCost, ComparesTradesWithTheMidBeforeThemAndTheRowsOwn) {
  TradeFeed feed;
  feed.open_book(1);
  feed.trade(2, 101, 1);
  feed.trade(3, 99.5, 3, Side::sell);
  feed.delta(4, {{99, 0}, {103, 1}}, {{101, 0}, {105, 1}});  // Mid 104.
  feed.trade(5, 105, 1);

  const double vwap = (101 + 3 * 99.5) / 4;
  EXPECT_DOUBLE_EQ(feed.value("vwap_dev_bps_10s"), 1e4 * (104 - vwap) / 104);
  EXPECT_DOUBLE_EQ(feed.value("effective_spread_bps_10s"), (200 + 100) / 2.0);
  feed.row(6);
  EXPECT_DOUBLE_EQ(feed.value("effective_spread_bps_10s"), (200 + 100 + 2e4 / 104) / 3);
}

TEST(TradedCost, AmihudIsTheWindowsReturnOverItsCost) {
  TradeFeed feed;
  feed.open_book(1);
  feed.trade(2, 100, 3);
  feed.row(10);
  EXPECT_TRUE(feed.is_null_now("amihud_10s"));  // The stretch is younger.
  feed.delta(11.5, {{99, 0}, {95, 1}}, {});     // Mid 98.
  EXPECT_NEAR(feed.value("amihud_10s"), std::log(100 / 98.0) / 300, 1e-17);
  EXPECT_TRUE(feed.is_null_now("amihud_60s"));
  feed.row(20);
  EXPECT_TRUE(feed.is_null_now("amihud_10s"));  // No trade in the window.
}

TEST(TradedCost, HoldsOnlyWhatCameAfterTheLaterBreakOfBothChannels) {
  TradeFeed feed;
  feed.trade(0.5, 105, 1);  // No book yet.
  feed.open_book(1);
  EXPECT_TRUE(feed.is_null_now("vwap_dev_bps_60s"));
  EXPECT_EQ(feed.value("vwap_60s"), 105);
  feed.trade(2, 100, 1);
  feed.row(3);
  EXPECT_EQ(feed.value("vwap_dev_bps_60s"), 0);

  feed.gap(4, 1, true, Channel::orderbook);
  feed.trade(5, 110, 1);
  feed.gap(6, 1, false, Channel::orderbook);
  feed.trade(7, 120, 1);  // The book's stretch begins with its next event.
  feed.open_book(8);
  EXPECT_TRUE(feed.is_null_now("vwap_dev_bps_60s"));
  EXPECT_TRUE(feed.is_null_now("effective_spread_bps_60s"));
  EXPECT_EQ(feed.value("trade_count_60s"), 4);

  feed.trade(9, 102, 1);
  feed.gap(10, 2, true, Channel::trades);
  feed.gap(11, 2, false, Channel::trades);
  feed.row(12);
  EXPECT_TRUE(feed.is_null_now("effective_spread_bps_60s"));
  feed.trade(13, 101, 1);
  feed.row(20);
  EXPECT_DOUBLE_EQ(feed.value("effective_spread_bps_60s"), 200);
}

TEST(TradedCost, ForgetsTheTradesBeforeAGapOfTheBookInWhichNoneCame) {
  TradeFeed feed;
  feed.open_book(1);
  feed.trade(2, 110, 1);
  feed.gap(3, 1, true, Channel::orderbook);
  feed.gap(4, 1, false, Channel::orderbook);
  feed.open_book(5);
  EXPECT_TRUE(feed.is_null_now("vwap_dev_bps_60s"));
  feed.trade(6, 101, 1);
  feed.row(7);
  EXPECT_DOUBLE_EQ(feed.value("vwap_dev_bps_60s"), -100);
  EXPECT_DOUBLE_EQ(feed.value("effective_spread_bps_60s"), 200);
  EXPECT_EQ(feed.value("vwap_60s"), 105.5);
}

TEST(TradedCost, ATradeThatMetNoMidIsLeftOutOfTheMeanSpread) {
  TradeFeed feed;
  feed.open_book(1);
  feed.trade(2, 101, 1);
  feed.delta(3, {}, {{98, 1}});  // Crossed.
  feed.trade(4, 100, 1);
  feed.row(5);
  EXPECT_DOUBLE_EQ(feed.value("effective_spread_bps_10s"), 200);
  EXPECT_TRUE(feed.is_null_now("vwap_dev_bps_10s"));  // The row has no mid either.
  EXPECT_EQ(feed.value("vwap_10s"), 100.5);
}

TEST(TradeIntensity, EachTradeOfASideCountsHalfAfterFiveSeconds) {
  const double rate = std::log(2.0) / 5;
  TradeFeed feed;
  feed.open_book(1);
  EXPECT_TRUE(feed.is_null_now("hawkes_buy"));
  feed.trade(10, 100, 7, Side::buy);
  feed.trade(15, 100, 1, Side::buy);
  feed.trade(15, 100, 1, std::nullopt);
  feed.row(15);
  EXPECT_DOUBLE_EQ(feed.value("hawkes_buy"), rate * 1.5);
  EXPECT_EQ(feed.value("hawkes_sell"), 0);
  feed.trade(20, 100, 1, Side::sell);
  feed.row(25);
  EXPECT_DOUBLE_EQ(feed.value("hawkes_buy"), rate * 1.5 / 4);
  EXPECT_DOUBLE_EQ(feed.value("hawkes_sell"), rate / 2);
  feed.gap(26, 1, true, Channel::trades);
  feed.gap(27, 1, false, Channel::trades);
  feed.row(28);
  EXPECT_TRUE(feed.is_null_now("hawkes_sell"));
}

TEST(TradeIntensity, OnTheGridItsAgeIsThatAtTheLabel) {
  TradeFeed feed(1);
  feed.trade(0.5, 100, 1, Side::sell);
  feed.open_book(5.25);
  feed.engine.advance_to(EngineFeed::at(6));
  EXPECT_DOUBLE_EQ(feed.value("hawkes_sell"), std::log(2.0) / 5 * std::exp2(-5.5 / 5));
}

TEST(TradeSize, IsTheLastOnesDistanceFromTheMeanInDeviations) {
  TradeFeed feed;
  feed.open_book(1);
  feed.trade(10, 100, 1);
  feed.row(11);
  EXPECT_TRUE(feed.is_null_now("trade_size_z"));  // One alone.
  feed.trade(12, 100, 1);
  feed.row(13);
  EXPECT_TRUE(feed.is_null_now("trade_size_z"));  // No deviation.
  feed.trade(14, 100, std::exp(3.0));
  feed.row(15);
  EXPECT_NEAR(feed.value("trade_size_z"), 2 / std::sqrt(3.0), 1e-14);
  feed.row(310);  // The first one has left.
  EXPECT_NEAR(feed.value("trade_size_z"), 1.5 / std::sqrt(4.5), 1e-14);
  feed.row(320);
  EXPECT_TRUE(feed.is_null_now("trade_size_z"));
}

TEST(Roll, IsTheBounceOfTradePrices) {
  TradeFeed feed;
  feed.open_book(1);
  double seconds = 2;
  for (const double price : {100.25, 100.0, 100.25}) feed.trade(++seconds, price, 1);
  feed.row(++seconds);
  EXPECT_TRUE(feed.is_null_now("roll_spread_300s"));  // Two changes.
  feed.trade(++seconds, 100, 1);
  feed.row(++seconds);
  // Pairs (-.25, .25), (.25, -.25): covariance -2 * .0625 / 1.
  EXPECT_DOUBLE_EQ(feed.value("roll_spread_300s"), 2 * std::sqrt(0.125));
}

TEST(Roll, ATrendOfGrowingChangesHasNoneAndOneOfEqualChangesIsZero) {
  TradeFeed feed;
  feed.open_book(1);
  double seconds = 2;
  for (const double price : {1.1, 1.2, 1.3, 1.4, 1.5}) feed.trade(++seconds, price, 1);
  feed.row(++seconds);
  EXPECT_EQ(feed.value("roll_spread_300s"), 0);  // Exactly: not of either sign by rounding.
  for (const double price : {2.0, 4.0, 8.0}) feed.trade(++seconds, price, 1);
  feed.row(++seconds);
  EXPECT_TRUE(feed.is_null_now("roll_spread_300s"));
}

TEST(Roll, AFinerPriceLeavesTheChangesBeforeItWhatTheyWere) {
  TradeFeed feed;
  feed.open_book(1);
  double seconds = 1;
  for (const double price : {100, 101, 100, 101, 100}) feed.trade(++seconds, price, 1);
  feed.trade(++seconds, 100.00000001, 1);
  feed.row(++seconds);
  EXPECT_DOUBLE_EQ(feed.value("roll_spread_300s"), 2 * std::sqrt((3 + 1e-8) / 3));
  feed.trade(++seconds, 101, 1);
  feed.trade(++seconds, 100, 1);
  feed.row(305.5);  // Four changes left: -1, 1e-8, 1 - 1e-8, -1.
  const double x[] = {-1, 1e-8, 1 - 1e-8}, y[] = {1e-8, 1 - 1e-8, -1};
  double products = 0;
  for (int i = 0; i < 3; ++i) products += x[i] * y[i];
  const double covariance = (products - (x[0] + x[1] + x[2]) * (y[0] + y[1] + y[2]) / 3) / 2;
  EXPECT_DOUBLE_EQ(feed.value("roll_spread_300s"), 2 * std::sqrt(-covariance));
}

}  // namespace
}  // namespace daedalus
