#include <gtest/gtest.h>

#include <cstdlib>

#include "daedalus/book/order_book.hpp"
#include "daedalus/book/recorded_books_for_test.hpp"

namespace daedalus {
namespace {

/// Applies all of a recording and expects an uncrossed book with both sides after each event.
void expect_never_crossed(const std::vector<RecordedEvent>& events, size_t least_frames) {
  if (events.empty() && std::getenv("CI") == nullptr) {
    GTEST_SKIP() << "the recording is not here: ../shared/realdata";
  }
  OrderBook book;
  size_t frames = 0;
  for (const RecordedEvent& event : events) {
    if (!event.book) continue;
    const auto applied = book.apply(*event.book);
    ASSERT_TRUE(applied) << applied.error().message;
    ASSERT_EQ(book.state(), BookState::ok) << "after frame " << frames;
    ++frames;
  }
  EXPECT_GE(frames, least_frames);
}

TEST(BookReplay, CoinbaseBitcoinNeverCrosses) {
  const auto events = read_coinbase("BTC-USD");
  expect_never_crossed(events, 380);
}

TEST(BookReplay, CoinbaseEtherNeverCrosses) {
  const auto events = read_coinbase("ETH-USD");
  expect_never_crossed(events, 375);
}

TEST(BookReplay, BinanceFuturesNeverCross) {
  expect_never_crossed(read_usdm(), 9000);
}

TEST(BookReplay, NexoNeverCrossesOverMidnight) {
  expect_never_crossed(read_binance({"binance/nexousdt_34h/nexousdt_20240723.dat.gz",
                                     "binance/nexousdt_34h/nexousdt_20240724.dat.gz"}),
                       68'000);
}

}  // namespace
}  // namespace daedalus
