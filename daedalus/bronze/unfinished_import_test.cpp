#include "daedalus/bronze/unfinished_import.hpp"

#include <gmock/gmock.h>

#include "daedalus/bronze/imported_before.hpp"
#include "daedalus/bronze/sealed_root_for_test.hpp"

namespace daedalus {
namespace {

using testing::HasSubstr;

const std::string kSource = "import_binance";
constexpr int64_t kBegin = 450'000 * kNanosPerHour;

UnfinishedImport an_import() {
  return {.input = {.exchange = "binance",
                    .format = "ndjson",
                    .symbol = "BTCUSDT",
                    .time_key = "received",
                    .frame_key = "raw \"text\"",
                    .limits = {.max_bytes = 1 << 20, .max_age = Nanoseconds(kNanosPerSecond)},
                    .files = {{.path = "a \\ b\n.gz", .bytes = 7, .xxh3_128 = "0f"},
                              {.path = "c", .bytes = 8, .xxh3_128 = "1e"}}},
          .positions = {{}, {"segment_20210501T00_00001", 17, {kBegin}}}};
}

TEST(UnfinishedImport, ComesBackAsItWasSavedAndIsGoneOnceRemoved) {
  const ScratchRoot scratch;
  ASSERT_TRUE(remove_unfinished_import(scratch.root, kSource));
  ASSERT_TRUE(save_unfinished_import(scratch.root, kSource, an_import()));
  const auto loaded = load_unfinished_import(scratch.root, kSource);
  ASSERT_TRUE(loaded && *loaded);
  EXPECT_TRUE(is_same_import((*loaded)->input, an_import().input));
  EXPECT_EQ((*loaded)->input.files.at(0).path, "a \\ b\n.gz");
  ASSERT_EQ((*loaded)->positions.size(), 2);
  EXPECT_EQ((*loaded)->positions[0].newest_segment, "");
  EXPECT_EQ((*loaded)->positions[1].newest_segment, "segment_20210501T00_00001");
  EXPECT_EQ((*loaded)->positions[1].next_frame_seq, 17);
  EXPECT_EQ((*loaded)->positions[1].last_capture_time.value, kBegin);
  ASSERT_TRUE(remove_unfinished_import(scratch.root, kSource));
  EXPECT_FALSE(*load_unfinished_import(scratch.root, kSource));
}

TEST(UnfinishedImport, IsTheSameByContentAndOptionsNotByFileName) {
  ImportInput moved = an_import().input;
  moved.files[0].path = "elsewhere";
  EXPECT_TRUE(is_same_import(moved, an_import().input));
  std::vector<ImportInput> others(6, an_import().input);
  others[0].files[1].xxh3_128 = "2d";
  others[1].files.pop_back();
  others[2].symbol.clear();
  others[3].limits.max_bytes += 1;
  others[4].limits.max_age += Nanoseconds(1);
  std::swap(others[5].files[0], others[5].files[1]);
  for (const ImportInput& other : others) EXPECT_FALSE(is_same_import(other, an_import().input));
}

TEST(UnfinishedImport, CutOffAnywhereItIsRefusedAndSaysWhatToDo) {
  const ScratchRoot scratch;
  ASSERT_TRUE(save_unfinished_import(scratch.root, kSource, an_import()));
  const std::string path = scratch.root.unfinished_import(kSource);
  for (size_t bytes = read_file(path)->rfind(']'); bytes-- > 0;) {
    std::filesystem::resize_file(path, bytes);
    const auto loaded = load_unfinished_import(scratch.root, kSource);
    ASSERT_FALSE(loaded) << bytes << " bytes";
    EXPECT_THAT(loaded.error().message, HasSubstr(path + " is damaged"));
    EXPECT_THAT(loaded.error().message, HasSubstr("remove it"));
  }
}

TEST(UnfinishedImport, WhosePositionsGoBackIsRefused) {
  const ScratchRoot scratch;
  UnfinishedImport import = an_import();
  import.positions.push_back(import.positions.back());
  ASSERT_TRUE(save_unfinished_import(scratch.root, kSource, import));
  const auto loaded = load_unfinished_import(scratch.root, kSource);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("positions go back"));
}

Record one_a_second(int64_t number) {
  return {.capture_time = {kBegin + number * kNanosPerSecond}, .connection = 1, .payload = "{}"};
}

/// Segments of four records each: header, four records, `close`.
const SegmentPlanOptions kPlan{.source = kSource,
                               .exchange = "binance",
                               .limits = {.max_age = Nanoseconds(4 * kNanosPerSecond)},
                               .position = {}};

std::string segment(int counter) {
  return to_text(SegmentName{.hour = {kBegin}, .counter = counter});
}

/// How many records are passed over when the source stands there; absent: refused.
std::optional<int64_t> passed(JournalPosition stands) {
  ImportedBefore before(kPlan, {{}, std::move(stands)});
  for (int64_t number = 0;; ++number) {
    Record record = one_a_second(number);
    const auto is_held = before.pass(record);
    if (!is_held) {
      EXPECT_EQ(is_held.error().kind, ErrorKind::config);
      return std::nullopt;
    }
    if (!*is_held) return number;
  }
}

TEST(ImportedBefore, PassesUpToAClosedSegmentsEnd) {
  EXPECT_EQ(passed({segment(1), 7, one_a_second(4).capture_time}), 4);
  EXPECT_EQ(passed({segment(2), 13, one_a_second(8).capture_time}), 8);
}

TEST(ImportedBefore, PassesUpToWhereSealCutASegmentShort) {
  EXPECT_EQ(passed({segment(2), 10, {one_a_second(5).capture_time.value + 1}}), 6);
  // All of its records are there, its `close` line is not.
  EXPECT_EQ(passed({segment(2), 12, {one_a_second(7).capture_time.value + 1}}), 8);
}

TEST(ImportedBefore, RefusesASourceThatEndsWhereTheImportWouldNot) {
  // Cut a record earlier or later than now: one would be lost, or there twice.
  EXPECT_FALSE(passed({segment(1), 6, one_a_second(3).capture_time}));
  EXPECT_FALSE(passed({segment(1), 8, one_a_second(5).capture_time}));
  EXPECT_FALSE(passed({segment(1), 7, one_a_second(5).capture_time}));
  EXPECT_FALSE(passed({segment(3), 7, one_a_second(4).capture_time}));
}

}  // namespace
}  // namespace daedalus
