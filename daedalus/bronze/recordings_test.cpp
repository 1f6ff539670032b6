#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>

#include "daedalus/book/order_book.hpp"
#include "daedalus/bronze/recordings_for_test.hpp"

namespace daedalus {
namespace {

using Top = std::pair<std::optional<BookLevel>, std::optional<BookLevel>>;

/// Rebuilds every book from the rows alone and looks at it after each of them.
class RebuiltBooks final : public RowSink {
 public:
  struct Rebuilt {
    OrderBook book;
    std::map<int64_t, Top> tops;  ///< By update id.
  };

  void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) override {
    Rebuilt& rebuilt = books[key.symbol_native];
    const auto applied = rebuilt.book.apply(message);
    EXPECT_TRUE(applied) << applied.error().message;
    (kind == BookRowKind::snapshot ? snapshots : deltas) += 1;
    levels += static_cast<int64_t>(message.bids.size() + message.asks.size());
    if (rebuilt.book.state() == BookState::crossed) crossed += 1;
    if (message.last_sequence) {
      rebuilt.tops[*message.last_sequence] = {rebuilt.book.best(Side::buy),
                                              rebuilt.book.best(Side::sell)};
    }
    changed = key.symbol_native;
  }
  void on_trade_row(const RowKey&, const Trade& trade) override {
    (trade.is_history ? history : trades) += 1;
  }
  void on_ticker_row(const RowKey& key, const Ticker& ticker) override {
    tickers += 1;
    if (ticker.sequence) quotes.push_back({key.symbol_native, ticker});
  }
  void on_gap_row(const RowKey&, const GapRow&) override { gaps += 1; }
  void on_other_row(const RowKey&, const OtherMessage&) override { others += 1; }
  void on_instrument_row(const RowKey&, const Instrument&) override { instruments += 1; }

  /// Tickers whose update id some book row ends at: how many agree with the book then, how many
  /// not.
  std::pair<int64_t, int64_t> compare_quotes() {
    int64_t agree = 0, differ = 0;
    for (const auto& [symbol, ticker] : quotes) {
      const Rebuilt& rebuilt = books[symbol];
      const auto top = rebuilt.tops.find(*ticker.sequence);
      if (top == rebuilt.tops.end()) continue;
      const auto& [bid, ask] = top->second;
      const bool same = bid && ask && is(*bid, *ticker.bid, *ticker.bid_volume, rebuilt.book) &&
                        is(*ask, *ticker.ask, *ticker.ask_volume, rebuilt.book);
      (same ? agree : differ) += 1;
    }
    return {agree, differ};
  }

  std::map<std::string, Rebuilt> books;
  std::vector<std::pair<std::string, Ticker>> quotes;
  std::string changed;
  int64_t snapshots = 0, deltas = 0, levels = 0, crossed = 0;
  int64_t trades = 0, history = 0, tickers = 0, gaps = 0, others = 0, instruments = 0;

