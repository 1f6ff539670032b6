#include <algorithm>
#include <map>

#include "daedalus/features/book_tracker.hpp"
#include "daedalus/features/random_stream_for_test.hpp"

namespace daedalus {
namespace {

using Sizes = std::map<double, double>;

void apply(Sizes& side, const TestLevels& levels) {
  for (size_t i = 0; i < levels.prices.size(); ++i) {
    if (levels.sizes[i] == 0) side.erase(levels.prices[i]);
    if (levels.sizes[i] != 0) side[levels.prices[i]] = levels.sizes[i];
  }
}

/// Up to `depth` levels, best first.
TestLevels image_of(const Sizes& side, Side which, size_t depth) {
  TestLevels levels;
  for (const auto& [price, size] : side) levels.add(price, size);
  if (which == Side::buy) {
    std::reverse(levels.prices.begin(), levels.prices.end());
    std::reverse(levels.sizes.begin(), levels.sizes.end());
  }
  levels.prices.resize(std::min(depth, levels.prices.size()));
  levels.sizes.resize(levels.prices.size());
  return levels;
}

Sizes sizes_of(const TestLevels& levels) {
  Sizes side;
  apply(side, levels);
  return side;
}

TestLevels difference(const TestLevels& before, const TestLevels& after) {
  const Sizes now = sizes_of(after);
  TestLevels levels;
  for (const double price : before.prices) {
    if (!now.contains(price)) levels.add(price, 0);
  }
  for (const auto& [price, size] : now) levels.add(price, size);
  return levels;
}

/// The same side in no order: prices given before with another size, or gone, stand in it too.
TestLevels in_disorder(const TestLevels& levels, const TestLevels& gone, std::mt19937_64& random) {
  std::vector<std::pair<double, double>> last;
  for (size_t i = 0; i < levels.prices.size(); ++i) {
    last.emplace_back(levels.prices[i], levels.sizes[i]);
  }
  const Sizes wanted = sizes_of(levels);
  for (const double price : gone.prices) {
    if (!wanted.contains(price)) last.emplace_back(price, 0);
  }
  std::shuffle(last.begin(), last.end(), random);
  TestLevels mixed;
  for (const auto& [price, size] : last) {
    if (random() % 4 == 0) mixed.add(price, last[random() % last.size()].second);
  }
  for (const auto& [price, size] : last) mixed.add(price, size);
  return mixed;
}

/// A random stream's book after each of its events, as deltas and as two kinds of images.
struct ThreeFeeds {
  EngineFeed deltas, images, disordered;
  Sizes bids, asks;
  TestLevels last_bids, last_asks;
  std::mt19937_64 random;
  size_t depth;

  ThreeFeeds(const FeatureParameters& parameters, uint64_t seed)
      : deltas(parameters),
        images(parameters),
        disordered(parameters),
        random(seed),
        depth(seed % 3 == 0 ? 1000 : 5 + seed % 16) {}

