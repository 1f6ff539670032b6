#include "daedalus/journal/segment_plan.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace daedalus {
namespace {

constexpr int64_t kHour = 1786309200 * kNanosPerSecond;  // 2026-08-09T21:00:00Z

SegmentPlan plan_of(SegmentLimits limits = {}, JournalPosition position = {}) {
  return SegmentPlan(
      {.source = "s", .exchange = "coinbase", .limits = limits, .position = position});
}

Record at(int64_t ns) {
  Record record;
  record.capture_time = {ns};
  return record;
}

SegmentHeader header_of(const SegmentPlan::Placement& placement) {
  EXPECT_TRUE(placement.header.has_value());
  return placement.header ? *parse_segment_header(placement.header->detail) : SegmentHeader{};
}

TEST(SegmentPlan, OpensASegmentForTheFirstRecordAndNumbersBoth) {
  SegmentPlan plan = plan_of();
  Record record = at(kHour + 5);

  const auto placement = plan.place(record);

  const SegmentHeader header = header_of(placement);
  EXPECT_EQ(header.segment, "segment_20260809T21_00001");
  EXPECT_EQ(header.previous_segment, "");
  EXPECT_EQ(header.opened_ns, kHour + 5);
  EXPECT_TRUE(header.first_of_hour);
  EXPECT_FALSE(placement.close);
  EXPECT_EQ(placement.header->frame_seq, 1);
  EXPECT_EQ(record.frame_seq, 2);
}

TEST(SegmentPlan, EndsASegmentAtTheHourAndRestartsTheCounter) {
  SegmentPlan plan = plan_of();
  Record first = at(kHour + 5);
  plan.place(first);
  Record second = at(kHour + kNanosPerHour + 7);

  const auto placement = plan.place(second);

  ASSERT_TRUE(placement.close);
  EXPECT_EQ(placement.close->capture_time.value, kHour + kNanosPerHour);
  const SegmentHeader header = header_of(placement);
  EXPECT_EQ(header.segment, "segment_20260809T22_00001");
  EXPECT_EQ(header.previous_segment, "segment_20260809T21_00001");
  EXPECT_TRUE(header.first_of_hour);
  EXPECT_EQ(placement.close->frame_seq, 3);
  EXPECT_EQ(placement.header->frame_seq, 4);
  EXPECT_EQ(second.frame_seq, 5);
}

TEST(SegmentPlan, MakesNoSegmentsForHoursWithoutRecords) {
  SegmentPlan plan = plan_of();
  Record first = at(kHour);
  plan.place(first);

  const auto close = plan.tick({kHour + kNanosPerHour});
  EXPECT_TRUE(close);
  for (int hour = 2; hour < 6; ++hour) EXPECT_FALSE(plan.tick({kHour + hour * kNanosPerHour}));
  Record later = at(kHour + 6 * kNanosPerHour);

  EXPECT_EQ(header_of(plan.place(later)).segment, "segment_20260810T03_00001");
}

TEST(SegmentPlan, EndsASegmentBySizeAtTheNextRecordsTime) {
  SegmentPlan plan = plan_of({.max_bytes = 1000});
  Record first = at(kHour);
  plan.place(first);
  plan.set_segment_bytes(1000);
  Record second = at(kHour + 10);

  const auto placement = plan.place(second);

  ASSERT_TRUE(placement.close);
  EXPECT_EQ(placement.close->capture_time.value, kHour + 10);
  EXPECT_EQ(header_of(placement).segment, "segment_20260809T21_00002");
  EXPECT_FALSE(header_of(placement).first_of_hour);
}

TEST(SegmentPlan, EndsASegmentByAgeAlsoByATick) {
  SegmentPlan plan = plan_of({.max_age = Nanoseconds(100)});
  Record first = at(kHour);
  plan.place(first);

  EXPECT_FALSE(plan.tick({kHour + 99}));
  const auto close = plan.tick({kHour + 130});

  ASSERT_TRUE(close);
  EXPECT_EQ(close->type, RecordType::close);
  EXPECT_EQ(close->capture_time.value, kHour + 130);
  EXPECT_FALSE(plan.is_open());
}

TEST(SegmentPlan, DoesNotSplitAMomentUnlessTheSegmentIsTwiceItsSize) {
  SegmentPlan plan = plan_of({.max_bytes = 1000});
  Record record = at(kHour);
  plan.place(record);
  plan.set_segment_bytes(1999);
  Record same_time = at(kHour);
  EXPECT_FALSE(plan.place(same_time).close);

  plan.set_segment_bytes(2000);
  Record again = at(kHour);

  EXPECT_TRUE(plan.place(again).close);
}

TEST(SegmentPlan, NeverLetsTheCaptureTimeGoBack) {
  SegmentPlan plan = plan_of();
  Record first = at(kHour + 100);
  Record second = at(kHour + 50);
  plan.place(first);
  plan.place(second);

  EXPECT_EQ(second.capture_time.value, kHour + 100);
}

TEST(SegmentPlan, GoesOnBehindWhatExistsAfterARestart) {
  SegmentPlan plan = plan_of({}, {.newest_segment = "segment_20260809T21_00007",
                                  .next_frame_seq = 500,
                                  .last_capture_time = {kHour + 90}});
  Record record = at(kHour + 80);

  const auto placement = plan.place(record);

  EXPECT_EQ(header_of(placement).segment, "segment_20260809T21_00008");
  EXPECT_EQ(header_of(placement).previous_segment, "segment_20260809T21_00007");
  EXPECT_FALSE(header_of(placement).first_of_hour);
  EXPECT_EQ(placement.header->frame_seq, 500);
  EXPECT_EQ(record.capture_time.value, kHour + 90);
}

TEST(SegmentPlan, NeverGoesBackBeforeTheHourOfTheNewestSegment) {
  SegmentPlan plan = plan_of({}, {.newest_segment = "segment_20260809T21_00001"});
  Record record = at(kHour - 5);

  EXPECT_EQ(header_of(plan.place(record)).segment, "segment_20260809T21_00002");
  EXPECT_EQ(record.capture_time.value, kHour);
}

TEST(SegmentPlan, ClosesBehindTheLastRecordWhenItFinishes) {
  SegmentPlan plan = plan_of();
  EXPECT_FALSE(plan.finish({kHour}));
  Record record = at(kHour + kNanosPerHour - 1);
  plan.place(record);

  const auto close = plan.finish({kHour});

  ASSERT_TRUE(close);
  EXPECT_EQ(close->capture_time.value, kHour + kNanosPerHour);
  EXPECT_FALSE(plan.finish({kHour}));
}

TEST(SegmentPlan, LeavesRoomInTheNumbersForRecordsOfManyRows) {
  SegmentPlan plan = plan_of();
  Record large = at(kHour);
  large.payload.assign(3 << 20, 'x');
  Record next = at(kHour);

  plan.place(large);
  plan.place(next);

  EXPECT_EQ(next.frame_seq, large.frame_seq + 4);
}

TEST(SegmentPlan, KeepsItsPromisesForAnyRecordsAndTicks) {
  std::mt19937_64 random(9);
  SegmentPlan plan = plan_of({.max_bytes = 3000, .max_age = Nanoseconds(kNanosPerHour / 7)});
  int64_t time = kHour;
  int64_t bytes = 0;
  int64_t last_seq = 0;
  std::string last_segment;
  UnixNanos opened;
  UnixNanos last_time;
  for (int i = 0; i < 20'000; ++i) {
    time += static_cast<int64_t>(random() % (kNanosPerHour / 50)) - kNanosPerHour / 500;
    if (random() % 5 == 0) {
      if (const auto close = plan.tick({time})) last_seq = close->frame_seq;
      continue;
    }
    Record record = at(time);
    const auto placement = plan.place(record);
    if (placement.close) {
      ASSERT_GT(placement.close->frame_seq, last_seq);
      ASSERT_GE(placement.close->capture_time, last_time);
      last_seq = placement.close->frame_seq;
    }
    if (placement.header) {
      ASSERT_GT(placement.header->frame_seq, last_seq);
      ASSERT_GT(plan.segment(), last_segment);
      ASSERT_EQ(header_of(placement).previous_segment, last_segment);
      ASSERT_EQ(header_of(placement).first_of_hour, plan.segment().ends_with("_00001"));
      last_seq = placement.header->frame_seq;
      last_segment = plan.segment();
      opened = record.capture_time;
      bytes = 0;
    }
    ASSERT_GT(record.frame_seq, last_seq);
    ASSERT_GE(record.capture_time, last_time);
    ASSERT_EQ(parse_segment_name(plan.segment())->hour,
              floor_to(record.capture_time, kNanosPerHour));
    ASSERT_LE(record.capture_time - opened, Nanoseconds(kNanosPerHour / 7));
    last_seq = record.frame_seq;
    last_time = record.capture_time;
    plan.set_segment_bytes(bytes += 100);
  }
}

TEST(NewestSegment, IsTheGreatestNameAmongFilesOfAnySuffix) {
  const std::array<std::string, 5> names = {
      "segment_20260809T21_00002.json", "segment_20260809T20_00009.ndjson.zst", "x",
      "segment_20260809T21_00010.json", "segment_20260809T21_00010.json.tmp"};

  EXPECT_EQ(newest_segment(names), "segment_20260809T21_00010");
  EXPECT_EQ(newest_segment({}), "");
}

}  // namespace
}  // namespace daedalus
