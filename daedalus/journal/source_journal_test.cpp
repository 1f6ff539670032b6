#include "daedalus/journal/source_journal.hpp"

#include <gtest/gtest.h>

#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

constexpr int64_t kHour = 1786309200 * kNanosPerSecond;

JournalSink open_sink(const TemporaryFolder& folder, JournalPosition position = {}) {
  auto sink = JournalSink::open({.folder = folder / "active/s",
                                 .plan = {.source = "s",
                                          .exchange = "coinbase",
                                          .limits = {.max_bytes = 10'000},
                                          .position = std::move(position)}});
  EXPECT_TRUE(sink) << sink.error().message;
  return *std::move(sink);
}

std::vector<Record> read_segment(const std::string& path) {
  std::vector<Record> records;
  auto reader = SegmentReader::open(path);
  EXPECT_TRUE(reader) << reader.error().message;
  while (reader) {
    const auto record = reader->next();
    EXPECT_TRUE(record) << record.error().message;
    if (!record || *record == nullptr) break;
    records.push_back(**record);
  }
  return records;
}

TEST(JournalSink, WritesSegmentsThatBeginWithAHeaderAndEndWithAClose) {
  const TemporaryFolder folder;
  JournalSink sink = open_sink(folder);
  for (int64_t i = 0; i < 600; ++i) {
    Record record;
    record.capture_time = {kHour + i * 10 * kNanosPerSecond};
    record.payload = "frame " + std::to_string(i);
    ASSERT_TRUE(sink.append(record));
  }
  ASSERT_TRUE(sink.finish({kHour + 6000 * kNanosPerSecond}));

  const std::vector<std::string> closed = sink.take_closed();
  ASSERT_GE(closed.size(), 5u);
  int64_t frames = 0;
  int64_t last_seq = 0;
  std::string previous;
  for (const std::string& segment : closed) {
    const auto records = read_segment(folder / ("active/s/" + segment + ".ndjson.zst"));
    ASSERT_GE(records.size(), 3u);
    EXPECT_EQ(parse_segment_header(records.front().detail)->previous_segment, previous);
    EXPECT_EQ(records.back().type, RecordType::close);
    for (const Record& record : records) {
      EXPECT_GT(record.frame_seq, last_seq);
      last_seq = record.frame_seq;
      if (record.type == RecordType::recv) {
        EXPECT_EQ(record.payload, "frame " + std::to_string(frames++));
        EXPECT_LT(record.capture_time, records.back().capture_time);
      }
    }
    previous = segment;
  }
  EXPECT_EQ(frames, 600);
  EXPECT_TRUE(sink.take_closed().empty());
}

TEST(JournalSink, GoesOnAfterARestartWithoutOverwriting) {
  const TemporaryFolder folder;
  JournalPosition position;
  for (int run = 1; run <= 3; ++run) {
    JournalSink sink = open_sink(folder, position);
    Record record;
    record.capture_time = {kHour + run};
    record.payload = std::to_string(run);
    ASSERT_TRUE(sink.append(record));
    ASSERT_TRUE(sink.flush());
    position = {.newest_segment = newest_segment(*list_files(folder / "active/s")),
                .next_frame_seq = sink.plan().next_frame_seq(),
                .last_capture_time = sink.plan().last_capture_time()};
  }

  const auto files = *list_files(folder / "active/s");

  ASSERT_EQ(files.size(), 3u);
  for (size_t i = 0; i < files.size(); ++i) {
    const auto records = read_segment(folder / ("active/s/" + files[i]));
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[1].payload, std::to_string(i + 1));
    EXPECT_EQ(records[1].frame_seq, static_cast<int64_t>(i + 1) * 2);
  }
}

TEST(JournalSink, IntoAFolderThatCannotBeMadeIsAnIoError) {
  const auto sink = JournalSink::open({.folder = "/proc/none/s", .plan = {}});

  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::io);
}

TEST(JournalSink, KeepsAtMostTheAskedBytesInMemory) {
  const TemporaryFolder folder;
  auto sink = *JournalSink::open(
      {.folder = folder / "a", .plan = {.source = "s", .exchange = "x"}, .flush_bytes = 5000});
  for (int64_t i = 0; i < 100; ++i) {
    Record record;
    record.capture_time = {kHour + i};
    record.payload.assign(300, 'x');
    ASSERT_TRUE(sink.append(record));
    EXPECT_LT(sink.pending_bytes(), 5000);
  }
}

}  // namespace
}  // namespace daedalus
