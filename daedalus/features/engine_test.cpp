#include "daedalus/features/engine.hpp"

#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {
namespace {

const TestLevels kBids = {{100, 2}, {99, 3}};
const TestLevels kAsks = {{101, 1}, {102, 4}};

FeatureParameters per_event() {
  FeatureParameters parameters;
  parameters.emit_interval_s = 0;
  return parameters;
}

TEST(Rows, ARowLabelledTHoldsWhatCameBeforeTAndNothingFromT) {
  EngineFeed feed;
  feed.snapshot(0.2, kBids, kAsks);
  feed.delta(0.999999999, {{100, 5}}, {});
  feed.delta(1, {{100, 7}}, {});
  feed.engine.advance_to(EngineFeed::at(2));
  const Table& table = feed.rows();

  ASSERT_EQ(table.rows(), 2u);
  EXPECT_EQ(integer(table, "collected_at", 0), EngineFeed::at(1).value / 1'000'000);
  EXPECT_EQ(number(table, "bid_size_L0", 0), 5);
  EXPECT_EQ(integer(table, "book_events", 0), 2);
  EXPECT_EQ(number(table, "bid_size_L0", 1), 7);
  EXPECT_EQ(number(table, "ofi", 1), 2);
}

TEST(Rows, AreEmittedAsSoonAsTimeComesToTheirLabelWhateverBringsIt) {
  const auto rows_after = [](auto&& bring_time) {
    EngineFeed feed;
    feed.snapshot(0.5, kBids, kAsks);
    bring_time(feed);
    return feed.rows().rows();
  };

  EXPECT_EQ(rows_after([](EngineFeed& f) { f.engine.advance_to(EngineFeed::at(0.999)); }), 0u);
  EXPECT_EQ(rows_after([](EngineFeed& f) { f.engine.advance_to(EngineFeed::at(1)); }), 1u);
  EXPECT_EQ(rows_after([](EngineFeed& f) { f.trade(1, 100, 1); }), 1u);
  EXPECT_EQ(rows_after([](EngineFeed& f) { f.ticker(1, 100, 101); }), 1u);
  EXPECT_EQ(rows_after([](EngineFeed& f) { f.gap(1, 1, true, Channel::ticker); }), 1u);
  EXPECT_EQ(rows_after([](EngineFeed& f) { f.delta(1, {}, {}); }), 1u);
}

TEST(Rows, QuietIntervalsHaveNoRow) {
  EngineFeed feed;
  feed.snapshot(0.5, kBids, kAsks);
  feed.delta(7.5, {{100, 1}}, {});
  feed.engine.advance_to(EngineFeed::at(20));

  ASSERT_EQ(feed.rows().rows(), 2u);
  EXPECT_EQ(integer(feed.rows(), "collected_at", 1), EngineFeed::at(8).value / 1'000'000);
  EXPECT_EQ(number(feed.rows(), "stream_age_s", 1), 7.5);
  EXPECT_EQ(number(feed.rows(), "staleness_ms", 1), 500);
  EXPECT_FALSE(integer(feed.rows(), "is_gap", 1));
}

TEST(Rows, ABookLevelChangedAfterARowWasTakenNeverChangesThatRow) {
  EngineFeed feed(per_event());
  feed.snapshot(0, kBids, kAsks);
  const auto before = exact_rows(feed.rows());
  feed.delta(1, {{100, 9}, {99, 0}}, {{101, 0}});

  EXPECT_EQ(exact_rows(feed.rows())[0], before[0]);
  EXPECT_EQ(number(feed.rows(), "bid_size_L0", 0), 2);
  EXPECT_EQ(number(feed.rows(), "bid_size_L0", 1), 9);
}

TEST(Rows, CarryTheCalendarOfTheirLabelInUtcAndFridayIsNoWeekendDay) {
  EngineFeed feed;
  feed.snapshot(86'399.5, kBids, kAsks);           // The row's label is Saturday's midnight.
  feed.delta(3 * 86'400.0 - 0.5, {{100, 1}}, {});  // And this one's Monday's.
  feed.engine.advance_to(EngineFeed::at(4 * 86'400.0));
  EngineFeed friday;
  friday.snapshot(86'398.5, kBids, kAsks);
  friday.engine.advance_to(EngineFeed::at(86'399));

  EXPECT_EQ(integer(friday.rows(), "day_of_week", 0), 4);
  EXPECT_EQ(integer(friday.rows(), "is_weekend", 0), 0);
  EXPECT_EQ(integer(friday.rows(), "hour_of_day", 0), 23);
  EXPECT_EQ(integer(friday.rows(), "minute_of_hour", 0), 59);
  EXPECT_EQ(integer(feed.rows(), "day", 0), 20);
  EXPECT_EQ(integer(feed.rows(), "hour", 0), 0);
  EXPECT_EQ(integer(feed.rows(), "is_weekend", 0), 1);
  EXPECT_EQ(integer(feed.rows(), "day_of_week", 1), 0);
  EXPECT_EQ(integer(feed.rows(), "is_weekend", 1), 0);
}

TEST(Rows, CountTradesOfTheirOwnIntervalOnly) {
  EngineFeed feed;
  feed.trade(0.5, 100, 1);
  feed.snapshot(1.2, kBids, kAsks);
  feed.trade(1.3, 100, 1);
  feed.trade(1.9, 100, 1);
  feed.delta(3.5, {{100, 1}}, {});
  feed.engine.advance_to(EngineFeed::at(4));

  EXPECT_EQ(integer(feed.rows(), "trade_events", 0), 2);
  EXPECT_EQ(integer(feed.rows(), "trade_events", 1), 0);
}

TEST(Discontinuities, AVenueThatSendsAnImageInEachMessageHasNone) {
  EngineFeed images, deltas;
  for (int i = 0; i < 40; ++i) {
    const double bid = 100 + 0.25 * (i % 5), size = 1 + i % 7;
    images.snapshot(0.25 * i + 0.1, {{bid, size}, {99, 2}}, {{102, size}});
    if (i == 0) deltas.snapshot(0.1, {{bid, size}, {99, 2}}, {{102, size}});
    const double before = 100 + 0.25 * ((i + 4) % 5);
    if (i > 0) deltas.delta(0.25 * i + 0.1, {{before, 0}, {bid, size}}, {{102, size}});
  }
  images.engine.advance_to(EngineFeed::at(10));
  deltas.engine.advance_to(EngineFeed::at(10));

  ASSERT_EQ(images.rows().rows(), 10u);
  EXPECT_EQ(exact_rows(images.rows()), exact_rows(deltas.rows()));
  for (size_t row = 1; row < 10; ++row) {
    EXPECT_EQ(integer(images.rows(), "is_gap", row), 0);
    EXPECT_FALSE(null_at(images.rows(), "ofi", row));
    EXPECT_NEAR(number(images.rows(), "stream_age_s", row), static_cast<double>(row) + 0.9, 1e-9);
  }
}

TEST(Discontinuities, TheFirstRowAfterOneHasNullOfiAndLogReturn) {
  EngineFeed feed;
  feed.snapshot(0.5, kBids, kAsks);
  feed.delta(1.5, {{100, 3}}, {});
  feed.gap(2.1, 1, true, Channel::orderbook);
  feed.gap(2.2, 1, false, Channel::orderbook);
  feed.snapshot(2.3, kBids, kAsks);
  feed.delta(2.4, {{100, 9}}, {});
  feed.delta(3.5, {{100, 10}}, {});
  feed.engine.advance_to(EngineFeed::at(4));
  const Table& table = feed.rows();

  ASSERT_EQ(table.rows(), 4u);
  for (const size_t first : {0u, 2u}) {
    EXPECT_EQ(integer(table, "is_gap", first), 1);
    EXPECT_TRUE(null_at(table, "ofi", first));
    EXPECT_TRUE(null_at(table, "mlofi", first));
    EXPECT_TRUE(null_at(table, "log_return", first));
    EXPECT_FALSE(null_at(table, "mid_price", first));
  }
  for (const size_t next : {1u, 3u}) {
    EXPECT_EQ(integer(table, "is_gap", next), 0);
    EXPECT_EQ(number(table, "ofi", next), 1);
    EXPECT_EQ(number(table, "log_return", next), 0);
  }
  EXPECT_EQ(number(table, "stream_age_s", 2), 0.7);
}

TEST(Discontinuities, RowsInsideAGapAreUnsyncedUntilTheBooksFirstEventAfterIt) {
  EngineFeed feed;
  feed.snapshot(0.5, kBids, kAsks);
  feed.gap(0.6, 1, true, std::nullopt);
  feed.gap(0.7, 2, true, Channel::orderbook);
  feed.delta(1.5, {{100, 3}}, {});
  feed.gap(1.6, 1, false, std::nullopt);
  feed.delta(2.5, {{100, 4}}, {});
  feed.gap(2.6, 2, false, Channel::orderbook);
  feed.snapshot(3.5, kBids, kAsks);
  feed.engine.advance_to(EngineFeed::at(4));
  const Table& table = feed.rows();

  ASSERT_EQ(table.rows(), 4u);
  for (const size_t inside : {0u, 1u, 2u}) {
    EXPECT_EQ(column(table, "book_state").text_at(inside), "unsynced");
    EXPECT_EQ(integer(table, "book_events", inside), 1);
    for (const char* null :
         {"stream_age_s", "bid_levels", "ask_levels", "bid_price_L0", "bid_size_L0",
          "total_bid_depth", "mid_price", "ofi", "log_return", "mid_velocity"}) {
      EXPECT_TRUE(null_at(table, null, inside)) << null;
    }
    EXPECT_FALSE(null_at(table, "nonce", inside));
  }
  EXPECT_EQ(column(table, "book_state").text_at(3), "ok");
  EXPECT_EQ(integer(table, "is_gap", 3), 1);
}

TEST(Discontinuities, MoreThan300QuietSecondsAreOneAndExactly300AreNot) {
  for (const double quiet : {300.0, 300.000001}) {
    EngineFeed feed(per_event());
    feed.snapshot(0, kBids, kAsks);
    feed.delta(quiet, {{100, 3}}, {});

    EXPECT_EQ(null_at(feed.rows(), "ofi", 1), quiet > 300);
    EXPECT_EQ(integer(feed.rows(), "is_gap", 1), quiet > 300);
    EXPECT_EQ(number(feed.rows(), "bid_size_L0", 1), 3);
  }
}

TEST(Discontinuities, ASilenceThatEndsInsideARowsIntervalMarksThatRowToo) {
  EngineParameters parameters;
  parameters.orderbook.emit_interval_s = 600;
  EngineFeed feed(parameters);
  feed.snapshot(1, {{100, 1}}, {{101, 1}});
  feed.snapshot(601, {{100, 1}}, {{101, 1}});
  feed.snapshot(899, {{100, 1}}, {{101, 1}});
  feed.snapshot(1000, {{100, 1}}, {{101, 1}});
  feed.snapshot(1250, {{100, 1}}, {{101, 1}});
  feed.ticker(1800, 100, 101);

  const Column& is_gap = column(feed.rows(), "is_gap");
  ASSERT_EQ(feed.rows().rows(), 3u);
  EXPECT_EQ(column(feed.rows(), "book_state").text_at(0), "unsynced");
  EXPECT_EQ(is_gap.integers, (std::vector<int64_t>{1, 1, 1}));
}

TEST(Discontinuities, ACheckpointLoadsABookThatIsNotKnownAndIsNoEvent) {
  EngineFeed feed;
  feed.delta(0.1, {{98, 1}}, {});
  feed.book(1.1, BookInputKind::checkpoint, kBids, kAsks);
  feed.engine.advance_to(EngineFeed::at(2));
  ASSERT_EQ(feed.rows().rows(), 1u);
  EXPECT_EQ(column(feed.rows(), "book_state").text_at(0), "unsynced");

  feed.delta(2.1, {{100, 5}}, {});
  feed.book(2.2, BookInputKind::checkpoint, {{1, 1}}, {{2, 1}});
  feed.engine.advance_to(EngineFeed::at(3));

  ASSERT_EQ(feed.rows().rows(), 2u);
  EXPECT_EQ(integer(feed.rows(), "book_events", 1), 1);
  EXPECT_EQ(number(feed.rows(), "bid_size_L0", 1), 5);
  EXPECT_EQ(number(feed.rows(), "bid_size_L1", 1), 3);
}

TEST(Steps, CompareWithTheLastStateThatHadAMid) {
  EngineFeed feed(per_event());
  feed.snapshot(0, {{100, 2}}, {{101, 1}});
  feed.delta(1, {}, {{101, 0}});
  feed.delta(2, {{102, 4}}, {{101, 1}});
  feed.delta(3, {{102, 0}, {100, 5}}, {{103, 8}});
  const Table& table = feed.rows();

  EXPECT_EQ(number(table, "ofi", 1), 0);
  EXPECT_TRUE(null_at(table, "log_return", 1));
  EXPECT_EQ(column(table, "book_state").text_at(2), "crossed");
  EXPECT_EQ(number(table, "ofi", 3), 3);
  EXPECT_EQ(number(table, "ofi_L1", 3), -8);
}

TEST(MidMotion, TakesValuesAsOfOneAndTwoSecondsBefore) {
  EngineFeed feed;
  feed.snapshot(0.5, {{100, 1}}, {{102, 1}});
  feed.snapshot(1.5, {{101, 1}}, {{103, 1}});
  feed.snapshot(2.5, {{104, 1}}, {{106, 1}});
  feed.engine.advance_to(EngineFeed::at(3));
  const Table& table = feed.rows();

  EXPECT_TRUE(null_at(table, "mid_velocity", 0));
  EXPECT_EQ(number(table, "mid_velocity", 1), 1);
  EXPECT_TRUE(null_at(table, "mid_accel", 1));
  EXPECT_EQ(number(table, "mid_velocity", 2), 3);
  EXPECT_EQ(number(table, "mid_accel", 2), 2);
}

TEST(Input, WhatIsUnusableIsNamedAndFeedsNothing) {
  EngineFeed feed(per_event());
  feed.snapshot(0, kBids, kAsks);
  const TestLevels negative = {{100, -1}};
  const TestLevels nothing;
  const auto bad_size = feed.engine.on_book({.capture_time = EngineFeed::at(1),
                                             .recv_seq = 77,
                                             .bids = negative.input(),
                                             .asks = nothing.input()});
  const auto bad_time = feed.engine.on_book(
      {.capture_time = EngineFeed::at(0.5), .bids = nothing.input(), .asks = nothing.input()});
  const auto bad_trade = feed.engine.on_trade(
      {.capture_time = EngineFeed::at(2), .recv_seq = 78, .price = std::nan(""), .amount = 1});

  ASSERT_FALSE(bad_size);
  EXPECT_NE(bad_size.error().message.find("size is unusable: -1"), std::string::npos);
  EXPECT_NE(bad_size.error().message.find("recv_seq 77"), std::string::npos);
  ASSERT_FALSE(bad_time);
  EXPECT_NE(bad_time.error().message.find("before the one before it"), std::string::npos);
  ASSERT_FALSE(bad_trade);
  EXPECT_EQ(bad_trade.error().kind, ErrorKind::malformed);
  EXPECT_EQ(feed.rows().rows(), 1u);
  feed.delta(3, {}, {});
  EXPECT_EQ(number(feed.rows(), "bid_size_L0", 1), 2);
}

TEST(Input, LevelsFinerThanTheFilesDecimalsAreStillExact) {
  EngineFeed feed(per_event());
  feed.snapshot(0, {{100.123456, 0.00000007}}, {{100.2, 123456789}});

  EXPECT_EQ(number(feed.rows(), "bid_price_L0", 0), 100.123456);
  EXPECT_EQ(number(feed.rows(), "bid_size_L0", 0), 0.00000007);
  EXPECT_EQ(number(feed.rows(), "ask_size_L0", 0), 123456789);
}

TEST(Parameters, AnImpossibleValueIsRefusedWithItsKey) {
  const auto refused = [](auto&& change) {
    FeatureParameters parameters;
    change(parameters);
    const auto checked = FeatureEngine::create({"s", "e", "A-B"}, parameters);
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_NE(refused([](auto& p) { p.ofi_levels = 21; }).find("ofi_levels"), std::string::npos);
  EXPECT_NE(refused([](auto& p) { p.bands_bps = {5, 5}; }).find("bands_bps"), std::string::npos);
  EXPECT_NE(refused([](auto& p) { p.ofi_decay_alpha = std::nan(""); }).find("ofi_decay_alpha"),
            std::string::npos);
  EXPECT_NE(refused([](auto& p) { p.emit_interval_s = -1; }).find("hf_emit_interval"),
            std::string::npos);
  EXPECT_EQ(refused([](auto&) {}), "");
}

}  // namespace
}  // namespace daedalus
