#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daedalus {

/// An exact decimal number, its digits as sent: mantissa * 10^-scale. "1.500" is {1500, 3}.
/// At most 18 significant digits, scale 0 to 18.
struct Decimal {
  int64_t mantissa = 0;
  int8_t scale = 0;

  /// By value: 1.50 equals 1.5.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
  bool is_zero() const { return mantissa == 0; }
};

inline constexpr int kMaxDecimalScale = 18;
inline constexpr int64_t kPowersOfTen[19] = {1,
                                             10,
                                             100,
                                             1'000,
                                             10'000,
                                             100'000,
                                             1'000'000,
                                             10'000'000,
                                             100'000'000,
                                             1'000'000'000,
                                             10'000'000'000,
                                             100'000'000'000,
                                             1'000'000'000'000,
                                             10'000'000'000'000,
                                             100'000'000'000'000,
                                             1'000'000'000'000'000,
                                             10'000'000'000'000'000,
                                             100'000'000'000'000'000,
                                             1'000'000'000'000'000'000};

/// Reads `[-]digits[.digits][e[+-]digits]`. Absent for anything else ("NaN", "", "1.", ".5", " 1"),
/// and for what does not fit 18 digits and scale 18 even without its trailing zeros.
std::optional<Decimal> parse_decimal(std::string_view text);

/// The double nearest to the value, correctly rounded.
double to_double(const Decimal& value);

/// The shortest decimal that reads back as `value`: what was sent, for up to 15 digits.
/// Absent for NaN, infinities, and what a Decimal cannot hold.
std::optional<Decimal> shortest_decimal(double value);

/// `value` as a mantissa at `scale`, if it has no more digits than that and fits 18.
std::optional<int64_t> mantissa_at(const Decimal& value, int scale);

/// Fast inverse of `to_double` where the number of decimals is known (files say it): the mantissa m
/// with m * 10^-scale nearest to `value`. Absent if that does not give exactly `value` back.
std::optional<int64_t> mantissa_of_double(double value, int scale);

/// As written: "1.500" for {1500, 3}.
std::string to_text(const Decimal& value);

}  // namespace daedalus
