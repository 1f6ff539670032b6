#include "daedalus/journal/segment_name.hpp"

#include <gtest/gtest.h>

namespace daedalus {
namespace {

TEST(SegmentName, IsTheHourAndACounterThatSort) {
  const SegmentName name{.hour = {1786309200 * kNanosPerSecond}, .counter = 7};

  EXPECT_EQ(to_text(name), "segment_20260809T21_00007");
  EXPECT_LT(to_text(name), to_text({.hour = name.hour, .counter = 10}));
  EXPECT_LT(to_text(name), to_text({.hour = name.hour + Nanoseconds(kNanosPerHour), .counter = 1}));
}

TEST(SegmentName, ComesBackFromItsTextWithAnySuffix) {
  const SegmentName name{.hour = {1786309200 * kNanosPerSecond}, .counter = 99999};

  EXPECT_EQ(parse_segment_name("segment_20260809T21_99999"), name);
  EXPECT_EQ(parse_segment_name("segment_20260809T21_99999.ndjson.zst"), name);
  EXPECT_EQ(parse_segment_name("segment_20260809T21_99999.json"), name);
}

TEST(SegmentName, OfAnyOtherShapeIsAbsent) {
  for (const char* text :
       {"", "segment_", "segment_20260809T21_0001", "segment_20260809T24_00001",
        "segment_20260230T00_00001", "segment_20261301T00_00001", "segment_20260809T21_00000",
        "segment_20260809T21_0000x", "segment_20260809-21_00001", "part_20260809T21_00001",
        "segment_20260809T21_00001x"}) {
    EXPECT_FALSE(parse_segment_name(text)) << text;
  }
}

}  // namespace
}  // namespace daedalus
