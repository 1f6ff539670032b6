#include "daedalus/book/order_book.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace daedalus {
namespace {

PriceLevel level(std::string_view price, std::string_view size) {
  return {*parse_decimal(price), *parse_decimal(size)};
}

BookMessage snapshot(std::vector<PriceLevel> bids, std::vector<PriceLevel> asks) {
  return {.is_snapshot = true, .bids = std::move(bids), .asks = std::move(asks)};
}

BookMessage delta(std::vector<PriceLevel> bids, std::vector<PriceLevel> asks) {
  return {.bids = std::move(bids), .asks = std::move(asks)};
}

OrderBook book_of(const BookMessage& message) {
  OrderBook book;
  EXPECT_TRUE(book.apply(message).has_value());
  return book;
}

std::vector<BookLevel> all_levels(const OrderBook& book, Side side) {
  std::vector<BookLevel> levels;
  book.copy_top(side, book.levels(side), levels);
  return levels;
}

TEST(OrderBook, GivesLevelsFromTheBestOnWhateverOrderTheyCameIn) {
  const OrderBook book = book_of(snapshot({level("9.5", "1"), level("10", "2"), level("9.75", "3")},
                                          {level("10.5", "4"), level("10.25", "5")}));

  EXPECT_EQ(book.price_scale(), 2);
  EXPECT_EQ(all_levels(book, Side::buy), (std::vector<BookLevel>{{1000, 2}, {975, 3}, {950, 1}}));
  EXPECT_EQ(all_levels(book, Side::sell), (std::vector<BookLevel>{{1025, 5}, {1050, 4}}));
  EXPECT_EQ(book.best(Side::sell), (BookLevel{1025, 5}));
  EXPECT_EQ(book.size_at(Side::buy, 975), 3);
  EXPECT_EQ(book.size_at(Side::buy, 976), 0);
}

TEST(OrderBook, ASnapshotReplacesAndADeltaChangesLevels) {
  OrderBook book = book_of(snapshot({level("9", "1"), level("8", "1")}, {level("10", "1")}));

  ASSERT_TRUE(book.apply(delta({level("9", "0"), level("7", "2"), level("6", "0")}, {})));
  EXPECT_EQ(all_levels(book, Side::buy), (std::vector<BookLevel>{{8, 1}, {7, 2}}));
  EXPECT_EQ(book.levels(Side::sell), 1u);

  ASSERT_TRUE(book.apply(snapshot({level("5", "1")}, {})));
  EXPECT_EQ(all_levels(book, Side::buy), (std::vector<BookLevel>{{5, 1}}));
  EXPECT_EQ(book.levels(Side::sell), 0u);
}

TEST(OrderBook, TellsItsState) {
  OrderBook book;
  EXPECT_EQ(book.state(), BookState::one_sided);
  book = book_of(snapshot({level("9", "1")}, {}));
  EXPECT_EQ(book.state(), BookState::one_sided);
  book = book_of(snapshot({level("9", "1")}, {level("9.1", "1")}));
  EXPECT_EQ(book.state(), BookState::ok);
  book = book_of(snapshot({level("9", "1")}, {level("9.0", "1")}));
  EXPECT_EQ(book.state(), BookState::locked);
  book = book_of(snapshot({level("9.1", "1")}, {level("9", "1")}));
  EXPECT_EQ(book.state(), BookState::crossed);
  EXPECT_EQ(book_state_name(book.state()), "crossed");
}

TEST(OrderBook, ScalesGrowWithTheFinestValueAndNotWithTrailingZeros) {
  OrderBook book = book_of(snapshot({level("9.50000000", "1.00000000")}, {}));
  EXPECT_EQ(book.price_scale(), 1);
  EXPECT_EQ(book.size_scale(), 0);

  ASSERT_TRUE(book.apply(delta({level("9.125", "0.25")}, {})));

  EXPECT_EQ(all_levels(book, Side::buy), (std::vector<BookLevel>{{9500, 100}, {9125, 25}}));
  ASSERT_TRUE(book.apply(delta({level("9.50", "0.00000000")}, {})));
  EXPECT_EQ(book.price_scale(), 3);
  EXPECT_EQ(all_levels(book, Side::buy), (std::vector<BookLevel>{{9125, 25}}));
}

TEST(OrderBook, HoldsHugeSizesThatAreSentWithManyZeros) {
  const OrderBook book = book_of(snapshot({level("0.00000123", "123456789012345.00000000")}, {}));

  EXPECT_EQ(book.best(Side::buy), (BookLevel{123, 123456789012345}));
  EXPECT_EQ(book.price_scale(), 8);
}

TEST(OrderBook, AMessageWithOneBadLevelLeavesTheBookAsItWas) {
  OrderBook book = book_of(snapshot({level("9", "1")}, {level("10", "1")}));
  const uint64_t before = book.hash();
  const std::vector<PriceLevel> bad = {level("0", "1"), level("-1", "1"), level("8", "-1"),
                                       level("0.000000000000000001", "1"),
                                       level("8", "0.000000000000000001")};

  ASSERT_TRUE(book.apply(delta({}, {level("100000000000", "100000000000")})));
  const uint64_t with_huge = book.hash();
  for (const PriceLevel& wrong : bad) {
    const auto result = book.apply(delta({level("9", "5"), wrong}, {}));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::malformed);
    EXPECT_EQ(book.hash(), with_huge);
    EXPECT_FALSE(book.apply(snapshot({level("100000000000", "100000000000"), wrong}, {})));
    EXPECT_EQ(book.hash(), with_huge);
  }
  EXPECT_NE(before, with_huge);
}

