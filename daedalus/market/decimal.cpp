#include "daedalus/market/decimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace daedalus {
namespace {

constexpr int kMaxDigits = 18;
constexpr int64_t kExactDoubleMantissa = int64_t{1} << 53;
constexpr double kDoublePowersOfTen[19] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                           1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A number's text: significant * 10^(zeros - scale), `significant` without zeros at its end.
struct Digits {
  int64_t significant = 0;
  int64_t zeros = 0;  ///< Digits 0 since the last significant one.
  int64_t scale = 0;
  bool too_many = false;  ///< More than 18 significant digits.
};

void append_digit(Digits& digits, char c) {
  if (c == '0') {
    if (digits.significant != 0) ++digits.zeros;
    return;
  }
  for (; digits.zeros >= 0; --digits.zeros) {
    if (digits.significant >= kPowersOfTen[kMaxDigits - 1]) {
      digits.too_many = true;
      return;
    }
    digits.significant *= 10;
  }
  digits.zeros = 0;
  digits.significant += c - '0';
}

/// The Decimal with as many decimals as were written, or as many below that as fit.
std::optional<Decimal> fit(const Digits& digits, bool negative) {
  if (digits.too_many) return std::nullopt;
  int64_t scale = std::clamp<int64_t>(digits.scale, 0, kMaxDecimalScale);
  if (digits.significant == 0) return Decimal{0, static_cast<int8_t>(scale)};
  for (; scale >= 0; --scale) {
    const int64_t shift = digits.zeros - digits.scale + scale;
    if (shift < 0) return std::nullopt;
    if (shift > kMaxDigits || digits.significant >= kPowersOfTen[kMaxDigits - shift]) continue;
    const int64_t mantissa = digits.significant * kPowersOfTen[shift];
    return Decimal{negative ? -mantissa : mantissa, static_cast<int8_t>(scale)};
  }
  return std::nullopt;
}

/// The exponent behind an 'e', at most three digits.
std::optional<int> read_exponent(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > 3) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

/// Everything a short plain number does not need: long mantissas, exponents.
std::optional<Decimal> parse_long(std::string_view text, bool negative) {
  Digits digits;
  size_t i = 0;
  while (i < text.size() && is_digit(text[i])) append_digit(digits, text[i++]);
  if (i == 0) return std::nullopt;
  if (i < text.size() && text[i] == '.') {
    const size_t from = ++i;
    while (i < text.size() && is_digit(text[i])) append_digit(digits, text[i++]);
    if (i == from) return std::nullopt;
    digits.scale = static_cast<int64_t>(i - from);
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    const auto exponent = read_exponent(text.substr(i + 1));
    if (!exponent) return std::nullopt;
    digits.scale -= *exponent;
    i = text.size();
  }
  if (i != text.size()) return std::nullopt;
  return fit(digits, negative);
}

/// `shortest_decimal` of what has up to eight decimals and 15 digits, as nearly all that is sent:
/// no two decimals of so few digits share a double, so what reads back is the shortest.
std::optional<Decimal> short_decimal(double value) {
  constexpr int8_t kScale = 8;
  const double scaled = value * kDoublePowersOfTen[kScale];
  if (!(scaled >= 0 && scaled < kDoublePowersOfTen[15] - 1)) return std::nullopt;
  Decimal decimal{static_cast<int64_t>(scaled + 0.5), kScale};
  if (static_cast<double>(decimal.mantissa) / kDoublePowersOfTen[kScale] != value) {
    return std::nullopt;
  }
  for (const int8_t zeros : {8, 4, 2, 1}) {
    if (zeros > decimal.scale || decimal.mantissa % kPowersOfTen[zeros] != 0) continue;
    decimal.mantissa /= kPowersOfTen[zeros];
    decimal.scale = static_cast<int8_t>(decimal.scale - zeros);
  }
  return decimal;
}

}  // namespace

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.scale == b.scale) return a.mantissa <=> b.mantissa;
  const __int128 left = static_cast<__int128>(a.mantissa) * kPowersOfTen[b.scale];
  const __int128 right = static_cast<__int128>(b.mantissa) * kPowersOfTen[a.scale];
  return left < right   ? std::strong_ordering::less
         : left > right ? std::strong_ordering::greater
                        : std::strong_ordering::equal;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  if (text.size() > kMaxDigits + 1) return parse_long(text, negative);
  uint64_t mantissa = 0;  // Up to 19 digits: more than int64_t holds.
  size_t point = std::string_view::npos;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      mantissa = mantissa * 10 + static_cast<uint64_t>(c - '0');
    } else if (c == '.' && point == std::string_view::npos) {
      point = i;
    } else {
      return parse_long(text, negative);
    }
  }
  const size_t decimals = point == std::string_view::npos ? 0 : text.size() - point - 1;
  if (point != std::string_view::npos && decimals == 0) return std::nullopt;
  if (mantissa >= static_cast<uint64_t>(kPowersOfTen[kMaxDigits]))
    return parse_long(text, negative);
  const auto value = static_cast<int64_t>(mantissa);
  return Decimal{negative ? -value : value, static_cast<int8_t>(decimals)};
}

double to_double(const Decimal& value) {
  if (std::abs(value.mantissa) <= kExactDoubleMantissa) {
    return static_cast<double>(value.mantissa) / kDoublePowersOfTen[value.scale];
  }
  const std::string text = fmt::format("{}e-{}", value.mantissa, value.scale);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::optional<Decimal> shortest_decimal(double value) {
  if (const auto decimal = short_decimal(value)) return decimal;
  if (!std::isfinite(value)) return std::nullopt;
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  if (error != std::errc()) return std::nullopt;
  return parse_decimal({text, static_cast<size_t>(end - text)});
}

std::optional<int64_t> mantissa_at(const Decimal& value, int scale) {
  if (scale < 0 || scale > kMaxDecimalScale) return std::nullopt;
  int64_t mantissa = value.mantissa;
  int at = value.scale;
  for (; at > scale; --at) {
    if (mantissa % 10 != 0) return std::nullopt;
    mantissa /= 10;
  }
  const __int128 scaled = static_cast<__int128>(mantissa) * kPowersOfTen[scale - at];
  if (scaled >= kPowersOfTen[kMaxDigits] || scaled <= -kPowersOfTen[kMaxDigits]) {
    return std::nullopt;
  }
  return static_cast<int64_t>(scaled);
}

std::optional<int64_t> mantissa_of_double(double value, int scale) {
  if (scale < 0 || scale > kMaxDecimalScale) return std::nullopt;
  const double scaled = value * kDoublePowersOfTen[scale];
  if (!(std::abs(scaled) < static_cast<double>(kExactDoubleMantissa))) return std::nullopt;
  const int64_t mantissa = std::llround(scaled);
  if (static_cast<double>(mantissa) / kDoublePowersOfTen[scale] != value) return std::nullopt;
  return mantissa;
}

std::string to_text(const Decimal& value) {
  if (value.scale == 0) return fmt::format("{}", value.mantissa);
  const int64_t power = kPowersOfTen[value.scale];
  const int64_t whole = std::abs(value.mantissa / power);
  const int64_t rest = std::abs(value.mantissa % power);
  return fmt::format("{}{}.{:0{}}", value.mantissa < 0 ? "-" : "", whole, rest, value.scale);
}

}  // namespace daedalus
