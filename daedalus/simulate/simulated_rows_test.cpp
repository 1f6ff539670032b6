// Simulated venues through the one reading of a journal: what capture and seal make of them.
#include <gtest/gtest.h>

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/simulate/recorded_market_for_test.hpp"

namespace daedalus {
namespace {

class CountingRows final : public RowSink {
 public:
  void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) override {
    snapshots += kind == BookRowKind::snapshot;
    deltas += kind == BookRowKind::delta;
    ASSERT_TRUE(books[key.symbol_native].apply(message).has_value());
    crossed += books[key.symbol_native].state() == BookState::crossed;
  }
  void on_trade_row(const RowKey&, const Trade&) override { ++trades; }
  void on_ticker_row(const RowKey&, const Ticker&) override { ++tickers; }
  void on_gap_row(const RowKey& key, const GapRow& gap) override {
    gaps += key.symbol + " " + std::string(gap_kind_name(gap.kind)) + " " + gap.detail + "; ";
  }
  void on_other_row(const RowKey&, const OtherMessage& message) override {
    others += message.channel;
  }
  void on_instrument_row(const RowKey&, const Instrument&) override {}

  int snapshots = 0, deltas = 0, trades = 0, tickers = 0, crossed = 0;
  std::string gaps, others;
  std::map<std::string, OrderBook> books;
};

class SimulatedRows : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(EachVenue, SimulatedRows,
                         testing::Values("coinbase", "coinbase_exchange", "binance", "binanceus",
                                         "binance_usdm"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(SimulatedRows, AreCompleteWithoutAGapAndBooksAreThoseOfTheRows) {
  const Recorded recorded(GetParam(), 60);
  Interpreter interpreter(recorded.exchange, {});
  StreamObserver observer;
  CountingRows rows;
  int64_t frame_seq = 0;
  for (Record record : recorded.records) {
    record.frame_seq = ++frame_seq;
    interpreter.apply(record, rows, observer);
  }
  EXPECT_EQ(rows.gaps, "");
  EXPECT_EQ(rows.others, "");
  EXPECT_EQ(rows.crossed, 0);
  EXPECT_EQ(rows.snapshots, 2);
  EXPECT_GT(rows.deltas, 500);
  EXPECT_GT(rows.trades, 200);
  EXPECT_GT(rows.tickers, 200);
  ASSERT_EQ(rows.books.size(), 2u);
  for (const auto& [symbol, book] : rows.books) {
    ASSERT_TRUE(interpreter.book_hash(symbol).has_value()) << symbol;
    EXPECT_EQ(*interpreter.book_hash(symbol), book.hash());
  }
}

}  // namespace
}  // namespace daedalus
