#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"

namespace daedalus {

using Nanoseconds = std::chrono::nanoseconds;

/// A moment: nanoseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
struct UnixNanos {
  int64_t value = 0;

  auto operator<=>(const UnixNanos&) const = default;
  UnixNanos operator+(Nanoseconds span) const { return {value + span.count()}; }
  UnixNanos operator-(Nanoseconds span) const { return {value - span.count()}; }
  Nanoseconds operator-(UnixNanos other) const { return Nanoseconds(value - other.value); }
};

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr int64_t kNanosPerHour = 3600 * kNanosPerSecond;
inline constexpr int64_t kNanosPerDay = 24 * kNanosPerHour;

/// The wall clock. Only `net`, `capture` and the commands may call it; all else is given the time.
UnixNanos wall_clock_now();

/// Calendar fields in UTC.
struct CivilTime {
  int32_t year = 1970;
  int32_t month = 1;  ///< 1-12.
  int32_t day = 1;    ///< 1-31.
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  int32_t day_of_week = 3;  ///< 0 = Monday.
};

CivilTime to_civil(UnixNanos time);
/// The moment of calendar fields (`day_of_week` is not read). Fields must be in range.
UnixNanos from_civil(const CivilTime& civil);

/// Rounds toward the past, also before 1970.
constexpr int64_t floor_divide(int64_t value, int64_t by) {
  const int64_t quotient = value / by;
  return quotient * by > value ? quotient - 1 : quotient;
}
constexpr UnixNanos floor_to(UnixNanos time, int64_t step_ns) {
  return {floor_divide(time.value, step_ns) * step_ns};
}

/// RFC 3339 with up to nine fractional digits (more are cut), `Z` or `+hh:mm`; a date alone is its
/// midnight. Years 1970 to 2261. Errors: malformed.
Result<UnixNanos> parse_rfc3339(std::string_view text);
/// Decimal Unix seconds ("1617647603.4249449"), exact. Errors: malformed.
Result<UnixNanos> parse_unix_seconds(std::string_view text);
/// A whole number of Unix time of the unit its size tells: s, ms, us or ns (10, 13, 16, 19 digits).
/// Errors: malformed.
Result<UnixNanos> parse_unix_integer(std::string_view text);

/// "2026-08-09T21:05:48.228568804Z": nine digits, or none where the second is whole.
std::string format_rfc3339(UnixNanos time);

}  // namespace daedalus
