// The decimal parser against a slow reading of its grammar in digit strings, and what follows from
// a Decimal: text, doubles, order.
#include "daedalus/base/check.hpp"
#include "daedalus/market/decimal.hpp"

#include <cmath>
#include <cstdlib>
#include <string>

namespace daedalus {
namespace {

/// A number as digits without zeros at either end, times ten to a power.
struct SlowNumber {
  bool is_number = false;
  bool negative = false;
  std::string digits;  ///< Empty: zero.
  long exponent = 0;
  long written_scale = 0;  ///< Decimals as written, exponent counted in.
};

std::string take_digits(std::string_view& text) {
  std::string digits;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    digits += text[0];
    text.remove_prefix(1);
  }
  return digits;
}

SlowNumber read_slowly(std::string_view text) {
  SlowNumber number;
  if (!text.empty() && text[0] == '-') {
    number.negative = true;
    text.remove_prefix(1);
  }
  number.digits = take_digits(text);
  if (number.digits.empty()) return number;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    const std::string decimals = take_digits(text);
    if (decimals.empty()) return number;
    number.digits += decimals;
    number.written_scale = static_cast<long>(decimals.size());
  }
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    long sign = 1;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
      if (text[0] == '-') sign = -1;
      text.remove_prefix(1);
    }
    const std::string exponent = take_digits(text);
    if (exponent.empty() || exponent.size() > 3) return number;
    number.written_scale -= sign * std::atol(exponent.c_str());
  }
  if (!text.empty()) return number;
  number.is_number = true;
  number.exponent = -number.written_scale;
  while (!number.digits.empty() && number.digits.back() == '0') {
    number.digits.pop_back();
    ++number.exponent;
  }
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

/// The digits that a Decimal with `scale` decimals needs for the number; negative: impossible.
long digits_at(const SlowNumber& number, long scale) {
  if (number.exponent + scale < 0) return -1;
  return static_cast<long>(number.digits.size()) + number.exponent + scale;
}

/// The scale to expect: as written, else the largest below it that fits. Negative: nothing fits.
long expected_scale(const SlowNumber& number) {
  long scale = std::min(std::max(number.written_scale, 0L), 18L);
  if (number.digits.empty()) return scale;
  while (scale >= 0 && digits_at(number, scale) > 18) --scale;
  return scale >= 0 && digits_at(number, scale) < 0 ? -1 : scale;
}

void check_value(const SlowNumber& number, const Decimal& value, long scale) {
  DAEDALUS_CHECK(value.scale == scale);
  std::string digits = std::to_string(std::llabs(value.mantissa));
  std::string expected = number.digits;
  if (expected.empty()) {
    expected = "0";
  } else {
    expected.append(static_cast<size_t>(number.exponent + scale), '0');
  }
  DAEDALUS_CHECK(digits == expected);
  DAEDALUS_CHECK((value.mantissa < 0) == (number.negative && value.mantissa != 0));
}

void check_consequences(const Decimal& value, const std::string& text) {
  const double real = to_double(value);
  DAEDALUS_CHECK(real == std::strtod(text.c_str(), nullptr));
  const auto again = parse_decimal(to_text(value));
  DAEDALUS_CHECK(again && again->mantissa == value.mantissa && again->scale == value.scale);
  DAEDALUS_CHECK(mantissa_at(value, value.scale) == value.mantissa);
  if (const auto shortest = shortest_decimal(real)) DAEDALUS_CHECK(to_double(*shortest) == real);
  const Decimal zero;
  DAEDALUS_CHECK((value < zero) == (value.mantissa < 0));
  if (const auto mantissa = mantissa_of_double(real, value.scale)) {
    DAEDALUS_CHECK(to_double({*mantissa, value.scale}) == real);
  }
}

/// What is fuzzed. With the planted bug, numbers that end in ".05" lose a digit.
std::optional<Decimal> parse_under_test(std::string_view text) {
  auto value = parse_decimal(text);
#ifdef DAEDALUS_PLANTED_BUG
  if (value && text.ends_with(".05")) value->mantissa /= 10;
#endif
  return value;
}

}  // namespace
}  // namespace daedalus

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace daedalus;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto value = parse_under_test(text);
  const SlowNumber number = read_slowly(text);
  const long scale = number.is_number ? expected_scale(number) : -1;
  DAEDALUS_CHECK(value.has_value() == (scale >= 0));
  if (!value) return 0;
  check_value(number, *value, scale);
  check_consequences(*value, text);
  return 0;
}
