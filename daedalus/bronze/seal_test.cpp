#include "daedalus/bronze/seal.hpp"

#include <gmock/gmock.h>

#include "daedalus/bronze/journal_story_for_test.hpp"
#include "daedalus/bronze/sealed_root_for_test.hpp"
#include "daedalus/journal/source_journal.hpp"

namespace daedalus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr int64_t kHour = 450'000 * kNanosPerHour;
/// Ten seconds before it ends: no segment is older than 900 s then.
constexpr int64_t kLate = kHour + 3590 * kNanosPerSecond;
const std::string kSource = "binance";

SealOptions options_for(const DataRoot& root) {
  return {.root = root,
          .source = kSource,
          .exchange = *find_exchange("binance"),
          .journal_retention_s = std::nullopt};
}

Record at(int64_t time_ns, Record record) {
  record.capture_time = {time_ns};
  return record;
}
Record received(int64_t time_ns, const std::string& frame) {
  return at(time_ns, {.connection = 1, .payload = frame});
}
Record answered(int64_t time_ns, const std::string& body) {
  return at(time_ns,
            {.type = RecordType::http, .status = 200, .url = image_url(), .payload = body});
}

/// Appends records as a capture would that found the source as it is; ends in good order or not.
/// Returns the segments that closed, and the one left open.
std::vector<std::string> capture(const DataRoot& root, const std::vector<Record>& records,
                                 bool is_killed) {
  auto journal = *JournalSink::open(
      {.folder = root.active(kSource),
       .plan = {
           .source = kSource, .exchange = "binance", .position = *source_position(root, kSource)}});
  for (Record record : records) EXPECT_TRUE(journal.append(record));
  EXPECT_TRUE(journal.flush());
  if (!is_killed) {
    EXPECT_TRUE(journal.finish(records.back().capture_time));
  }
  return journal.take_closed();
}

/// A book, trades and a gap over two hours.
std::vector<Record> two_hours() {
  std::vector<Record> records = {at(kLate, {.type = RecordType::start, .detail = "live"}),
                                 answered(kLate + 1, image(10)),
                                 received(kLate + 2, depth(11, 12)),
                                 received(kLate + 3, binance_trade(1)),
                                 received(kHour + kNanosPerHour - 1, depth(13, 13)),
                                 received(kHour + kNanosPerHour, depth(14, 14)),
                                 received(kHour + kNanosPerHour + 1, depth(20, 20)),
                                 received(kHour + kNanosPerHour + 2, binance_trade(2))};
  return records;
}

TEST(Sealing, PublishesFilesRecordAndStateAndReleasesTheJournal) {
  const ScratchRoot scratch;
  const auto segments = capture(scratch.root, two_hours(), false);
  ASSERT_THAT(segments, testing::SizeIs(2));
  Sealer sealer(options_for(scratch.root));
  const auto first = sealer.seal(segments[0]);
  ASSERT_TRUE(first) << first.error().message;
  const SegmentRecord& record = first->record;
  EXPECT_EQ(record.opened_ns, kLate);
  EXPECT_EQ(record.closed_ns, kHour + kNanosPerHour);
  EXPECT_THAT(record.frames, ElementsAre(Pair("rows", 4)));
  ASSERT_THAT(record.files, testing::SizeIs(2));
  EXPECT_EQ(record.files[0].path,
            "orderbook/exchange=binance/symbol=BTC-USDT/year=2021/month=5/day=3/hour=0/" +
                segments[0] + ".parquet");
  EXPECT_EQ(record.files[0].rows, 3);
  EXPECT_EQ(*hash_file(scratch.root.ready(kSource) + '/' + record.files[0].path),
            record.files[0].xxh3_128);
  const auto second = sealer.seal(segments[1]);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->record.previous_segment, segments[0]);
  EXPECT_THAT(hashes_below(scratch.root.active(kSource)), IsEmpty());
  EXPECT_THAT(*journals_in(scratch.root.journal(kSource)), testing::SizeIs(2));
  EXPECT_THAT(hashes_below(scratch.root.seal_states(kSource)), testing::SizeIs(2));
}

