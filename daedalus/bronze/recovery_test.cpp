#include <gmock/gmock.h>

#include "daedalus/bronze/journal_story_for_test.hpp"
#include "daedalus/bronze/sealed_root_for_test.hpp"
#include "daedalus/journal/source_journal.hpp"

namespace daedalus {
namespace {

using testing::IsEmpty;

const std::string kSource = "binance";

SealOptions options_for(const DataRoot& root) {
  return {.root = root, .source = kSource, .exchange = *find_exchange("binance")};
}

/// Trades of a few seconds, as a process that is killed leaves them.
std::string killed_capture(const DataRoot& root, int first_id, int count) {
  auto journal = *JournalSink::open(
      {.folder = root.active(kSource),
       .plan = {
           .source = kSource, .exchange = "binance", .position = *source_position(root, kSource)}});
  for (int id = first_id; id < first_id + count; ++id) {
    Record record{.connection = 1, .payload = binance_trade(id)};
    record.capture_time = {450'000 * kNanosPerHour + id * kNanosPerSecond};
    EXPECT_TRUE(journal.append(record));
    EXPECT_TRUE(journal.flush());
  }
  return journal.plan().segment();
}

int64_t trade_rows(const DataRoot& root) {
  int64_t rows = 0;
  for (const SegmentRecord& record : ready_records(root, kSource)) {
    for (const SegmentFile& file : record.files) rows += file.rows;
  }
  return rows;
}

std::string journal_of(const DataRoot& root, const std::string& segment) {
  return root.active(kSource) + '/' + segment + ".ndjson.zst";
}

/// What stands in the newest seal state is overwritten.
void damage_states(const DataRoot& root) {
  for (const auto& entry : std::filesystem::directory_iterator(root.seal_states(kSource))) {
    ASSERT_TRUE(publish_file(entry.path(), "no state"));
  }
}

TEST(Recovery, NumbersAndTimesGoOnThoughTheSealStatesAreDamagedOrLost) {
  for (const bool is_lost : {false, true}) {
    const ScratchRoot scratch;
    killed_capture(scratch.root, 1, 5);
    const auto report = recover_source(options_for(scratch.root));
    ASSERT_TRUE(report) << report.error().message;
    const SegmentRecord& sealed = report->sealed.at(0).record;
    damage_states(scratch.root);
    if (is_lost) std::filesystem::remove_all(scratch.root.seal_states(kSource));
    const auto position = source_position(scratch.root, kSource);
    ASSERT_TRUE(position) << position.error().message;
    EXPECT_EQ(position->next_frame_seq, sealed.last_frame_seq + 1);
    EXPECT_EQ(position->last_capture_time.value, sealed.closed_ns);
    killed_capture(scratch.root, 6, 5);
    const auto next = recover_source(options_for(scratch.root));
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_NE(next->sealed.at(0).warning, "");
    EXPECT_EQ(trade_rows(scratch.root), 10);
  }
}

TEST(Recovery, SealsWhatAKilledProcessLeftAndTheNextOneGoesOn) {
  const ScratchRoot scratch;
  const std::string first = killed_capture(scratch.root, 1, 5);
  const auto report = recover_source(options_for(scratch.root));
  ASSERT_TRUE(report) << report.error().message;
  const SegmentRecord& sealed = report->sealed.at(0).record;
  EXPECT_EQ(sealed.closed_ns, 450'000 * kNanosPerHour + 5 * kNanosPerSecond + 1);
  const std::string second = killed_capture(scratch.root, 6, 5);
  EXPECT_GT(second, first);
  const auto next = recover_source(options_for(scratch.root));
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(next->sealed.at(0).record.previous_segment, first);
  EXPECT_EQ(next->sealed.at(0).record.first_frame_seq, sealed.last_frame_seq + 1);
  EXPECT_EQ(trade_rows(scratch.root), 10);
}

TEST(Recovery, CutsATornTailAndSealsTheRest) {
  const ScratchRoot scratch;
  const std::string segment = killed_capture(scratch.root, 1, 5);
  const std::string journal = journal_of(scratch.root, segment);
  std::filesystem::resize_file(journal, std::filesystem::file_size(journal) - 3);
  const auto report = recover_source(options_for(scratch.root));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_GT(report->torn_bytes, 0);
  EXPECT_EQ(trade_rows(scratch.root), 4);
  EXPECT_THAT(hashes_below(scratch.root.active(kSource)), IsEmpty());
  const auto kept =
      SegmentReader::open(scratch.root.journal(kSource) + '/' + segment + ".ndjson.zst");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->torn_bytes(), 0);
}

TEST(Recovery, RemovesAFileWithoutOneWholeFrameAndTheChainStaysWhole) {
  const ScratchRoot scratch;
  const std::string segment = killed_capture(scratch.root, 1, 1);
  std::filesystem::resize_file(journal_of(scratch.root, segment), 5);
  const auto report = recover_source(options_for(scratch.root));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->removed, std::vector{segment});
  killed_capture(scratch.root, 2, 3);
  const auto next = recover_source(options_for(scratch.root));
  EXPECT_EQ(next->sealed.at(0).record.previous_segment, "");
}

TEST(Recovery, CutsAFileAtItsDamageAndKeepsTheWholeOfIt) {
  const ScratchRoot scratch;
  const std::string segment = killed_capture(scratch.root, 1, 9);
  const std::string journal = journal_of(scratch.root, segment);
  std::string bytes = *read_file(journal);
  bytes[bytes.size() / 2] ^= 1;
  std::filesystem::remove(journal);
  ASSERT_TRUE(publish_file(journal, bytes));
  const auto report = recover_source(options_for(scratch.root));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->damaged, std::vector{segment});
  EXPECT_GE(trade_rows(scratch.root), 3);
  EXPECT_LT(trade_rows(scratch.root), 9);
  const std::string kept = scratch.root.journal(kSource) + '/' + segment + ".ndjson.zst.damaged";
  EXPECT_EQ(*read_file(kept), bytes);
}

TEST(Recovery, DoesNothingTwice) {
  const ScratchRoot scratch;
  killed_capture(scratch.root, 1, 5);
  ASSERT_TRUE(recover_source(options_for(scratch.root)));
  const auto before = hashes_below(scratch.root.path);
  const auto report = recover_source(options_for(scratch.root));
  ASSERT_TRUE(report);
  EXPECT_THAT(report->sealed, IsEmpty());
  EXPECT_EQ(hashes_below(scratch.root.path), before);
}

/// Undoes the later steps of a sealing, as if the machine had stopped before them.
enum class Stopped { before_record, before_release };

class ACrashInSealing : public testing::TestWithParam<Stopped> {};

TEST_P(ACrashInSealing, IsRepairedToTheSameBytes) {
  const ScratchRoot scratch;
  const std::string segment = killed_capture(scratch.root, 1, 5);
  const std::string journal = journal_of(scratch.root, segment);
  const std::string copy = scratch.root.path + "/copy";
  std::filesystem::copy(journal, copy);
  ASSERT_TRUE(recover_source(options_for(scratch.root)));
  const std::string kept = scratch.root.journal(kSource) + '/' + segment + ".ndjson.zst";
  std::filesystem::rename(kept, journal);
  const std::string record = scratch.root.ready_records(kSource) + '/' + segment + ".json";
  const auto record_before = *read_file(record);
  const auto files = hashes_below(scratch.root.ready(kSource));
  const auto states = hashes_below(scratch.root.seal_states(kSource));
  if (GetParam() == Stopped::before_record) std::filesystem::remove(record);
  std::filesystem::create_directories(scratch.root.active(kSource) + '/' + segment + ".sealing");
  ASSERT_TRUE(recover_source(options_for(scratch.root)));
  EXPECT_EQ(hashes_below(scratch.root.ready(kSource)), files);
  EXPECT_EQ(hashes_below(scratch.root.seal_states(kSource)), states);
  EXPECT_EQ(*read_file(record), record_before);
  EXPECT_EQ(*hash_file(kept), *hash_file(copy));
  EXPECT_THAT(hashes_below(scratch.root.active(kSource)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(AtEachStep, ACrashInSealing,
                         testing::Values(Stopped::before_record, Stopped::before_release));

TEST(Recovery, OfASegmentRecordReadsWhatItWrote) {
  SegmentRecord record{.segment = "segment_20210503T00_00001",
                       .source = "a \"quoted\" name",
                       .exchange = "binance",
                       .writer = "w",
                       .previous_segment = "segment_20210502T23_00001",
                       .opened_ns = 1,
                       .closed_ns = 2,
                       .first_frame_seq = 3,
                       .last_frame_seq = 4,
                       .records = 5,
                       .torn_bytes = 6,
                       .frames = {{"rows", 7}, {"empty", 8}},
                       .files = {{.path = "p", .channel = "trades", .rows = 9}}};
  const auto parsed = parse_segment_record(to_json(record));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(to_json(*parsed), to_json(record));
  EXPECT_FALSE(parse_segment_record("{}"));
  EXPECT_FALSE(parse_segment_record("half a rec"));
}

}  // namespace
}  // namespace daedalus
