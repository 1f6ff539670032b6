// The time parsers against day counting without a calendar library, and against their own output.
#include "daedalus/base/time.hpp"

#include <cstdint>
#include <string>

#include "daedalus/base/check.hpp"

namespace daedalus {
namespace {

bool is_leap(int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/// Days since 1970-01-01, counted one by one.
int64_t days_slowly(int64_t year, int64_t month, int64_t day) {
  constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t days = 0;
  for (int64_t y = 1970; y < year; ++y) days += is_leap(y) ? 366 : 365;
  for (int64_t m = 1; m < month; ++m) days += kLengths[m - 1] + (m == 2 && is_leap(year) ? 1 : 0);
  return days + day - 1;
}

int64_t number_at(std::string_view text, size_t at, size_t digits) {
  int64_t value = 0;
  for (size_t i = 0; i < digits; ++i) value = value * 10 + (text[at + i] - '0');
  return value;
}

/// What is fuzzed. With the planted bug, 29 February counts as 1 March.
Result<UnixNanos> parse_under_test(std::string_view text) {
  auto time = parse_rfc3339(text);
#ifdef DAEDALUS_PLANTED_BUG
  if (time && text.substr(4, 6) == "-02-29") time->value += kNanosPerDay;
#endif
  return time;
}

void check_text(const std::string& text) {
  const auto time = parse_under_test(text);
  if (!time) {
    DAEDALUS_CHECK(time.error().kind == ErrorKind::malformed);
    DAEDALUS_CHECK(time.error().message.size() < 256);
    return;
  }
  const int64_t days =
      days_slowly(number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2));
  const int64_t midnight = days * kNanosPerDay;
  if (text.size() == 10) DAEDALUS_CHECK(time->value == midnight);
  DAEDALUS_CHECK(time->value >= midnight - kNanosPerDay &&
                 time->value < midnight + 2 * kNanosPerDay);
  if (text.size() > 19 && text.back() == 'Z') {
    const int64_t second_of_day =
        number_at(text, 11, 2) * 3600 + number_at(text, 14, 2) * 60 + number_at(text, 17, 2);
    DAEDALUS_CHECK(text[16] != ':' || floor_to(*time, kNanosPerSecond).value ==
                                          midnight + second_of_day * kNanosPerSecond);
  }
  if (time->value < 0 || to_civil(*time).year > 2261) return;
  const auto again = parse_rfc3339(format_rfc3339(*time));
  DAEDALUS_CHECK(again && *again == *time);
  UnixNanos civil = from_civil(to_civil(*time));
  DAEDALUS_CHECK(civil == floor_to(*time, kNanosPerSecond));
}

}  // namespace
}  // namespace daedalus

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace daedalus;
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_text(text);
  for (const auto parse : {parse_unix_seconds, parse_unix_integer}) {
    const auto time = parse(text);
    if (!time) continue;
    DAEDALUS_CHECK(time->value >= 0);
    DAEDALUS_CHECK(text[0] >= '0' && text[0] <= '9');
  }
  return 0;
}