  void feed(const StreamItem& item) {
    if (item.kind != StreamItem::Kind::book) {
      for (EngineFeed* each : {&deltas, &images, &disordered}) item.feed(*each);
      return;
    }
    if (item.book_kind == BookInputKind::checkpoint) return;
    if (item.book_kind == BookInputKind::snapshot) {
      bids.clear();
      asks.clear();
    }
    apply(bids, item.bids);
    apply(asks, item.asks);
    const TestLevels now_bids = image_of(bids, Side::buy, depth);
    const TestLevels now_asks = image_of(asks, Side::sell, depth);
    if (deltas.sequence == 0) deltas.snapshot(item.seconds, {}, {});
    if (images.sequence == 0) images.snapshot(item.seconds, {}, {});
    if (disordered.sequence == 0) disordered.snapshot(item.seconds, {}, {});
    deltas.delta(item.seconds, difference(last_bids, now_bids), difference(last_asks, now_asks));
    images.snapshot(item.seconds, now_bids, now_asks);
    disordered.snapshot(item.seconds, in_disorder(now_bids, last_bids, random),
                        in_disorder(now_asks, last_asks, random));
    last_bids = now_bids;
    last_asks = now_asks;
  }
};

std::vector<std::string> all_of(EngineFeed& feed) {
  std::vector<std::string> rows;
  for (const auto& [name, table] : named_tables(feed.engine.tables())) {
    for (const std::string& row : exact_rows(*table)) rows.push_back(name + ": " + row);
  }
  return rows;
}

TEST(BookReplacement, ImagesInAnyOrderGiveTheRowsOfTheDeltasBetweenThem) {
  size_t rows_seen = 0;
  for (uint64_t seed = 0; seed < 24; ++seed) {
    FeatureParameters parameters;
    parameters.emit_interval_s = seed % 2 == 0 ? 0 : 1;
    parameters.rolling_windows_s = {4, 30};
    ThreeFeeds feeds(parameters, seed);
    const StreamShape shape = {.gaps_left_out = 20, .breaks_left_out = 20};
    std::vector<StreamItem> items = RandomStream(seed, shape).make(300);
    // The first event is a snapshot.
    items.erase(items.begin(), std::find_if(items.begin(), items.end(), [](const auto& item) {
                  return item.kind == StreamItem::Kind::book;
                }));
    for (const StreamItem& item : items) feeds.feed(item);

    const auto expected = all_of(feeds.deltas);
    ASSERT_EQ(all_of(feeds.images), expected) << "seed " << seed;
    ASSERT_EQ(all_of(feeds.disordered), expected) << "seed " << seed;
    rows_seen += expected.size();
  }
  EXPECT_GT(rows_seen, 4000u);
}

TEST(BookReplacement, AnImageThatIsRefusedLeavesTheBookAsItWas) {
  const TestLevels bids = {{100, 2}, {99.5, 3}};
  const TestLevels asks = {{101, 1}, {102, 4}};
  const TestLevels unusable[] = {
      {{100, -1}},     {{0, 1}},         {{-100, 1}},         {{100, INFINITY}},
      {{NAN, 1}},      {{INFINITY, 1}},  {{100, NAN}},        {{1e18, 1}},
      {{100, 0x1p60}}, {{-INFINITY, 1}}, {{100, -0x1p52 - 1}}};
  for (const TestLevels& bad : unusable) {
    for (const bool is_bid_bad : {true, false}) {
      BookTracker tracker{FeatureParameters{}};
      ASSERT_TRUE(tracker.apply(
          {.kind = BookInputKind::snapshot, .bids = bids.input(), .asks = asks.input()}));
      const auto refused = tracker.apply({.kind = BookInputKind::snapshot,
                                          .bids = (is_bid_bad ? bad : TestLevels{{98, 1}}).input(),
                                          .asks = (is_bid_bad ? asks : bad).input()});

      ASSERT_FALSE(refused) << bad.prices[0] << " x " << bad.sizes[0];
      const BookImage& image = tracker.image(true);
      EXPECT_EQ(image.bids, (std::vector<BookLevel>{{1000, 2}, {995, 3}}));
      EXPECT_EQ(image.asks, (std::vector<BookLevel>{{1010, 1}, {1020, 4}}));
      EXPECT_EQ(tracker.levels(Side::buy), 2u);
    }
  }
}

std::optional<BookLevel> level_read(OrderBook& book, double price, double size) {
  std::vector<BookLevel> bids, asks;
  const TestLevels levels = {{price, size}};
  if (!read_levels({.bids = levels.input(), .asks = {}}, book, bids, asks)) return std::nullopt;
  return bids[0];
}

TEST(BookLevels, AreReadExactlyAtTheLimitsOfWhatIsReadQuickly) {
  OrderBook book;
  const double limit = 0x1p52;
  for (const double value : {limit - 1, limit, limit + 1, limit / 2 + 1, 2 * limit, 1e17}) {
    const auto mantissa = static_cast<int64_t>(value);
    EXPECT_EQ(level_read(book, value, 1), (BookLevel{mantissa, 1}));
    EXPECT_EQ(level_read(book, 1, value), (BookLevel{1, mantissa}));
  }
  EXPECT_EQ(level_read(book, 1, -0.0), (BookLevel{1, 0}));
  EXPECT_EQ(book.price_scale(), 0);
  EXPECT_EQ(level_read(book, limit / 4 + 0.5, 1), (BookLevel{(int64_t{1} << 50) * 10 + 5, 1}));
  EXPECT_EQ(book.price_scale(), 1);
}

TEST(BookLevels, OfRandomDecimalsAreTheMantissasThatMadeThem) {
  std::mt19937_64 random(1);
  for (int scale = 0; scale <= 9; ++scale) {
    OrderBook book;
    ASSERT_TRUE(book.raise_scales(scale, scale));
    for (int i = 0; i < 2000; ++i) {
      const auto price = static_cast<int64_t>(1 + (random() >> (12 + random() % 50)));
      const auto size = static_cast<int64_t>(random() >> (12 + random() % 50));
      const auto as_double = [&](int64_t value) {
        return to_double(Decimal{value, static_cast<int8_t>(scale)});
      };
      EXPECT_EQ(level_read(book, as_double(price), as_double(size)), (BookLevel{price, size}));
    }
  }
}

}  // namespace
}  // namespace daedalus
