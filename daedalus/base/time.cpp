#include "daedalus/base/time.hpp"

#include <charconv>
#include <optional>

namespace daedalus {
namespace {

/// Reads exactly `digits` decimal digits at `at` and steps over them.
std::optional<int64_t> take_digits(std::string_view text, size_t& at, size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int64_t value = 0;
  for (size_t i = 0; i < digits; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  at += digits;
  return value;
}

bool take_char(std::string_view text, size_t& at, char wanted) {
  if (at >= text.size() || text[at] != wanted) return false;
  ++at;
  return true;
}

/// Digits after a point as nanoseconds; digits past the ninth are cut.
std::optional<int64_t> take_fraction_ns(std::string_view text, size_t& at) {
  int64_t value = 0;
  size_t digits = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
    if (digits < 9) value = value * 10 + (text[at] - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 9; ++digits) value *= 10;
  return value;
}

int32_t days_in_month(int64_t year, int64_t month) {
  constexpr int32_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

struct Date {
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
};

std::optional<Date> take_date(std::string_view text, size_t& at) {
  const auto year = take_digits(text, at, 4);
  if (!year || !take_char(text, at, '-')) return std::nullopt;
  const auto month = take_digits(text, at, 2);
  if (!month || !take_char(text, at, '-')) return std::nullopt;
  const auto day = take_digits(text, at, 2);
  if (!day || *year < 1970 || *year > 2261 || *month < 1 || *month > 12) return std::nullopt;
  if (*day < 1 || *day > days_in_month(*year, *month)) return std::nullopt;
  return Date{*year, *month, *day};
}

/// "21:05:48.22" as nanoseconds of the day.
std::optional<int64_t> take_clock_ns(std::string_view text, size_t& at) {
  const auto hour = take_digits(text, at, 2);
  if (!hour || !take_char(text, at, ':')) return std::nullopt;
  const auto minute = take_digits(text, at, 2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  int64_t nanos = (*hour * 60 + *minute) * 60 * kNanosPerSecond;
  if (!take_char(text, at, ':')) return nanos;
  const auto second = take_digits(text, at, 2);
  if (!second || *second > 59) return std::nullopt;
  nanos += *second * kNanosPerSecond;
  if (!take_char(text, at, '.')) return nanos;
  const auto fraction = take_fraction_ns(text, at);
  if (!fraction) return std::nullopt;
  return nanos + *fraction;
}

/// "Z", "+01:00", "-0530", or nothing, which means UTC.
std::optional<int64_t> take_offset_ns(std::string_view text, size_t& at) {
  if (at == text.size()) return 0;
  if (take_char(text, at, 'Z') || take_char(text, at, 'z')) return 0;
  const char sign = text[at++];
  if (sign != '+' && sign != '-') return std::nullopt;
  const auto hours = take_digits(text, at, 2);
  if (!hours) return std::nullopt;
  take_char(text, at, ':');
  const auto minutes = take_digits(text, at, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int64_t offset = (*hours * 60 + *minutes) * 60 * kNanosPerSecond;
  return sign == '+' ? offset : -offset;
}

std::optional<UnixNanos> read_rfc3339(std::string_view text) {
  size_t at = 0;
  const auto date = take_date(text, at);
  if (!date) return std::nullopt;
  CivilTime civil;
  civil.year = static_cast<int32_t>(date->year);
  civil.month = static_cast<int32_t>(date->month);
  civil.day = static_cast<int32_t>(date->day);
  const UnixNanos midnight = from_civil(civil);
  if (at == text.size()) return midnight;
  if (!take_char(text, at, 'T') && !take_char(text, at, 't') && !take_char(text, at, ' ')) {
    return std::nullopt;
  }
  const auto clock = take_clock_ns(text, at);
  if (!clock) return std::nullopt;
  const auto offset = take_offset_ns(text, at);
  if (!offset || at != text.size()) return std::nullopt;
  return UnixNanos{midnight.value + *clock - *offset};
}

Failure not_a_time(std::string_view text, std::string_view wanted) {
  return fail(ErrorKind::malformed, "not a time: \"{}\" (expected {})", text.substr(0, 64), wanted);
}

}  // namespace

UnixNanos wall_clock_now() {
  return {
      std::chrono::duration_cast<Nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
}

CivilTime to_civil(UnixNanos time) {
  using namespace std::chrono;
  const int64_t day_number = floor_divide(time.value, kNanosPerDay);
  const sys_days day{days{day_number}};
  const year_month_day date{day};
  const int64_t second_of_day = (time.value - day_number * kNanosPerDay) / kNanosPerSecond;
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<int32_t>(static_cast<unsigned>(date.month())),
          .day = static_cast<int32_t>(static_cast<unsigned>(date.day())),
          .hour = static_cast<int32_t>(second_of_day / 3600),
          .minute = static_cast<int32_t>(second_of_day / 60 % 60),
          .second = static_cast<int32_t>(second_of_day % 60),
          .day_of_week = static_cast<int32_t>(weekday{day}.iso_encoding()) - 1};
}

UnixNanos from_civil(const CivilTime& civil) {
  using namespace std::chrono;
  const sys_days day = year_month_day{year{civil.year}, month{static_cast<unsigned>(civil.month)},
                                      std::chrono::day{static_cast<unsigned>(civil.day)}};
  const int64_t seconds = (civil.hour * 60 + civil.minute) * 60 + civil.second;
  return {day.time_since_epoch().count() * kNanosPerDay + seconds * kNanosPerSecond};
}

Result<UnixNanos> parse_rfc3339(std::string_view text) {
  if (const auto time = read_rfc3339(text)) return *time;
  return not_a_time(text, "RFC 3339 like 2026-08-09T21:05:48.228Z");
}

Result<UnixNanos> parse_unix_seconds(std::string_view text) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool negative = text.starts_with('-');  // Also "-0.5".
  if (error != std::errc() || negative || seconds > 9'000'000'000) {
    return not_a_time(text, "Unix seconds like 1617647603.42");
  }
  size_t at = static_cast<size_t>(end - text.data());
  int64_t fraction = 0;
  if (take_char(text, at, '.')) {
    const auto taken = take_fraction_ns(text, at);
    if (!taken) return not_a_time(text, "digits after the point");
    fraction = *taken;
  }
  if (at != text.size()) return not_a_time(text, "Unix seconds like 1617647603.42");
  return UnixNanos{seconds * kNanosPerSecond + fraction};
}

Result<UnixNanos> parse_unix_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool negative = text.starts_with('-');  // Also "-0".
  if (error != std::errc() || end != text.data() + text.size() || negative) {
    return not_a_time(text, "a whole number of Unix s, ms, us or ns");
  }
  constexpr int64_t kBelow[] = {100'000'000'000, 100'000'000'000'000, 100'000'000'000'000'000};
  if (value < kBelow[0]) {
    if (value > 9'000'000'000) return not_a_time(text, "Unix seconds before the year 2255");
    return UnixNanos{value * kNanosPerSecond};
  }
  if (value < kBelow[1]) {
    if (value > 9'000'000'000'000) return not_a_time(text, "Unix ms before the year 2255");
    return UnixNanos{value * 1'000'000};
  }
  if (value < kBelow[2]) {
    if (value > 9'000'000'000'000'000) return not_a_time(text, "Unix us before the year 2255");
    return UnixNanos{value * 1000};
  }
  return UnixNanos{value};
}

std::string format_rfc3339(UnixNanos time) {
  const CivilTime civil = to_civil(time);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", civil.year, civil.month,
                                 civil.day, civil.hour, civil.minute, civil.second);
  const int64_t fraction = time.value - floor_to(time, kNanosPerSecond).value;
  if (fraction != 0) text += fmt::format(".{:09}", fraction);
  return text + "Z";
}

}  // namespace daedalus
