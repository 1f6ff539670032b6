// What a played venue says must be what the venue's parser understands.
#include "daedalus/simulate/venue_wording.hpp"

#include <gtest/gtest.h>

#include "daedalus/simulate/played_venue_for_test.hpp"

namespace daedalus {
namespace {

constexpr UnixNanos kNow{1'700'000'000'123'456'789};
constexpr ExchangeTime kTime{1'700'000'000'100, 1'700'000'000'100'200};

Decimal decimal(const char* text) {
  return *parse_decimal(text);
}

class EachWording : public testing::TestWithParam<const char*> {
 protected:
  bool is_binance() const { return std::string_view(GetParam()).starts_with("binance"); }
  std::string native() const { return is_binance() ? "BTCUSDT" : "BTC-USDT"; }
  std::string stream(const std::string& kind) const {
    return is_binance() ? "btcusdt@" + kind : kind;
  }

  const VenueWording& wording_ = **find_wording(**find_exchange(GetParam()));
  ReadingClient client_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(VenueWording, EachWording,
                         testing::Values("coinbase", "coinbase_exchange", "binance", "binanceus",
                                         "binance_usdm"),
                         [](const auto& tested) { return std::string(tested.param); });

Trade trade(const std::string& native, const char* id, Side taker) {
  return {.symbol_native = native,
          .trade_id = id,
          .time = kTime,
          .taker_side = taker,
          .price = decimal("65000.10"),
          .amount = decimal("0.02500000")};
}

TEST_P(EachWording, TradesKeepTheirOrderTheTakersSideAndTheirNumbers) {
  const std::vector<Trade> trades = {trade(native(), "11", Side::buy),
                                     trade(native(), "12", Side::sell)};
  for (const std::string& frame : wording_.trades(trades, stream("trade"), kNow)) {
    client_.read(frame);
  }
  ASSERT_EQ(client_.trades.size(), 2u);
  EXPECT_EQ(client_.trades[0].trade_id, "11");
  EXPECT_EQ(client_.trades[0].taker_side, Side::buy);
  EXPECT_EQ(client_.trades[1].trade_id, "12");
  EXPECT_EQ(client_.trades[1].taker_side, Side::sell);
  EXPECT_EQ(client_.trades[0].symbol_native, native());
  EXPECT_EQ(client_.trades[0].price, decimal("65000.10"));
  EXPECT_EQ(client_.trades[0].amount, decimal("0.025"));
  EXPECT_EQ(client_.trades[0].time.timestamp_ms, kTime.timestamp_ms);
  EXPECT_FALSE(client_.trades[0].is_history);
}

TEST_P(EachWording, HistoryIsToldFromLiveTradesWhereTheVenueSendsIt) {
  if (!wording_.in_band_snapshots()) return;
  std::vector<Trade> trades = {trade(native(), "11", Side::buy), trade(native(), "12", Side::buy)};
  for (Trade& entry : trades) entry.is_history = true;
  for (const std::string& frame : wording_.trades(trades, stream("trade"), kNow)) {
    client_.read(frame);
  }
  ASSERT_FALSE(client_.trades.empty());
  EXPECT_TRUE(client_.trades.back().is_history);
  EXPECT_EQ(client_.trades.back().trade_id, "12");
}

TEST_P(EachWording, ABookDeltaComesBackAsItWas) {
  BookMessage image;
  image.is_snapshot = wording_.in_band_snapshots();
  image.symbol_native = native();
  image.time = kTime;
  image.first_sequence = 101;
  image.last_sequence = 105;
  image.previous_sequence = 100;
  image.bids = {{decimal("64999.90"), decimal("1.5")}, {decimal("64999.80"), decimal("2")}};
  image.asks = {{decimal("65000.10"), decimal("0.25")}};
  if (is_binance()) {
    BookMessage rest = image;
    rest.last_sequence = 100;
    const std::string path = wording_.exchange().snapshot_path(native(), {});
    client_.read(wording_.rest_book(rest, 1), "https://venue" + path);
    EXPECT_EQ(client_.books[native()].levels(Side::buy), 1u) << "cut to the limit";
  }
  client_.read(wording_.book(image, stream("depth@100ms"), kNow));
  const OrderBook& book = client_.books[native()];
  EXPECT_EQ(client_.gaps + client_.orphans, 0);
  EXPECT_EQ(book.levels(Side::buy), 2u);
  EXPECT_EQ(book.levels(Side::sell), 1u);
  EXPECT_EQ(book.best(Side::sell)->price, *mantissa_at(decimal("65000.1"), book.price_scale()));
  EXPECT_EQ(book.best(Side::sell)->size, *mantissa_at(decimal("0.25"), book.size_scale()));
}

TEST_P(EachWording, ATickerComesBackWithItsBestPrices) {
  Ticker ticker;
  ticker.symbol_native = native();
  ticker.time = kTime;
  ticker.sequence = 77;
  ticker.bid = decimal("64999.90");
  ticker.ask = decimal("65000.10");
  ticker.bid_volume = decimal("1.5");
  ticker.ask_volume = decimal("0.25");
  ticker.last = decimal("65000");
  client_.read(wording_.ticker(ticker, stream("bookTicker"), false, kNow));
  ASSERT_EQ(client_.tickers.size(), 1u);
  EXPECT_EQ(client_.tickers[0].kind, TickerKind::bbo);
  EXPECT_EQ(*client_.tickers[0].bid, decimal("64999.9"));
  EXPECT_EQ(*client_.tickers[0].ask, decimal("65000.1"));
  if (!is_binance()) return;
  ticker.kind = TickerKind::stats_24h;
  ticker.change = decimal("-12.50");
  client_.read(wording_.ticker(ticker, stream("ticker"), false, kNow));
  ASSERT_EQ(client_.tickers.size(), 2u);
  EXPECT_EQ(client_.tickers[1].kind, TickerKind::stats_24h);
  EXPECT_EQ(*client_.tickers[1].last, decimal("65000"));
  EXPECT_EQ(*client_.tickers[1].change, decimal("-12.5"));
}

TEST_P(EachWording, NonsenseIsAnsweredByAnError) {
  client_.read(wording_.not_understood("what?"));
  EXPECT_EQ(client_.count(ControlMessage::Kind::refused), 1);
}

TEST(VenueWording, RenumberingChangesOnlyTheCount) {
  const VenueWording& wording = coinbase_wording();
  const std::string frame =
      R"({"channel":"ticker","timestamp":"x","sequence_num":41,"events":[{"sequence_num":7}]})";
  EXPECT_EQ(wording.number_of(frame), 41);
  EXPECT_EQ(
      wording.renumber(frame, 1234),
      R"({"channel":"ticker","timestamp":"x","sequence_num":1234,"events":[{"sequence_num":7}]})");
  EXPECT_EQ(wording.renumber("{}", 5), "{}");
  EXPECT_FALSE(wording.number_of("{\"sequence_num\":}").has_value());
}

TEST(VenueWording, DecimalsAreWrittenAsTheyAreOrTrimmed) {
  EXPECT_EQ(decimal_text({6'500'010, 2}, false), "65000.10");
  EXPECT_EQ(decimal_text({6'500'010, 2}, true), "65000.1");
  EXPECT_EQ(decimal_text({5, 8}, false), "0.00000005");
  EXPECT_EQ(decimal_text({0, 8}, false), "0.00000000");
  EXPECT_EQ(decimal_text({0, 8}, true), "0");
  EXPECT_EQ(decimal_text({-1250, 2}, true), "-12.5");
  EXPECT_EQ(decimal_text({7, 0}, true), "7");
}

TEST(VenueWording, TimesHaveSixDigits) {
  EXPECT_EQ(rfc3339_micros(1'700'000'000'000'000), "2023-11-14T22:13:20.000000Z");
  EXPECT_EQ(rfc3339_micros(1'700'000'000'100'200), "2023-11-14T22:13:20.100200Z");
}

}  // namespace
}  // namespace daedalus
