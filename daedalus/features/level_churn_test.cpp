#include "daedalus/features/level_churn.hpp"

#include <cmath>
#include <map>

#include "daedalus/features/random_stream_for_test.hpp"

namespace daedalus {
namespace {

/// The last row's bid_added, bid_removed, ask_added, ask_removed over 60 s.
std::vector<double> churn_60s(EngineFeed& feed) {
  std::vector<double> values;
  for (const char* name :
       {"bid_added_60s", "bid_removed_60s", "ask_added_60s", "ask_removed_60s"}) {
    values.push_back(number(feed.rows(), name, feed.rows().rows() - 1));
  }
  return values;
}
using Churn = std::vector<double>;

const TestLevels kBids = {{100, 2}, {99, 3}};
const TestLevels kAsks = {{101, 1}, {102, 4}};

/// Twelve bids of size 1 from 100 down, one ask.
TestLevels twelve_bids() {
  TestLevels levels;
  for (int i = 0; i < 12; ++i) levels.add(100 - i, 1);
  return levels;
}

TEST(LevelChurn, CountsSizesGainedAndLostApart) {
  EngineFeed feed(windows_of({60}, 0));
  feed.snapshot(0, kBids, kAsks);
  EXPECT_EQ(churn_60s(feed), (Churn{0, 0, 0, 0}));
  feed.delta(1, {{100, 5}, {99, 1}}, {{101, 0}, {103, 7}});

  EXPECT_EQ(churn_60s(feed), (Churn{3, 2, 7, 1}));
  feed.delta(2, {{98, 0.5}}, {});
  EXPECT_EQ(churn_60s(feed), (Churn{3.5, 2, 7, 1}));
}

TEST(LevelChurn, AnImageIsComparedWithTheBookBeforeAndNotWithNothing) {
  EngineFeed feed(windows_of({60}, 0));
  feed.snapshot(0, kBids, kAsks);
  feed.snapshot(1, kBids, kAsks);
  EXPECT_EQ(churn_60s(feed), (Churn{0, 0, 0, 0}));
  feed.snapshot(2, {{100.5, 9}, {99, 3.5}}, {{101, 1}});

  EXPECT_EQ(churn_60s(feed), (Churn{9.5, 2, 0, 4}));
}

TEST(LevelChurn, ARankOfTenOrMoreDoesNotCount) {
  EngineFeed feed(windows_of({60}, 0));
  feed.snapshot(0, twelve_bids(), kAsks);
  feed.delta(1, {{90, 5}, {89, 0}, {85, 3}}, {});  // Ranks 10, 11, and one behind.
  EXPECT_EQ(churn_60s(feed), (Churn{0, 0, 0, 0}));
  feed.delta(2, {{91, 4}}, {});  // Rank 9.

  EXPECT_EQ(churn_60s(feed), (Churn{3, 0, 0, 0}));
}

TEST(LevelChurn, ForWhatIsGainedTheRankAfterDecidesAndForWhatIsLostTheOneBefore) {
  EngineFeed feed(windows_of({60}, 0));
  feed.snapshot(0, twelve_bids(), kAsks);
  // 90 gains while it comes to rank 9; 91 moves from there to rank 8 unchanged.
  feed.delta(1, {{100, 0}, {90, 6}}, {});
  EXPECT_EQ(churn_60s(feed), (Churn{5, 1, 0, 0}));
  // 100 comes back; 90 loses 2 while it falls to rank 10, where it was at 9.
  feed.delta(2, {{100, 1}, {90, 4}}, {});
  EXPECT_EQ(churn_60s(feed), (Churn{6, 3, 0, 0}));
  // A level gains while it falls behind: nothing. One loses while it comes near: nothing.
  feed.delta(3, {{100.5, 1}, {91, 3}}, {});
  EXPECT_EQ(churn_60s(feed), (Churn{7, 3, 0, 0}));
  feed.delta(4, {{100.5, 0}, {91, 2}}, {});

  EXPECT_EQ(churn_60s(feed), (Churn{7, 4, 0, 0}));
}

TEST(LevelChurn, LevelsThatOnlyMoveUpInRankAddNothing) {
  EngineFeed feed(windows_of({60}, 0));
  feed.snapshot(0, twelve_bids(), kAsks);
  TestLevels gone;
  for (int i = 0; i < 11; ++i) gone.add(100 - i, 0);
  feed.delta(1, gone, {});

  EXPECT_EQ(churn_60s(feed), (Churn{0, 10, 0, 0}));
}

TEST(LevelChurn, APriceGivenTwiceInOneMessageCountsFromItsFirstSizeToItsLast) {
  EngineFeed feed(windows_of({60}, 0));
  feed.snapshot(0, kBids, kAsks);
  feed.delta(1, {{100, 50}, {100, 3}, {98, 4}, {98, 0}}, {});

  EXPECT_EQ(churn_60s(feed), (Churn{1, 0, 0, 0}));
}

TEST(LevelChurn, AddsUpOverMomentsWithoutTwoSidesAgainstTheLastGoodBook) {
  EngineFeed feed(windows_of({60}, 0));
  feed.snapshot(0, kBids, kAsks);
  feed.delta(1, {{105, 6}, {100, 7}}, {});           // Crossed.
  feed.delta(2, {{100, 1}, {99, 0}}, {{102, 4.5}});  // Still.
  EXPECT_EQ(churn_60s(feed), (Churn{0, 0, 0, 0}));
  feed.snapshot(3, {{100, 1}}, {});  // One side.
  feed.snapshot(4, {{100, 1}, {98, 8}}, {{101, 1}, {103, 2}});

  EXPECT_EQ(churn_60s(feed), (Churn{8, 1 + 3, 2, 4}));
}

TEST(LevelChurn, HoldsItsWindowByTheClockOfTheRow) {
  for (const double interval : {1.0, 0.0}) {
    EngineFeed feed(windows_of({5}, interval));
    feed.snapshot(0.5, {{100, 1}}, kAsks);
    feed.delta(1, {{100, 3}}, {});
    feed.delta(5.5, {{100, 7}}, {});
    feed.delta(6, {{100, 6}}, {});
    feed.engine.advance_to(EngineFeed::at(6));
    const size_t last = feed.rows().rows() - 1;

    EXPECT_EQ(number(feed.rows(), "bid_added_5s", last), interval == 1 ? 6 : 4);
    EXPECT_EQ(number(feed.rows(), "bid_removed_5s", last), interval == 1 ? 0 : 1);
  }
}

TEST(LevelChurn, StartsAnewAfterAGapAndIgnoresWhatChangedInIt) {
  EngineFeed feed(windows_of({60}, 0));
  feed.snapshot(0, kBids, kAsks);
  feed.delta(1, {{100, 9}}, {});
  feed.gap(2, 1, true, Channel::orderbook);
  feed.delta(3, {{100, 50}}, {});
  EXPECT_TRUE(null_at(feed.rows(), "bid_added_60s", feed.rows().rows() - 1));
  feed.gap(4, 1, false, Channel::orderbook);
  feed.delta(5, {{100, 60}}, {});
  EXPECT_EQ(churn_60s(feed), (Churn{0, 0, 0, 0}));
  feed.delta(6, {{100, 61}}, {});
  EXPECT_EQ(churn_60s(feed), (Churn{1, 0, 0, 0}));
  feed.delta(400, {{100, 70}}, {});  // After a silence.
  EXPECT_EQ(churn_60s(feed), (Churn{0, 0, 0, 0}));
}

TEST(LevelChurn, IsExactBesideOutliersAndWhenMoreDecimalsCome) {
  EngineFeed feed(windows_of({5, 60}, 0));
  feed.snapshot(0, kBids, kAsks);
  feed.delta(1, {{100, 1e12}}, {});
  feed.delta(2, {{100, 2}}, {});
  feed.delta(3, {{100, 2.00000025}}, {});
  feed.delta(7.5, {{100, 2.1}}, {});

  EXPECT_EQ(number(feed.rows(), "bid_added_5s", 4), 0.1);
  EXPECT_EQ(number(feed.rows(), "bid_removed_60s", 4), 999'999'999'998);
}

TEST(LevelChurn, IsOffWithItsCategory) {
  FeatureParameters parameters;
  parameters.categories = {Category::rolling};
  EngineFeed feed(parameters);
  LevelChurn off(false);
  off.take(BookImage{});

  EXPECT_EQ(feed.rows().find("bid_added_5s"), nullptr);
  EXPECT_FALSE(off.is_recording());
}

/// A whole book kept as maps, best first for each side.
struct PlainBook {
  std::map<double, double, std::greater<>> bids;
  std::map<double, double> asks;

  template <class Levels>
  static void apply(Levels& side, const TestLevels& levels) {
    for (size_t i = 0; i < levels.prices.size(); ++i) {
      if (levels.sizes[i] == 0) side.erase(levels.prices[i]);
      if (levels.sizes[i] != 0) side[levels.prices[i]] = levels.sizes[i];
    }
  }
  bool has_mid() const {
    return !bids.empty() && !asks.empty() && bids.begin()->first <= asks.begin()->first;
  }
};

/// Sizes in 1/32, which the random streams' are: integers stay exact.
template <class Levels>
std::pair<int64_t, int64_t> plain_churn(const Levels& before, const Levels& now) {
  const auto gained_in_top = [](const Levels& in, const Levels& against) {
    int64_t gained = 0;
    size_t rank = 0;
    for (const auto& [price, size] : in) {
      if (rank++ == 10) break;
      const auto other = against.find(price);
      const double base = other == against.end() ? 0 : other->second;
      if (size > base) gained += std::llround((size - base) * 32);
    }
    return gained;
  };
  return {gained_in_top(now, before), gained_in_top(before, now)};
}

TEST(LevelChurn, EqualsAWalkOverBothWholeBooksOnRandomStreams) {
  int64_t compared = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    EngineFeed feed(windows_of({86'400}, 0));
    PlainBook book, good;
    bool is_known = false;
    bool has_good = false;
    int64_t totals[4] = {};
    for (const StreamItem& item : RandomStream(seed).make(400)) {
      // Continuous, and nothing but the book's events: gaps are tested above.
      if (item.kind != StreamItem::Kind::book) continue;
      if (item.book_kind == BookInputKind::checkpoint) continue;
      StreamItem event = item;
      event.seconds = 1 + static_cast<double>(feed.sequence) / 8;
      event.feed(feed);
      is_known |= item.book_kind == BookInputKind::snapshot;
      if (!is_known) continue;
      if (item.book_kind == BookInputKind::snapshot) book = {};
      PlainBook::apply(book.bids, item.bids);
      PlainBook::apply(book.asks, item.asks);
      if (book.has_mid()) {
        if (has_good) {
          const auto [bid_added, bid_removed] = plain_churn(good.bids, book.bids);
          const auto [ask_added, ask_removed] = plain_churn(good.asks, book.asks);
          const int64_t steps[] = {bid_added, bid_removed, ask_added, ask_removed};
          for (int k = 0; k < 4; ++k) totals[k] += steps[k];
        }
        good = book;
        has_good = true;
      }
      const Table& rows = feed.rows();
      const char* names[] = {"bid_added_86400s", "bid_removed_86400s", "ask_added_86400s",
                             "ask_removed_86400s"};
      for (int k = 0; k < 4; ++k) {
        ASSERT_EQ(number(rows, names[k], rows.rows() - 1), static_cast<double>(totals[k]) / 32)
            << names[k] << " seed " << seed;
      }
      ++compared;
    }
  }
  EXPECT_GT(compared, 10'000);
}

}  // namespace
}  // namespace daedalus
