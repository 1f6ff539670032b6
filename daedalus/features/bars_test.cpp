#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {
namespace {

TEST(OrderbookBars, HoldTheirEventsAndTheSecondsUpToAndWithTheirEnd) {
  EngineFeed feed;
  feed.snapshot(30.5, {{100, 2}}, {{102, 1}});  // Mid 101, spread 2: samples 31 ... 40.
  feed.delta(40.5, {{101, 1}}, {});             // Mid 101.5, spread 1: samples 41 ... 60.
  feed.snapshot(60, {{99, 1}}, {{101, 1}});     // The next bar's.
  feed.engine.advance_to(EngineFeed::at(120));
  const Table& bars = feed.bars(Channel::orderbook, 60);

  ASSERT_EQ(bars.rows(), 2u);
  EXPECT_EQ(integer(bars, "collected_at", 0), EngineFeed::at(0).value / 1'000'000);
  EXPECT_EQ(number(bars, "open", 0), 101);
  EXPECT_EQ(number(bars, "high", 0), 101.5);
  EXPECT_EQ(number(bars, "low", 0), 101);
  EXPECT_EQ(number(bars, "close", 0), 101.5);
  EXPECT_DOUBLE_EQ(number(bars, "mean_spread", 0), (10 * 2 + 20 * 1) / 30.0);
  EXPECT_EQ(number(bars, "min_spread", 0), 1);
  EXPECT_EQ(number(bars, "max_spread", 0), 2);
  EXPECT_DOUBLE_EQ(number(bars, "mean_bid_depth", 0), (10 * 2 + 20 * 3) / 30.0);
  EXPECT_EQ(number(bars, "sum_ofi", 0), 1);
  const double r = std::log1p(0.5 / 101);
  EXPECT_DOUBLE_EQ(number(bars, "realized_variance", 0), r * r);
  EXPECT_DOUBLE_EQ(number(bars, "annualized_vol", 0), std::sqrt(r * r * 365 * 86'400 / 60));
  EXPECT_EQ(number(bars, "daily_vol_ann", 0), number(bars, "annualized_vol", 0));
  EXPECT_DOUBLE_EQ(number(bars, "return", 0), 0.5 / 101);
  EXPECT_DOUBLE_EQ(number(bars, "log_return", 0), r);
  EXPECT_EQ(number(bars, "range", 0), 0.5);
  EXPECT_EQ(integer(bars, "snapshot_count", 0), 2);
  EXPECT_EQ(number(bars, "gap_seconds", 0), 30.5);
  EXPECT_EQ(integer(bars, "bar_duration_sec", 0), 60);
  EXPECT_EQ(integer(bars, "is_complete", 0), 1);

  // The second bar's first step reaches back over the edge; its samples begin at 61.
  EXPECT_EQ(number(bars, "open", 1), 100);
  EXPECT_EQ(number(bars, "mean_spread", 1), 2);
  EXPECT_EQ(number(bars, "sum_ofi", 1), -2);
  EXPECT_EQ(number(bars, "gap_seconds", 1), 0);
  EXPECT_GT(number(bars, "realized_variance", 1), 0);
}

TEST(OrderbookBars, RunOnOverAGapWhichCostsStepsAndSeconds) {
  EngineFeed feed;
  feed.snapshot(0, {{100, 2}}, {{102, 1}});
  feed.gap(10, 1, true, Channel::orderbook);
  feed.gap(15, 1, false, Channel::orderbook);
  feed.snapshot(20.25, {{200, 2}}, {{202, 1}});
  feed.engine.advance_to(EngineFeed::at(60));
  const Table& bars = feed.bars(Channel::orderbook, 60);

  ASSERT_EQ(bars.rows(), 1u);
  EXPECT_EQ(number(bars, "gap_seconds", 0), 10.25);
  EXPECT_EQ(number(bars, "open", 0), 101);
  EXPECT_EQ(number(bars, "close", 0), 201);
  EXPECT_EQ(number(bars, "realized_variance", 0), 0);
  EXPECT_EQ(number(bars, "sum_ofi", 0), 0);
  EXPECT_DOUBLE_EQ(number(bars, "mean_microprice", 0),
                   (10 * (101 + 1 / 3.0) + 40 * (201 + 1 / 3.0)) / 50);
}

TEST(OrderbookBars, SilenceOver300SecondsIsUncoveredFromThenOn) {
  EngineFeed feed;
  feed.snapshot(0, {{100, 2}}, {{102, 1}});
  feed.delta(1000, {{100, 1}}, {});
  feed.engine.advance_to(EngineFeed::at(3600));
  const Table& minutes = feed.bars(Channel::orderbook, 60);
  const Table& quarters = feed.bars(Channel::orderbook, 900);

  ASSERT_EQ(minutes.rows(), 2u);
  EXPECT_EQ(number(minutes, "gap_seconds", 0), 0);
  EXPECT_EQ(integer(minutes, "collected_at", 1), EngineFeed::at(960).value / 1'000'000);
  EXPECT_EQ(number(minutes, "gap_seconds", 1), 40);
  ASSERT_EQ(quarters.rows(), 2u);
  EXPECT_EQ(number(quarters, "gap_seconds", 0), 600);
  EXPECT_EQ(number(quarters, "gap_seconds", 1), 900 - 300);
  EXPECT_EQ(number(feed.bars(Channel::orderbook, 3600), "gap_seconds", 0), 3600 - 600);
}

TEST(OrderbookBars, WithoutAnyMidAreNotWritten) {
  EngineFeed feed;
  feed.snapshot(1, {{100, 2}}, {});
  feed.snapshot(61, {{100, 2}}, {{101, 1}});
  feed.engine.advance_to(EngineFeed::at(120));

  ASSERT_EQ(feed.bars(Channel::orderbook, 60).rows(), 1u);
  EXPECT_EQ(number(feed.bars(Channel::orderbook, 60), "gap_seconds", 0), 0);
}

TEST(TradeBars, SumTheirTradesAndReachBackToTheTradeBefore) {
  EngineFeed feed;
  feed.trade(10, 100, 2, Side::buy);
  feed.trade(20, 104, 1, Side::sell);
  feed.trade(59.999, 102, 3, std::nullopt);
  feed.trade(60, 101, 1, Side::sell);
  feed.engine.advance_to(EngineFeed::at(120));
  const Table& bars = feed.bars(Channel::trades, 60);

  ASSERT_EQ(bars.rows(), 2u);
  EXPECT_EQ(number(bars, "open", 0), 100);
  EXPECT_EQ(number(bars, "high", 0), 104);
  EXPECT_EQ(number(bars, "low", 0), 100);
  EXPECT_EQ(number(bars, "close", 0), 102);
  EXPECT_EQ(number(bars, "volume", 0), 6);
  EXPECT_EQ(number(bars, "dollar_volume", 0), 610);
  EXPECT_EQ(integer(bars, "trade_count", 0), 3);
  EXPECT_EQ(number(bars, "buy_volume", 0), 2);
  EXPECT_EQ(number(bars, "sell_volume", 0), 1);
  EXPECT_DOUBLE_EQ(number(bars, "vwap", 0), 610 / 6.0);
  EXPECT_DOUBLE_EQ(number(bars, "trade_imbalance", 0), 1 / 3.0);
  const double first = std::log1p(0.04);
  const double second = std::log1p(-2 / 104.0);
  EXPECT_DOUBLE_EQ(number(bars, "realized_variance", 0), first * first + second * second);
  const double over_edge = std::log1p(-1 / 102.0);
  EXPECT_DOUBLE_EQ(number(bars, "realized_variance", 1), over_edge * over_edge);
  EXPECT_EQ(number(bars, "return", 1), 0);
}

TEST(TradeBars, TheUnfinishedOneIsNotWritten) {
  EngineFeed feed;
  feed.trade(10, 100, 2);
  feed.engine.advance_to(EngineFeed::at(59.999));
  EXPECT_EQ(feed.bars(Channel::trades, 60).rows(), 0u);
  feed.engine.advance_to(EngineFeed::at(60));
  EXPECT_EQ(feed.bars(Channel::trades, 60).rows(), 1u);
  EXPECT_EQ(feed.bars(Channel::trades, 300).rows(), 0u);
}

TEST(TickerBars, AreOverTicks) {
  EngineFeed feed;
  feed.ticker(10, 100, 102);
  feed.ticker(20, 103, 104);
  feed.ticker(25, 1, 9, 1, 1, false);
  feed.ticker(30, 105, 104);
  feed.engine.advance_to(EngineFeed::at(60));
  const Table& bars = feed.bars(Channel::ticker, 60);

  ASSERT_EQ(bars.rows(), 1u);
  EXPECT_EQ(number(bars, "open", 0), 101);
  EXPECT_EQ(number(bars, "close", 0), 103.5);
  EXPECT_EQ(integer(bars, "tick_count", 0), 3);
  EXPECT_EQ(number(bars, "mean_spread", 0), 1.5);
  EXPECT_EQ(number(bars, "min_spread", 0), 1);
  EXPECT_EQ(number(bars, "max_spread", 0), 2);
  EXPECT_DOUBLE_EQ(number(bars, "mean_relative_spread", 0), (2 / 101.0 + 1 / 103.5) / 2);
  EXPECT_EQ(number(bars, "range", 0), 2.5);
}

TEST(TradeRows, TwoTradesInOneMessageAreTwoRowsInTheirOrder) {
  EngineFeed feed;
  feed.snapshot(0, {{100, 2}}, {{102, 1}});
  feed.trade(1, 102, 1, Side::buy);
  feed.trade(1, 102.5, 2, Side::sell);
  const Table& trades = feed.engine.tables().trades;

  ASSERT_EQ(trades.rows(), 2u);
  EXPECT_EQ(number(trades, "price", 0), 102);
  EXPECT_EQ(number(trades, "price", 1), 102.5);
  EXPECT_LT(integer(trades, "recv_seq", 0), integer(trades, "recv_seq", 1));
  EXPECT_EQ(integer(trades, "is_buy", 0), 1);
  EXPECT_EQ(number(trades, "signed_volume", 1), -2);
  EXPECT_EQ(number(trades, "dollar_volume", 1), 205);
  EXPECT_TRUE(null_at(trades, "tick_sign", 0));
  EXPECT_TRUE(null_at(trades, "log_return", 0));
  EXPECT_EQ(integer(trades, "tick_sign", 1), 1);
  EXPECT_DOUBLE_EQ(number(trades, "log_return", 1), std::log1p(0.5 / 102));
  EXPECT_EQ(number(trades, "mid_before", 0), 101);
  EXPECT_DOUBLE_EQ(number(trades, "effective_spread_bps", 0), 2e4 / 101);
}

TEST(TradeRows, WithoutABookASideOrAPreviousTradeAreNullThere) {
  EngineFeed feed;
  feed.trade(1, 100, 1, std::nullopt);
  feed.trade(2, 101, 1);
  feed.trade(3, 101, 1);
  feed.gap(4, 1, true, Channel::trades);
  feed.gap(5, 1, false, Channel::trades);
  feed.trade(6, 99, 1);
  const Table& trades = feed.engine.tables().trades;

  for (const char* name :
       {"is_buy", "signed_volume", "side", "mid_before", "effective_spread_bps"}) {
    EXPECT_TRUE(null_at(trades, name, 0)) << name;
  }
  EXPECT_EQ(integer(trades, "tick_sign", 2), 1) << "a zero tick inherits";
  EXPECT_TRUE(null_at(trades, "tick_sign", 3)) << "the tick rule restarts at a gap";
  EXPECT_TRUE(null_at(trades, "log_return", 3));
}

TEST(TradeRows, AggregatesCountOnlyWhereTheStreamHasNoOthers) {
  EngineFeed feed;
  feed.trade(1, 100, 1, Side::buy, true);
  feed.trade(2, 100, 1, Side::buy, false);
  feed.trade(3, 100, 1, Side::buy, true);

  EXPECT_EQ(feed.engine.tables().trades.rows(), 2u);
}

TEST(TickerRows, OfKindBboOnly) {
  EngineFeed feed;
  feed.ticker(1, 100, 102, 3, 1);
  feed.ticker(2, 100, 102, 3, 1, false);
  const Table& ticker = feed.engine.tables().ticker;

  ASSERT_EQ(ticker.rows(), 1u);
  EXPECT_EQ(number(ticker, "mid_price", 0), 101);
  EXPECT_EQ(number(ticker, "spread", 0), 2);
  EXPECT_DOUBLE_EQ(number(ticker, "relative_spread", 0), 2 / 101.0);
  EXPECT_EQ(number(ticker, "volume_imbalance", 0), 0.5);
  EXPECT_TRUE(null_at(ticker, "last", 0));
}

}  // namespace
}  // namespace daedalus
