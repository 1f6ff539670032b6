#include "daedalus/market/symbol.hpp"

#include <gtest/gtest.h>

#include "daedalus/market/channel.hpp"
#include "daedalus/market/side.hpp"

namespace daedalus {
namespace {

std::string split(std::string_view native) {
  const auto parts = split_by_quote(native);
  return parts ? parts->base + "|" + parts->quote : "absent";
}

TEST(Symbol, is_one_form_of_all_spellings) {
  for (const char* typed : {"BTC/USD", "btc-usd", "Btc_uSd"}) {
    EXPECT_EQ(canonical_symbol(typed), "BTC-USD");
  }
  EXPECT_EQ(canonical_symbol("btcusdt"), "BTCUSDT");
  EXPECT_EQ(canonical_symbol(""), "");
}

TEST(Symbol, splits_by_the_longest_quote) {
  EXPECT_EQ(split("BTCUSDT"), "BTC|USDT");
  EXPECT_EQ(split("btcusd"), "BTC|USD");
  EXPECT_EQ(split("ETHBTC"), "ETH|BTC");
  EXPECT_EQ(split("BTCFDUSD"), "BTC|FDUSD");
  EXPECT_EQ(split("XRLUSD"), "X|RLUSD");
  EXPECT_EQ(split("RENBTCETH"), "RENBTC|ETH");
  EXPECT_EQ(split("1000SHIBUSDC"), "1000SHIB|USDC");
}

TEST(Symbol, is_not_split_without_base_or_known_quote) {
  EXPECT_EQ(split("USDT"), "absent");
  EXPECT_EQ(split("USD"), "absent");
  EXPECT_EQ(split("BTCXYZ"), "absent");
  EXPECT_EQ(split(""), "absent");
}

TEST(Channel, is_found_by_its_name) {
  for (const Channel channel : {Channel::orderbook, Channel::trades, Channel::ticker}) {
    EXPECT_EQ(channel_of_name(channel_name(channel)), channel);
  }
  EXPECT_FALSE(channel_of_name("other"));
  EXPECT_FALSE(channel_of_name("OrderBook"));
}

TEST(Side, has_an_opposite) {
  EXPECT_EQ(opposite(Side::buy), Side::sell);
  EXPECT_EQ(opposite(Side::sell), Side::buy);
  EXPECT_EQ(side_name(Side::buy), "buy");
}

}  // namespace
}  // namespace daedalus
