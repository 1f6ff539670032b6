// Rows rebuild the truth: what bronze alone gives is the capture's own book after every message.

#include <gtest/gtest.h>

#include "daedalus/book/order_book.hpp"
#include "daedalus/bronze/journal_story_for_test.hpp"
#include "daedalus/bronze/sealed_root_for_test.hpp"

namespace daedalus {
namespace {

constexpr int64_t kMegabyte = 1 << 20;

/// The book's hash behind each frame that changed it, by frame number: read from the kept journals.
std::map<int64_t, uint64_t> hashes_of_capture(const DataRoot& root, const std::string& source,
                                              const Recording& recording,
                                              const std::string& symbol_native) {
  std::map<int64_t, uint64_t> hashes;
  Interpreter interpreter(**find_exchange(recording.exchange), {});
  RowLines rows;
  StreamObserver nobody;
  const auto segments = journals_in(root.journal(source));
  EXPECT_TRUE(segments);
  for (const std::string& segment : *segments) {
    auto reader = SegmentReader::open(root.journal(source) + '/' + segment + ".ndjson.zst");
    EXPECT_TRUE(reader);
    while (const Record* record = *reader->next()) {
      interpreter.apply(*record, rows, nobody);
      rows.take();
      const auto hash = interpreter.book_hash(symbol_native);
      if (hash) hashes[record->frame_seq] = *hash;
    }
  }
  return hashes;
}

struct Rebuilding {
  int64_t segments = 0, rows = 0, checkpoints = 0, wrong = 0, crossed = 0, out_of_order = 0;
};

Rebuilding rebuild(const DataRoot& root, const std::string& source, const std::string& symbol,
                   const std::map<int64_t, uint64_t>& truth) {
  Rebuilding result;
  OrderBook book;
  int64_t last_seq = 0;
  for (const SegmentRecord& record : ready_records(root, source)) {
    result.segments += 1;
    for (const SegmentFile& file : record.files) {
      if (file.channel != "orderbook" || file.symbol != symbol) continue;
      const auto rows = read_book_rows(root.ready(source) + '/' + file.path);
      for (size_t i = 0; i < rows.size(); ++i) {
        const BronzeBookRow& row = rows[i];
        result.out_of_order += row.recv_seq <= last_seq;
        last_seq = row.recv_seq;
        const uint64_t before = book.hash();
        EXPECT_TRUE(book.apply(row.message));
        result.crossed += book.state() == BookState::crossed;
        result.rows += 1;
        if (row.kind == "checkpoint") {
          result.checkpoints += 1;
          result.wrong += book.hash() != before;
          continue;
        }
        const int64_t frame = row.recv_seq / kRowsPerFrame;
        const bool is_last_of_frame =
            i + 1 == rows.size() || rows[i + 1].recv_seq / kRowsPerFrame != frame;
        if (is_last_of_frame) result.wrong += truth.at(frame) != book.hash();
      }
    }
  }
  return result;
}

TEST(Rows, OfNexoRebuildTheCapturesBookAfterEveryMessageOverManySegments) {
  DAEDALUS_NEED_RECORDING(kNexoRecording);
  const ScratchRoot scratch;
  const auto report = import_recordings(import_options(scratch.root, kNexoRecording, kMegabyte),
                                        kNexoRecording.paths());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_GE(report->segments, 40);
  const std::string source = "import_binance";
  const auto truth = hashes_of_capture(scratch.root, source, kNexoRecording, "NEXOUSDT");
  const Rebuilding rebuilt = rebuild(scratch.root, source, "NEXO-USDT", truth);
  EXPECT_EQ(rebuilt.segments, report->segments);
  EXPECT_EQ(rebuilt.rows, report->rows.at("orderbook"));
  EXPECT_GE(rebuilt.checkpoints, 24);
  EXPECT_EQ(rebuilt.wrong, 0);
  EXPECT_EQ(rebuilt.crossed, 0);
  EXPECT_EQ(rebuilt.out_of_order, 0);
}

TEST(Rows, OfCoinbaseRebuildBothBooksOverManySegments) {
  DAEDALUS_NEED_RECORDING(kCoinbaseRecording);
  const ScratchRoot scratch;
  const auto report = import_recordings(
      import_options(scratch.root, kCoinbaseRecording, kMegabyte / 2), kCoinbaseRecording.paths());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_GE(report->segments, 5);
  for (const std::string symbol : {"BTC-USD", "ETH-USD"}) {
    const auto truth =
        hashes_of_capture(scratch.root, "import_coinbase", kCoinbaseRecording, symbol);
    const Rebuilding rebuilt = rebuild(scratch.root, "import_coinbase", symbol, truth);
    EXPECT_GT(rebuilt.rows, 300);
    EXPECT_EQ(rebuilt.wrong, 0);
    EXPECT_EQ(rebuilt.crossed, 0);
  }
}

}  // namespace
}  // namespace daedalus
