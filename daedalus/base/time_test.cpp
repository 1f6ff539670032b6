#include "daedalus/base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace daedalus {
namespace {

constexpr int64_t kLast = 9'214'646'399'999'999'999;  // 2261-12-31T23:59:59.999999999Z

int64_t rfc(std::string_view text) {
  const auto time = parse_rfc3339(text);
  EXPECT_TRUE(time) << text;
  return time ? time->value : -1;
}

TEST(Time, reads_rfc_3339) {
  EXPECT_EQ(rfc("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(rfc("2026-08-09T21:05:48.228568804Z"), 1786309548228568804);
  EXPECT_EQ(rfc("2261-12-31T23:59:59.999999999Z"), kLast);
  EXPECT_EQ(rfc("2026-08-09"), 1786233600 * kNanosPerSecond);
  EXPECT_EQ(rfc("2026-08-09t21:05z"), rfc("2026-08-09 21:05:00"));
}

TEST(Time, reads_fractions_of_any_length_and_cuts_after_nanoseconds) {
  const int64_t second = rfc("2024-02-29T00:00:00Z");
  EXPECT_EQ(rfc("2024-02-29T00:00:00.5Z"), second + 500'000'000);
  EXPECT_EQ(rfc("2024-02-29T00:00:00.000001Z"), second + 1000);
  EXPECT_EQ(rfc("2024-02-29T00:00:00.1234567899999Z"), second + 123'456'789);
}

TEST(Time, counts_offsets_to_utc) {
  const int64_t noon = rfc("2024-03-01T12:00:00Z");
  EXPECT_EQ(rfc("2024-03-01T13:30:00+01:30"), noon);
  EXPECT_EQ(rfc("2024-03-01T06:30:00-0530"), noon);
  EXPECT_EQ(rfc("2024-03-02T00:00:00+12:00"), noon);
}

TEST(Time, knows_leap_years) {
  EXPECT_EQ(rfc("2024-03-01") - rfc("2024-02-28"), 2 * kNanosPerDay);
  EXPECT_EQ(rfc("2000-03-01") - rfc("2000-02-28"), 2 * kNanosPerDay);
  EXPECT_EQ(rfc("2100-03-01") - rfc("2100-02-28"), kNanosPerDay);
  EXPECT_FALSE(parse_rfc3339("2023-02-29"));
  EXPECT_FALSE(parse_rfc3339("2100-02-29"));
}

TEST(Time, refuses_what_is_no_time_with_the_text_cut) {
  for (const char* text :
       {"", "2026", "2026-13-01", "2026-00-01", "2026-01-32", "2026-01-00", "1969-12-31",
        "2262-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00Zx", "2026-1-01",
        "26-01-01", "2026-01-01X00:00:00", "2026-01-01T00:00:00 "}) {
    EXPECT_FALSE(parse_rfc3339(text)) << '"' << text << '"';
  }
  const auto long_text = parse_rfc3339(std::string(1000, 'x'));
  ASSERT_FALSE(long_text);
  EXPECT_EQ(long_text.error().kind, ErrorKind::malformed);
  EXPECT_LT(long_text.error().message.size(), 200u);
}

TEST(Time, reads_decimal_unix_seconds_exactly) {
  EXPECT_EQ(parse_unix_seconds("1617647603.4249449")->value, 1617647603424944900);
  EXPECT_EQ(parse_unix_seconds("1617647603")->value, 1617647603 * kNanosPerSecond);
  EXPECT_EQ(parse_unix_seconds("0.000000001")->value, 1);
  for (const char* text : {"", "-1", "-0.5", "1.", ".5", "1e9", "1617647603.1x", "9000000001"}) {
    EXPECT_FALSE(parse_unix_seconds(text)) << text;
  }
}

TEST(Time, tells_the_unit_of_whole_unix_times) {
  const int64_t expected = 1721347020 * kNanosPerSecond;
  EXPECT_EQ(parse_unix_integer("1721347020")->value, expected);
  EXPECT_EQ(parse_unix_integer("1721347020000")->value, expected);
  EXPECT_EQ(parse_unix_integer("1721347020000000")->value, expected);
  EXPECT_EQ(parse_unix_integer("1721347020984480942")->value, 1721347020984480942);
  for (const char* text : {"", "-1", "-0", "1.5", "99999999999", "99999999999999999999", "12 "}) {
    EXPECT_FALSE(parse_unix_integer(text)) << text;
  }
}

TEST(Time, formats_nine_digits_or_none) {
  EXPECT_EQ(format_rfc3339({1786309548228568804}), "2026-08-09T21:05:48.228568804Z");
  EXPECT_EQ(format_rfc3339({1786309548000000000}), "2026-08-09T21:05:48Z");
  EXPECT_EQ(format_rfc3339({1}), "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(format_rfc3339({-1}), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(format_rfc3339({kLast}), "2261-12-31T23:59:59.999999999Z");
}

TEST(Time, numbers_the_days_of_the_week_from_monday) {
  EXPECT_EQ(to_civil({0}).day_of_week, 3);
  EXPECT_EQ(to_civil(*parse_rfc3339("2026-08-09")).day_of_week, 6);
  EXPECT_EQ(to_civil(*parse_rfc3339("2026-08-10")).day_of_week, 0);
  EXPECT_EQ(to_civil({-1}).day_of_week, 2);
}

TEST(Time, floors_toward_the_past) {
  EXPECT_EQ(floor_to({1999}, 1000).value, 1000);
  EXPECT_EQ(floor_to({2000}, 1000).value, 2000);
  EXPECT_EQ(floor_to({-1}, 1000).value, -1000);
  EXPECT_EQ(floor_divide(-1000, 1000), -1);
}

RC_GTEST_PROP(TimeProperty, formatted_moments_read_back, ()) {
  const UnixNanos time{*rc::gen::inRange<int64_t>(0, kLast) >> *rc::gen::inRange(0, 30)};
  const auto again = parse_rfc3339(format_rfc3339(time));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == time);
}

RC_GTEST_PROP(TimeProperty, civil_fields_and_moments_are_one_to_one, ()) {
  const UnixNanos time{*rc::gen::inRange<int64_t>(-kLast, kLast)};
  const CivilTime civil = to_civil(time);
  RC_ASSERT(from_civil(civil) == floor_to(time, kNanosPerSecond));
  RC_ASSERT(civil.month >= 1 && civil.month <= 12 && civil.day >= 1 && civil.day <= 31);
  RC_ASSERT(to_civil(time + std::chrono::hours(24)).day_of_week == (civil.day_of_week + 1) % 7);
}

}  // namespace
}  // namespace daedalus
