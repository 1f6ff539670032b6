#include "daedalus/exchanges/binance_derivatives.hpp"

#include <gtest/gtest.h>

namespace daedalus {
namespace {

TEST(BinanceDerivatives, ReadMarkIndexAndFundingExactly) {
  const auto update = binance_derivative_of(
      "mark_price_update",
      R"({"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15000000",)"
      R"("i":"11784.62659091","P":"11784.25641265","r":"-0.00038167","T":1562306400000})");

  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->mark_price, (Decimal{1179415, 2}));
  EXPECT_EQ(update->index_price, (Decimal{1178462659091, 8}));
  EXPECT_EQ(update->funding_rate, (Decimal{-38167, 8}));
  EXPECT_FALSE(update->liquidation_side.has_value());
}

TEST(BinanceDerivatives, ReadWhatOfALiquidationWasFilled) {
  const auto update = binance_derivative_of(
      "force_order",
      R"({"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","q":"0.014",)"
      R"("p":"9910","ap":"9910","X":"FILLED","l":"0.004","z":"0.010","T":1568014460893}})");

  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->liquidation_side, Side::sell);
  EXPECT_EQ(update->liquidation_amount, (Decimal{10, 3}));
}

TEST(BinanceDerivatives, ReadOpenInterest) {
  const auto update = binance_derivative_of(
      "open_interest", R"({"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011})");

  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->open_interest, (Decimal{10659509, 3}));
}

TEST(BinanceDerivatives, ReadNothingFromWhatTheyAreNot) {
  EXPECT_FALSE(binance_derivative_of("kline", R"({"e":"kline"})").has_value());
  EXPECT_FALSE(binance_derivative_of("force_order", R"({"o":{"S":"HOLD","z":"1"}})").has_value());
  EXPECT_FALSE(binance_derivative_of("force_order", R"({"o":3})").has_value());
  EXPECT_FALSE(binance_derivative_of("mark_price_update", "[]").has_value());
  EXPECT_FALSE(binance_derivative_of("mark_price_update", "{").has_value());
}

}  // namespace
}  // namespace daedalus
