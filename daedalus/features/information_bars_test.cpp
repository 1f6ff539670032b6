#include "daedalus/features/information_bars.hpp"

#include <map>

#include "daedalus/features/random_stream_for_test.hpp"

namespace daedalus {
namespace {

InformationBarSpec spec_of(InformationBarKind kind, std::string_view threshold) {
  return information_bar_spec(kind, threshold).value();
}

EngineParameters with_bars(InformationBarKind kind, std::string_view threshold) {
  EngineParameters parameters;
  parameters.information_bars = {spec_of(kind, threshold)};
  return parameters;
}

const Table& bars_of(EngineFeed& feed) {
  return feed.engine.tables().information_bars.at(0).table;
}

std::vector<double> numbers(const Table& table, std::string_view name) {
  const auto& values = column(table, name).doubles;
  return {values.begin(), values.end()};
}
std::vector<int64_t> integers(const Table& table, std::string_view name) {
  return column(table, name).integers;
}

/// The decimals that a file's readers see, added without rounding, in units of 1e-18.
Wide exact_sum(const std::vector<double>& values) {
  ScaledSum sum;
  for (const double value : values) {
    const Decimal decimal = shortest_decimal(value).value();
    sum.add(decimal.mantissa, decimal.scale);
  }
  return sum.value * kPowersOfTen[18 - sum.scale];
}

TEST(VolumeBars, SplitATradeExactlyAndCarryItsRestIntoTheNextBar) {
  EngineFeed feed(with_bars(InformationBarKind::volume, "1"));
  feed.trade(1, 100, 0.3);
  feed.trade(2, 110, 0.9, Side::sell);  // 0.7 close the bar, 0.2 begin the next.
  feed.trade(3, 120, 2.8);              // 0.8, 1, 1.
  const Table& bars = bars_of(feed);

  ASSERT_EQ(bars.rows(), 4u);
  EXPECT_EQ(numbers(bars, "volume"), (std::vector<double>{1, 1, 1, 1}));
  EXPECT_EQ(numbers(bars, "dollar_volume"), (std::vector<double>{107, 118, 120, 120}));
  EXPECT_EQ(numbers(bars, "buy_volume"), (std::vector<double>{0.3, 0.8, 1, 1}));
  EXPECT_EQ(numbers(bars, "sell_volume"), (std::vector<double>{0.7, 0.2, 0, 0}));
  EXPECT_EQ(numbers(bars, "open"), (std::vector<double>{100, 110, 120, 120}));
  EXPECT_EQ(numbers(bars, "close"), (std::vector<double>{110, 120, 120, 120}));
  EXPECT_EQ(integers(bars, "trade_count"), (std::vector<int64_t>{2, 2, 1, 1}));
  EXPECT_EQ(integers(bars, "start_time_ns")[1], EngineFeed::at(2).value);
  EXPECT_EQ(integers(bars, "end_time_ns")[1], EngineFeed::at(3).value);
  EXPECT_EQ(integers(bars, "collected_at")[2], EngineFeed::at(3).value / 1'000'000);
  EXPECT_EQ(numbers(bars, "threshold"), (std::vector<double>{1, 1, 1, 1}));
}

TEST(VolumeBars, ASplitTradesReturnIsInItsFirstBarOnly) {
  EngineFeed feed(with_bars(InformationBarKind::volume, "1"));
  feed.trade(1, 100, 0.5);
  feed.trade(2, 110, 2.5);
  const auto variances = numbers(bars_of(feed), "realized_variance");

  EXPECT_NEAR(variances.at(0), std::pow(std::log(1.1), 2), 1e-15);
  EXPECT_EQ(variances.at(1), 0);
  EXPECT_EQ(variances.at(2), 0);
}

TEST(VolumeBars, ATradeThatFillsABarJustSoLeavesNothingBehind) {
  EngineFeed feed(with_bars(InformationBarKind::volume, "0.3"));
  feed.trade(1, 100, 0.1);
  feed.trade(2, 100, 0.2);  // As doubles 0.1 + 0.2 is not 0.3.
  EXPECT_EQ(bars_of(feed).rows(), 1u);
  feed.engine.write_unfinished_bars();

  EXPECT_EQ(bars_of(feed).rows(), 1u);
}

TEST(DollarBars, GiveEachPartTheShareOfItsCost) {
  EngineFeed feed(with_bars(InformationBarKind::dollar, "100"));
  feed.trade(1, 10, 4);   // 40.
  feed.trade(2, 20, 12);  // 240: 60, 100, 80.
  feed.engine.write_unfinished_bars();
  const Table& bars = bars_of(feed);

  EXPECT_EQ(numbers(bars, "dollar_volume"), (std::vector<double>{100, 100, 80}));
  EXPECT_EQ(numbers(bars, "volume"), (std::vector<double>{7, 5, 4}));
  EXPECT_EQ(integers(bars, "is_complete"), (std::vector<int64_t>{1, 1, 0}));
}

TEST(TickBars, CloseAfterSoManyTradesAndSplitNone) {
  EngineFeed feed(with_bars(InformationBarKind::tick, "2"));
  for (int i = 1; i <= 5; ++i) feed.trade(i, 100 + i, i);
  const Table& bars = bars_of(feed);

  EXPECT_EQ(numbers(bars, "volume"), (std::vector<double>{3, 7}));
  EXPECT_EQ(integers(bars, "trade_count"), (std::vector<int64_t>{2, 2}));
}

TEST(ImbalanceBars, CloseWhereOneSideIsAheadByTheThreshold) {
  EngineFeed feed(with_bars(InformationBarKind::imbalance, "2"));
  feed.trade(1, 100, 1.5);
  feed.trade(2, 100, 1, Side::sell);
  feed.trade(3, 100, 50, std::nullopt);
  feed.trade(4, 100, 6, Side::sell);  // From +0.5: 2.5 reach -2, then 2, 1.5 are left.
  feed.engine.write_unfinished_bars();
  const Table& bars = bars_of(feed);

  EXPECT_EQ(numbers(bars, "volume"), (std::vector<double>{55, 2, 1.5}));
  EXPECT_EQ(numbers(bars, "buy_volume"), (std::vector<double>{1.5, 0, 0}));
  EXPECT_EQ(numbers(bars, "sell_volume"), (std::vector<double>{3.5, 2, 1.5}));
  EXPECT_EQ(integers(bars, "is_complete"), (std::vector<int64_t>{1, 1, 0}));
}

TEST(InformationBars, RunOnOverAGapWhichCostsOnlyTheReturnAcross) {
  EngineFeed feed(with_bars(InformationBarKind::volume, "2"));
  feed.trade(1, 100, 1);
  feed.gap(2, 1, true, Channel::trades);
  feed.trade(3, 150, 5);  // Feeds nothing.
  feed.gap(4, 1, false, Channel::trades);
  feed.trade(5, 120, 1);
  const Table& bars = bars_of(feed);

  ASSERT_EQ(bars.rows(), 1u);
  EXPECT_EQ(number(bars, "high", 0), 120);
  EXPECT_EQ(number(bars, "realized_variance", 0), 0);
}

TEST(InformationBars, AnUnknownCostMakesTheBarsOfItNullAndFillsNoDollarBar) {
  const auto feed_with = [](EngineFeed& feed) {
    feed.trade(1, 100, 1);
    ASSERT_TRUE(feed.engine.on_trade({.capture_time = EngineFeed::at(2),
                                      .recv_seq = ++feed.sequence,
                                      .side = Side::buy,
                                      .price = 100,
                                      .amount = 3}));
    feed.trade(3, 100, 1);
  };
  EngineFeed volume(with_bars(InformationBarKind::volume, "2"));
  EngineFeed dollar(with_bars(InformationBarKind::dollar, "200"));
  feed_with(volume);
  feed_with(dollar);

  ASSERT_EQ(bars_of(volume).rows(), 2u);
  EXPECT_TRUE(null_at(bars_of(volume), "dollar_volume", 0));
  EXPECT_TRUE(null_at(bars_of(volume), "vwap", 1));
  ASSERT_EQ(bars_of(dollar).rows(), 1u);
  EXPECT_EQ(number(bars_of(dollar), "volume", 0), 5);
  EXPECT_TRUE(null_at(bars_of(dollar), "dollar_volume", 0));
}

TEST(InformationBars, ConserveWhatWasTradedToTheLastDigit) {
  for (const auto& [kind, threshold] :
       std::map<InformationBarKind, const char*>{{InformationBarKind::volume, "7.3"},
                                                 {InformationBarKind::dollar, "12345.6"},
                                                 {InformationBarKind::tick, "17"},
                                                 {InformationBarKind::imbalance, "2.5"}}) {
    for (uint64_t seed = 0; seed < 10; ++seed) {
      EngineFeed feed(with_bars(kind, threshold));
      std::mt19937_64 random(seed);
      std::vector<double> amounts, costs;
      for (int i = 0; i < 3000; ++i) {
        const double price = static_cast<double>(60'000 + random() % 9000) / 100;
        amounts.push_back(static_cast<double>(1 + random() % (i % 50 ? 3000 : 90'000)) / 1000);
        costs.push_back(price * amounts.back());
        feed.trade(i, price, amounts.back(), random() % 2 ? Side::buy : Side::sell);
      }
      feed.engine.write_unfinished_bars();
      const Table& bars = bars_of(feed);

      ASSERT_GT(bars.rows(), 50u);
      EXPECT_EQ(exact_sum(numbers(bars, "volume")), exact_sum(amounts))
          << information_bar_name(kind) << " " << seed;
      const auto full =
          numbers(bars, kind == InformationBarKind::dollar ? "dollar_volume" : "volume");
      const bool is_split =
          kind == InformationBarKind::volume || kind == InformationBarKind::dollar;
      for (size_t row = 0; row + 1 < full.size() && is_split; ++row) {
        ASSERT_EQ(full[row], to_double(spec_of(kind, threshold).threshold)) << row;
      }
    }
  }
}

TEST(InformationBars, AreBitIdenticalAfterRestoreAtAnyTrade) {
  for (const InformationBarKind kind : kInformationBarKinds) {
    FeatureParameters bars_only;
    bars_only.categories.clear();
    bars_only.bar_durations_s.clear();
    EngineParameters parameters(bars_only);
    parameters.information_bars = {
        spec_of(kind, kind == InformationBarKind::dollar ? "5000" : "5")};
    size_t bars_seen = 0;
    for (uint64_t seed = 0; seed < 4; ++seed) {
      const auto items = RandomStream(seed).make(300);
      EngineFeed straight(parameters), cut(parameters);
      std::vector<std::string> found;
      for (size_t i = 0; i < items.size(); ++i) {
        // Outliers of 1e12 units would fill too many bars.
        if (items[i].kind == StreamItem::Kind::trade && items[i].amount > 1e9) continue;
        items[i].feed(straight);
        items[i].feed(cut);
        if (i % 17 != 0) continue;
        for (std::string& row : exact_rows(bars_of(cut))) found.push_back(std::move(row));
        auto restored =
            FeatureEngine::restore({"test", "venue", "BTC-USD"}, parameters, cut.engine.save());
        ASSERT_TRUE(restored) << restored.error().message;
        cut.engine = *std::move(restored);
      }
      cut.engine.write_unfinished_bars();
      straight.engine.write_unfinished_bars();
      for (std::string& row : exact_rows(bars_of(cut))) found.push_back(std::move(row));
      EXPECT_EQ(found, exact_rows(bars_of(straight)));
      bars_seen += found.size();
    }
    EXPECT_GT(bars_seen, 5u);
  }
}

TEST(InformationBars, ATradeThatWouldFillMillionsOfThemIsRefusedAndFeedsNothing) {
  EngineFeed feed(with_bars(InformationBarKind::volume, "0.000001"));
  const auto taken = feed.engine.on_trade({.capture_time = EngineFeed::at(1),
                                           .recv_seq = 1,
                                           .price = 100,
                                           .amount = 1'000'000,
                                           .cost = 1e8});

  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("volume bars of 0.000001"), std::string::npos);
  EXPECT_EQ(bars_of(feed).rows(), 0u);
}

TEST(InformationBars, ATradeWhoseCostCannotBeSummedExactlyIsRefused) {
  EngineFeed feed(with_bars(InformationBarKind::volume, "1000000000000"));
  const auto taken = feed.engine.on_trade({.capture_time = EngineFeed::at(1),
                                           .recv_seq = 1,
                                           .price = 1e9,
                                           .amount = 1e12,
                                           .cost = 1e21});

  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("costs more"), std::string::npos);
}

TEST(InformationBarSpec, TakesOnlyThresholdsThatCanBeMet) {
  EXPECT_EQ(spec_of(InformationBarKind::volume, "0.50").threshold_text(), "0.5");
  EXPECT_EQ(spec_of(InformationBarKind::dollar, "1000000").threshold_text(), "1000000");
  EXPECT_EQ(spec_of(InformationBarKind::dollar, "1e6").threshold_text(), "1000000");
  for (const char* wrong : {"0", "-1", "abc", "", "nan", "1e15", "0.0000000000001"}) {
    EXPECT_FALSE(information_bar_spec(InformationBarKind::volume, wrong)) << wrong;
  }
  EXPECT_FALSE(information_bar_spec(InformationBarKind::tick, "2.5"));
}

TEST(UnfinishedBars, OfTimeAreWrittenAsTheyAreAndGoOn) {
  FeatureParameters parameters;
  parameters.bar_durations_s = {60};
  EngineFeed feed(parameters), straight(parameters);
  for (EngineFeed* each : {&feed, &straight}) {
    each->snapshot(30, {{100, 1}}, {{101, 1}});
    each->trade(31, 100, 2);
    each->ticker(32, 100, 101);
  }
  feed.engine.write_unfinished_bars();
  for (const Channel channel : {Channel::orderbook, Channel::trades, Channel::ticker}) {
    const Table& bars = feed.bars(channel, 60);
    ASSERT_EQ(bars.rows(), 1u);
    EXPECT_EQ(integer(bars, "is_complete", 0), 0);
  }
  EXPECT_EQ(number(feed.bars(Channel::orderbook, 60), "gap_seconds", 0), 30);
  for (BarTable& bars : feed.engine.tables().bars) bars.table.clear();

  for (EngineFeed* each : {&feed, &straight}) {
    each->trade(45, 103, 1);
    each->engine.advance_to(EngineFeed::at(60));
  }
  for (const Channel channel : {Channel::orderbook, Channel::trades, Channel::ticker}) {
    EXPECT_EQ(exact_rows(feed.bars(channel, 60)), exact_rows(straight.bars(channel, 60)));
  }
}

}  // namespace
}  // namespace daedalus
