#include "daedalus/capture/journal_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "daedalus/capture/process_lock.hpp"
#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;

std::string line_of(int64_t seq) {
  std::string line;
  append_record_line(line, {.frame_seq = seq, .payload = "payload " + std::to_string(seq)});
  return line;
}

std::vector<int64_t> sequences(const std::string& path) {
  SegmentReader reader = SegmentReader::open(path).value();
  std::vector<int64_t> found;
  while (const Record* record = reader.next().value()) found.push_back(record->frame_seq);
  return found;
}

TEST(JournalThread, PutsLinesOnDiskWithinTheFlushTimeAndInTheirOrder) {
  TemporaryFolder folder;
  std::atomic<int64_t> flushed{0};
  JournalThread journal({.folder = folder.path(), .flush_after = milliseconds(50)},
                        {.on_flushed = [&](int64_t seq) { flushed = seq; }});
  journal.begin_segment("segment_20260101T00_00001");
  for (int64_t i = 1; i <= 100; ++i) journal.append(line_of(i), i);
  const auto began = std::chrono::steady_clock::now();
  while (flushed < 100) {
    ASSERT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
    std::this_thread::sleep_for(milliseconds(1));
  }
  const auto found = sequences(folder / "segment_20260101T00_00001.ndjson.zst");
  ASSERT_EQ(found.size(), 100u);
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
}

TEST(JournalThread, EndedSegmentsAreWholeAndToldInOrder) {
  TemporaryFolder folder;
  std::vector<std::string> closed;
  {
    JournalThread journal(
        {.folder = folder.path(), .flush_after = std::chrono::hours(1)},
        {.on_segment_closed = [&](const std::string& name) { closed.push_back(name); }});
    for (int segment = 1; segment <= 3; ++segment) {
      const std::string name = fmt::format("segment_20260101T00_{:05}", segment);
      journal.begin_segment(name);
      for (int64_t i = 0; i < 10; ++i)
        journal.append(line_of(segment * 100 + i), segment * 100 + i);
      journal.end_segment(name);
    }
    journal.finish();
  }
  ASSERT_EQ(closed.size(), 3u);
  for (const std::string& name : closed) {
    EXPECT_EQ(sequences(folder / (name + ".ndjson.zst")).size(), 10u);
  }
}

TEST(JournalThread, ADiskErrorIsToldOnceAndNothingWaitsForEver) {
  TemporaryFolder folder;
  std::atomic<int> errors{0};
  JournalThread journal({.folder = folder / "missing", .memory_bytes = 100},
                        {.on_error = [&](const Error& error) {
                          ++errors;
                          EXPECT_NE(error.message.find("missing"), std::string::npos);
                        }});
  journal.begin_segment("segment_20260101T00_00001");
  for (int64_t i = 1; i <= 1'000; ++i) journal.append(line_of(i), i);
  journal.finish();
  EXPECT_EQ(errors, 1);
}

TEST(JournalThread, ReportsFreeSpace) {
  TemporaryFolder folder;
  std::atomic<int64_t> free_mb{-1};
  JournalThread journal({.folder = folder.path()},
                        {.on_free_space = [&](int64_t mb) { free_mb = mb; }});
  const auto began = std::chrono::steady_clock::now();
  while (free_mb < 0 && std::chrono::steady_clock::now() - began < std::chrono::seconds(5)) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_GT(free_mb, 0);
}

TEST(ProcessLock, IsHeldByOneAndFreeAfterIt) {
  TemporaryFolder folder;
  const std::string path = folder / "state/capture.lock";
  {
    const auto first = ProcessLock::take(path);
    ASSERT_TRUE(first);
    const auto second = ProcessLock::take(path);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
  }
  EXPECT_TRUE(ProcessLock::take(path));
}

}  // namespace
}  // namespace daedalus
