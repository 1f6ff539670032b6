#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {
namespace {

void tell(EngineFeed& feed, double seconds, const DerivativeUpdate& update) {
  ASSERT_TRUE(feed.engine.on_derivative({EngineFeed::at(seconds), ++feed.sequence, update}));
}

void liquidate(EngineFeed& feed, double seconds, Side side, Decimal amount) {
  DerivativeUpdate update;
  update.liquidation_side = side;
  update.liquidation_amount = amount;
  tell(feed, seconds, update);
}

void mark(EngineFeed& feed, double seconds, Decimal mark_price, Decimal index_price) {
  DerivativeUpdate update;
  update.mark_price = mark_price;
  update.index_price = index_price;
  tell(feed, seconds, update);
}

TEST(Derivatives, AreNullUntilTheVenueTellsThem) {
  EngineFeed feed;
  feed.snapshot(0.5, {{100, 1}}, {{101, 1}});
  feed.engine.advance_to(EngineFeed::at(1));

  for (const char* name : {"mark_price", "index_price", "funding_rate", "open_interest",
                           "basis_bps", "liq_buy_5s", "liq_sell_900s"}) {
    EXPECT_TRUE(null_at(feed.rows(), name, 0)) << name;
  }
}

TEST(Derivatives, ARowHoldsTheLastValuesToldBeforeIt) {
  EngineFeed feed;
  feed.snapshot(0.5, {{100, 1}}, {{101, 1}});
  mark(feed, 0.6, {10'010, 2}, {10'000, 2});
  feed.delta(0.7, {{100, 2}}, {});
  mark(feed, 1.0, {10'100, 2}, {10'000, 2});
  feed.delta(1.5, {{100, 3}}, {});
  feed.engine.advance_to(EngineFeed::at(2));

  ASSERT_EQ(feed.rows().rows(), 2u);
  EXPECT_EQ(number(feed.rows(), "mark_price", 0), 100.10);
  EXPECT_EQ(number(feed.rows(), "basis_bps", 0), 10);
  EXPECT_EQ(number(feed.rows(), "mark_price", 1), 101);
  EXPECT_EQ(number(feed.rows(), "index_price", 1), 100);
  EXPECT_EQ(number(feed.rows(), "basis_bps", 1), 100);
}

TEST(Derivatives, LiquidationsAreSummedBySideInTheWindow) {
  EngineFeed feed;
  feed.snapshot(0.5, {{100, 1}}, {{101, 1}});
  liquidate(feed, 1.0, Side::buy, {1, 1});
  liquidate(feed, 1.5, Side::buy, {2, 1});
  liquidate(feed, 5.5, Side::sell, {25, 1});
  feed.delta(5.9, {{100, 2}}, {});
  liquidate(feed, 6.0, Side::buy, {7, 0});
  feed.delta(6.5, {{100, 3}}, {});
  feed.engine.advance_to(EngineFeed::at(7));

  // Labels 1, 6 and 7: 5 s before 6 begin with the one at 1.0; that at 6.0 is no longer before it.
  ASSERT_EQ(feed.rows().rows(), 3u);
  EXPECT_TRUE(null_at(feed.rows(), "liq_buy_5s", 0));
  EXPECT_EQ(number(feed.rows(), "liq_buy_5s", 1), 0.3);
  EXPECT_EQ(number(feed.rows(), "liq_sell_5s", 1), 2.5);
  EXPECT_EQ(number(feed.rows(), "liq_buy_5s", 2), 7);
  EXPECT_EQ(number(feed.rows(), "liq_buy_15s", 2), 7.3);
}

class DerivativesGap : public testing::TestWithParam<std::optional<Channel>> {};
INSTANTIATE_TEST_SUITE_P(Derivatives, DerivativesGap,
                         testing::Values(std::nullopt, Channel::other));

TEST_P(DerivativesGap, StartsThemAnewAndABooksGapDoesNot) {
  EngineFeed feed;
  feed.snapshot(0.5, {{100, 1}}, {{101, 1}});
  mark(feed, 0.6, {10'010, 2}, {10'000, 2});
  liquidate(feed, 0.7, Side::buy, {1, 1});
  feed.gap(0.8, 1, true, Channel::orderbook);
  feed.gap(0.9, 1, false, Channel::orderbook);
  feed.snapshot(1.5, {{100, 1}}, {{101, 1}});
  feed.gap(2.1, 2, true, GetParam());
  feed.gap(2.2, 2, false, GetParam());
  feed.snapshot(2.5, {{100, 1}}, {{101, 1}});
  feed.engine.advance_to(EngineFeed::at(3));

  ASSERT_EQ(feed.rows().rows(), 3u);
  EXPECT_EQ(number(feed.rows(), "mark_price", 1), 100.10);
  EXPECT_EQ(number(feed.rows(), "liq_buy_5s", 1), 0.1);
  EXPECT_TRUE(null_at(feed.rows(), "mark_price", 2));
  EXPECT_TRUE(null_at(feed.rows(), "liq_buy_5s", 2));
}

}  // namespace
}  // namespace daedalus