TEST(Sealing, BeginsEachHourWithTheBooksBeforeIt) {
  const ScratchRoot scratch;
  const auto segments = capture(scratch.root, two_hours(), false);
  Sealer sealer(options_for(scratch.root));
  ASSERT_TRUE(sealer.seal(segments[0]));
  const auto second = sealer.seal(segments[1]);
  const SegmentFile& gaps = second->record.files[0];
  const SegmentFile& books = second->record.files[1];
  EXPECT_EQ(gaps.channel, "gaps");
  const auto rows = read_book_rows(scratch.root.ready(kSource) + '/' + books.path);
  ASSERT_THAT(rows, testing::SizeIs(2));
  EXPECT_EQ(rows[0].kind, "checkpoint");
  EXPECT_EQ(rows[0].capture_time_ns, kHour + kNanosPerHour);
  EXPECT_EQ(rows[0].recv_seq, second->record.first_frame_seq * kRowsPerFrame);
  EXPECT_EQ(rows[0].message.bids.size() + rows[0].message.asks.size(), 3u);
  EXPECT_EQ(rows[1].kind, "delta");
}

TEST(Sealing, TwiceGivesTheSameBytes) {
  std::map<std::string, std::string> before;
  for (const bool fresh_sealer_each_time : {false, true}) {
    const ScratchRoot scratch;
    const auto segments = capture(scratch.root, two_hours(), false);
    Sealer one(options_for(scratch.root));
    for (const std::string& segment : segments) {
      Sealer fresh(options_for(scratch.root));
      ASSERT_TRUE((fresh_sealer_each_time ? fresh : one).seal(segment));
    }
    auto now = hashes_below(scratch.root.path);
    EXPECT_TRUE(before.empty() || now == before);
    before = std::move(now);
  }
}

TEST(Sealing, AgainGivesTheSameBytesInPlace) {
  const ScratchRoot scratch;
  const auto segments = capture(scratch.root, two_hours(), false);
  Sealer sealer(options_for(scratch.root));
  for (const std::string& segment : segments) ASSERT_TRUE(sealer.seal(segment));
  const auto before = hashes_below(scratch.root.path);
  Sealer again(options_for(scratch.root));
  for (const std::string& segment : segments) {
    const auto sealed = again.seal_again(segment);
    ASSERT_TRUE(sealed) << sealed.error().message;
  }
  EXPECT_EQ(hashes_below(scratch.root.path), before);
}

TEST(Sealing, KeepsToItsMemoryByWritingLargePartitionsEarly) {
  const ScratchRoot scratch;
  std::vector<Record> records = {answered(kLate, image(10))};
  for (int64_t id = 11; id < 12'000; ++id) records.push_back(received(kLate + id, depth(id, id)));
  const auto segments = capture(scratch.root, records, false);
  SealOptions options = options_for(scratch.root);
  options.seal_memory_mb = 1;
  const auto sealed = Sealer(options).seal(segments[0]);
  ASSERT_TRUE(sealed) << sealed.error().message;
  const std::string path = scratch.root.ready(kSource) + '/' + sealed->record.files[0].path;
  EXPECT_EQ(read_book_rows(path).size(), 11'990u);
  EXPECT_GE(ParquetReader::open(path, {})->row_groups(), 4);
}

TEST(Sealing, WritesDeltasThatWaitedOverARotationAndAKillBehindTheirImage) {
  const ScratchRoot scratch;
  // Deltas in one hour, more in the next, the image there; then the process is killed.
  const auto closed = capture(
      scratch.root,
      {received(kLate, depth(5, 6)), received(kLate + 1, depth(7, 8)),
       received(kHour + kNanosPerHour, depth(9, 9)), answered(kHour + kNanosPerHour + 5, image(7))},
      true);
  const auto report = recover_source(options_for(scratch.root));
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_THAT(report->sealed, testing::SizeIs(2));
  const SegmentRecord& before = report->sealed[0].record;
  const SegmentRecord& after = report->sealed[1].record;
  EXPECT_THAT(before.frames, ElementsAre(Pair("buffered", 2)));
  EXPECT_THAT(after.frames, ElementsAre(Pair("rows", 2)));
  const auto rows = read_book_rows(scratch.root.ready(kSource) + '/' + after.files[0].path);
  ASSERT_THAT(rows, testing::SizeIs(3));
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].kind, i == 0 ? "snapshot" : "delta");
    EXPECT_EQ(rows[i].capture_time_ns, kHour + kNanosPerHour + 5);
    EXPECT_EQ(rows[i].recv_seq % kRowsPerFrame, static_cast<int64_t>(i));
  }
}