TEST(OrderBook, RaisesScalesOnlyAsFarAsAllLevelsFit) {
  OrderBook book = book_of(snapshot({level("123456", "7")}, {}));

  ASSERT_TRUE(book.raise_scales(12, 3));
  EXPECT_EQ(book.best(Side::buy), (BookLevel{123456'000'000'000'000, 7000}));
  EXPECT_FALSE(book.raise_scales(13, 3));
  EXPECT_FALSE(book.raise_scales(12, 19));
  EXPECT_EQ(book.price_scale(), 12);
}

TEST(OrderBook, HashDoesNotDependOnScaleOrOnTheOrderOfInsertion) {
  const OrderBook book =
      book_of(snapshot({level("9.5", "1"), level("9", "2")}, {level("10", "3")}));
  OrderBook other = book_of(snapshot({level("9.00", "2")}, {level("10.0", "3.00")}));
  ASSERT_TRUE(other.apply(delta({level("9.50", "1.0")}, {})));
  ASSERT_TRUE(other.raise_scales(7, 9));

  EXPECT_EQ(book.hash(), other.hash());
  other.set_level(Side::buy, {95'000'000, 1'000'000'001});
  EXPECT_NE(book.hash(), other.hash());
  const OrderBook turned =
      book_of(snapshot({level("10", "3")}, {level("9.5", "1"), level("9", "2")}));
  EXPECT_NE(book.hash(), turned.hash());
  const OrderBook swapped =
      book_of(snapshot({level("9.5", "2"), level("9", "1")}, {level("10", "3")}));
  EXPECT_NE(book.hash(), swapped.hash());
}

TEST(OrderBook, ADamagedStateIsRefused) {
  StateWriter out;
  book_of(snapshot({level("9.5", "1"), level("9", "2")}, {level("10", "3")})).save(out);
  const std::string good = out.bytes();

  for (size_t cut = 0; cut < good.size(); ++cut) {
    StateReader in(std::string_view(good).substr(0, cut));
    EXPECT_FALSE(OrderBook::load(in)) << cut;
  }
  // Scales, then each side: how many levels, and their prices and sizes, best first.
  const auto loads = [](std::initializer_list<int64_t> numbers) {
    StateWriter state;
    for (const int64_t number : numbers) state.integer(number);
    StateReader in(state.bytes());
    return OrderBook::load(in).has_value();
  };
  EXPECT_TRUE(loads({1, 0, 2, 95, 1, 90, 2, 1, 100, 3}));
  EXPECT_FALSE(loads({1, 0, 2, 90, 2, 95, 1, 1, 100, 3}));
  EXPECT_FALSE(loads({1, 0, 2, 95, 1, 90, 0, 1, 100, 3}));
  EXPECT_FALSE(loads({1, 19, 2, 95, 1, 90, 2, 1, 100, 3}));
}

using Reference = std::map<int64_t, int64_t, std::greater<>>;

std::vector<BookLevel> levels_of(const Reference& reference, bool is_bid) {
  std::vector<BookLevel> levels;
  for (const auto& [key, size] : reference) levels.push_back({is_bid ? key : -key, size});
  return levels;
}

RC_GTEST_PROP(OrderBookProperty, EqualsAMapOverAnyChangesAndOverSaveAndLoad, ()) {
  const auto steps = *rc::gen::inRange<int>(0, 40'000);
  const auto width = *rc::gen::element<int64_t>(3, 50, 400, 5000, 1'000'000);
  const auto removal = *rc::gen::inRange<int>(0, 90);
  uint64_t random = *rc::gen::arbitrary<uint64_t>() | 1;
  const auto draw = [&](int64_t below) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return static_cast<int64_t>(random % static_cast<uint64_t>(below));
  };
  OrderBook book;
  Reference bids;
  Reference asks;
  for (int step = 0; step < steps; ++step) {
    const bool is_bid = draw(2) == 0;
    const int64_t price = 1 + draw(width);
    const int64_t size = draw(100) < removal ? 0 : 1 + draw(1000);
    book.set_level(is_bid ? Side::buy : Side::sell, {price, size});
    Reference& reference = is_bid ? bids : asks;
    const int64_t key = is_bid ? price : -price;
    size == 0 ? void(reference.erase(key)) : void(reference[key] = size);
    if (step % 997 == 0) {
      RC_ASSERT(all_levels(book, Side::buy) == levels_of(bids, true));
      RC_ASSERT(book.size_at(Side::buy, price) == (bids.contains(price) ? bids[price] : 0));
    }
  }
  RC_ASSERT(all_levels(book, Side::buy) == levels_of(bids, true));
  RC_ASSERT(all_levels(book, Side::sell) == levels_of(asks, false));
  RC_ASSERT(book.levels(Side::sell) == asks.size());

  StateWriter out;
  book.save(out);
  StateReader in(out.bytes());
  const auto loaded = OrderBook::load(in);
  RC_ASSERT(loaded.has_value());
  RC_ASSERT(in.at_end());
  RC_ASSERT(all_levels(*loaded, Side::buy) == levels_of(bids, true));
  RC_ASSERT(loaded->hash() == book.hash());
}

RC_GTEST_PROP(OrderBookProperty, RaisingScalesOnTheWayChangesNothing, ()) {
  const auto prices = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 2000));
  OrderBook plain;
  OrderBook raised;
  int scale = 0;
  for (size_t i = 0; i < prices.size(); ++i) {
    if (i % 16 == 15 && scale < 9) {
      ++scale;
      RC_ASSERT(raised.raise_scales(scale, scale / 2).has_value());
    }
    const PriceLevel one{{prices[i], 1}, {prices[i] % 7, 0}};
    RC_ASSERT(plain.apply(delta({one}, {one})).has_value());
    RC_ASSERT(raised.apply(delta({one}, {one})).has_value());
    RC_ASSERT(plain.hash() == raised.hash());
  }
  RC_ASSERT(plain.levels(Side::sell) == raised.levels(Side::sell));
}

}  // namespace
}  // namespace daedalus