 private:
  /// Scales have settled when this is asked: they grow with the first messages.
  static bool is(const BookLevel& level, const Decimal& price, const Decimal& size,
                 const OrderBook& book) {
    return mantissa_at(price, book.price_scale()) == level.price &&
           mantissa_at(size, book.size_scale()) == level.size;
  }
};

struct Reading {
  RebuiltBooks rows;
  FrameCounts frames;
};

/// Reads a recording, and checks after every record that the rows so far give the same book.
void read(const Recording& recording, Reading& out) {
  Interpreter interpreter(**find_exchange(recording.exchange), {});
  StreamObserver nobody;
  int64_t wrong = 0;
  read_records(recording, [&](const Record& record) {
    out.rows.changed.clear();
    interpreter.apply(record, out.rows, nobody);
    if (out.rows.changed.empty()) return;
    wrong +=
        interpreter.book_hash(out.rows.changed) != out.rows.books[out.rows.changed].book.hash();
  });
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(out.rows.crossed, 0);
  EXPECT_EQ(out.rows.gaps, 0);
  out.frames = interpreter.frame_counts();
}

int64_t at(const FrameCounts& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

TEST(Recordings, CoinbaseHasEveryFrameOfItsCount) {
  DAEDALUS_NEED_RECORDING(kCoinbaseRecording);
  Reading reading;
  read(kCoinbaseRecording, reading);
  EXPECT_EQ(reading.rows.snapshots, 2);
  EXPECT_EQ(reading.rows.deltas, 773);
  EXPECT_EQ(reading.rows.levels - 46'000 - 23'334, 74'193 - 46'000 - 23'334);
  EXPECT_EQ(reading.rows.history, 200);
  EXPECT_EQ(reading.rows.trades, 79);
  EXPECT_EQ(reading.rows.instruments, 2);
  EXPECT_EQ(at(reading.frames, "heartbeat"), 25);
  EXPECT_EQ(at(reading.frames, "acknowledged"), 5);
  EXPECT_EQ(at(reading.frames, "instruments"), 1);
  EXPECT_EQ(at(reading.frames, "rows"), 1030 - 25 - 5);
}

TEST(Recordings, CoinbaseExchangeHasEveryMessage) {
  DAEDALUS_NEED_RECORDING(kCoinbaseExchangeRecording);
  Reading reading;
  read(kCoinbaseExchangeRecording, reading);
  EXPECT_EQ(reading.rows.snapshots, 10);
  EXPECT_EQ(reading.rows.deltas, 9719);
  EXPECT_EQ(reading.rows.tickers, 107);
  EXPECT_EQ(reading.rows.trades, 97);
  EXPECT_EQ(reading.rows.history, 10);
  EXPECT_EQ(at(reading.frames, "acknowledged"), 3);
  EXPECT_EQ(at(reading.frames, "rows"), 9946 - 3);
}

struct BinanceCounts {
  int64_t snapshots, depth, tickers, trades;
};

void expect_binance(const Recording& recording, const BinanceCounts& expected, Reading& reading) {
  read(recording, reading);
  EXPECT_EQ(reading.rows.snapshots, expected.snapshots);
  EXPECT_EQ(reading.rows.deltas + at(reading.frames, "before_snapshot"), expected.depth);
  EXPECT_EQ(reading.rows.tickers, expected.tickers);
  EXPECT_EQ(reading.rows.trades, expected.trades);
  EXPECT_EQ(at(reading.frames, "rows") + at(reading.frames, "before_snapshot"),
            expected.snapshots + expected.depth + expected.tickers + expected.trades);
  const auto [agree, differ] = reading.rows.compare_quotes();
  EXPECT_GT(agree, 0);
  EXPECT_EQ(differ, 0);
}

TEST(Recordings, BinanceSpotJoinsAllTenImagesWithoutAGap) {
  DAEDALUS_NEED_RECORDING(kBinanceRecording);
  Reading reading;
  expect_binance(kBinanceRecording, {10, 4709, 5408, 1240}, reading);
}

TEST(Recordings, BinanceUsJoinsAllTenImagesWithoutAGap) {
  DAEDALUS_NEED_RECORDING(kBinanceUsRecording);
  Reading reading;
  expect_binance(kBinanceUsRecording, {10, 3196, 2624, 188}, reading);
}

TEST(Recordings, UsdmOfCryptofeedJoinsAllFiveImagesWithoutAGap) {
  DAEDALUS_NEED_RECORDING(kUsdmCryptofeedRecording);
  Reading reading;
  expect_binance(kUsdmCryptofeedRecording, {5, 4423, 3424, 574}, reading);
}

TEST(Recordings, UsdmTopsEqualTheTickersOfTheSameUpdate) {
  DAEDALUS_NEED_RECORDING(kUsdmRecording);
  Reading reading;
  expect_binance(kUsdmRecording, {1, 3326 + 5696, 7113 + 45'147, 974 + 9727}, reading);
  EXPECT_EQ(reading.rows.compare_quotes().first, 625);
}

TEST(Recordings, NexoTopsEqualTheTickersOfTheSameUpdateOverMidnight) {
  DAEDALUS_NEED_RECORDING(kNexoRecording);
  Reading reading;
  expect_binance(kNexoRecording, {1, 1188 + 66'994, 437 + 33'000, 178 + 12'280}, reading);
  EXPECT_EQ(reading.rows.compare_quotes().first, 12'198);
}

TEST(Recordings, GivenNewestFirstAreRefusedBeforeAnythingIsWritten) {
  DAEDALUS_NEED_RECORDING(kUsdmRecording);
  const ScratchRoot scratch;
  std::vector<std::string> newest_first = kUsdmRecording.paths();
  std::ranges::reverse(newest_first);
  const auto report = import_recordings(import_options(scratch.root, kUsdmRecording), newest_first);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::config);
  EXPECT_NE(report.error().message.find("name the oldest first"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(scratch.root.path));
}

}  // namespace
}  // namespace daedalus