TEST(Sealing, OfImagesWritesTheTopAfterEachUpdate) {
  const ScratchRoot scratch;
  const auto segments = capture(scratch.root, two_hours(), false);
  SealOptions options = options_for(scratch.root);
  options.book_images = true;
  options.max_orderbook_depth = 1;
  const auto sealed = Sealer(options).seal(segments[0]);
  ASSERT_TRUE(sealed) << sealed.error().message;
  const auto rows =
      read_book_rows(scratch.root.ready(kSource) + '/' + sealed->record.files[0].path);
  ASSERT_THAT(rows, testing::SizeIs(3));
  for (const BronzeBookRow& row : rows) {
    EXPECT_EQ(row.kind, "snapshot");
    EXPECT_EQ(row.message.bids.size() + row.message.asks.size(), 2u);
  }
  EXPECT_EQ(to_double(rows[1].message.bids[0].price), 10.0);
}

TEST(Sealing, OfNdjsonPublishesTheJournalAsItIs) {
  const ScratchRoot scratch;
  const auto segments = capture(scratch.root, two_hours(), false);
  SealOptions options = options_for(scratch.root);
  options.raw_format = "ndjson";
  Sealer sealer(options);
  for (const std::string& segment : segments) {
    const auto sealed = sealer.seal(segment);
    ASSERT_TRUE(sealed) << sealed.error().message;
    EXPECT_THAT(sealed->record.files, IsEmpty());
  }
  EXPECT_THAT(*journals_in(scratch.root.ready(kSource)), ElementsAre(segments[0], segments[1]));
  EXPECT_THAT(hashes_below(scratch.root.active(kSource)), IsEmpty());
}

TEST(Retention, DeletesJournalsAndStatesThatAreOlder) {
  const ScratchRoot scratch;
  std::vector<Record> records;
  for (int hour = 0; hour < 5; ++hour) {
    records.push_back(received(kHour + hour * kNanosPerHour, binance_trade(hour)));
  }
  const auto segments = capture(scratch.root, records, false);
  SealOptions options = options_for(scratch.root);
  options.journal_retention_s = 7200;
  Sealer sealer(options);
  for (const std::string& segment : segments) ASSERT_TRUE(sealer.seal(segment));
  EXPECT_THAT(*journals_in(scratch.root.journal(kSource)),
              ElementsAre(segments[2], segments[3], segments[4]));
  EXPECT_THAT(hashes_below(scratch.root.seal_states(kSource)),
              UnorderedElementsAre(Pair(segments[1] + ".state", testing::_),
                                   Pair(segments[2] + ".state", testing::_),
                                   Pair(segments[3] + ".state", testing::_),
                                   Pair(segments[4] + ".state", testing::_)));
}

TEST(Retention, OfZeroKeepsNoJournal) {
  const ScratchRoot scratch;
  const auto segments = capture(scratch.root, two_hours(), false);
  SealOptions options = options_for(scratch.root);
  options.journal_retention_s = 0;
  Sealer sealer(options);
  for (const std::string& segment : segments) ASSERT_TRUE(sealer.seal(segment));
  EXPECT_THAT(hashes_below(scratch.root.journal(kSource)), IsEmpty());
}

}  // namespace
}  // namespace daedalus
