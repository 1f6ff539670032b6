#include "daedalus/market/decimal.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace daedalus {
namespace {

/// "mantissa/scale", or "absent".
std::string parsed(std::string_view text) {
  const auto value = parse_decimal(text);
  if (!value) return "absent";
  return std::to_string(value->mantissa) + "/" + std::to_string(value->scale);
}

TEST(Decimal, keeps_all_digits_as_sent) {
  EXPECT_EQ(parsed("65083.66"), "6508366/2");
  EXPECT_EQ(parsed("1.500"), "1500/3");
  EXPECT_EQ(parsed("0.00000001"), "1/8");
  EXPECT_EQ(parsed("-0.5"), "-5/1");
  EXPECT_EQ(parsed("007"), "7/0");
  EXPECT_EQ(parsed("0.000"), "0/3");
  EXPECT_EQ(parsed("-0"), "0/0");
}

TEST(Decimal, reads_exponents) {
  EXPECT_EQ(parsed("1e-7"), "1/7");
  EXPECT_EQ(parsed("1.5E+3"), "1500/0");
  EXPECT_EQ(parsed("1500e-2"), "1500/2");
  EXPECT_EQ(parsed("1.50e1"), "150/1");
  EXPECT_EQ(parsed("0e999"), "0/0");
  EXPECT_EQ(parsed("1e18"), "absent");
  EXPECT_EQ(parsed("1e17"), "100000000000000000/0");
}

TEST(Decimal, is_absent_for_what_is_no_number) {
  for (const char* text :
       {"",      "-",  "NaN", "inf",    "1.",  ".5",  " 1", "1 ",    "+1",   "1,5",
        "1.2.3", "1e", "1e+", "1e1000", "0x1", "--1", "1-", "1e1.5", "null", "1\n"}) {
    EXPECT_EQ(parsed(text), "absent") << '"' << text << '"';
  }
  EXPECT_EQ(parsed(std::string_view("1\0", 2)), "absent");
}

TEST(Decimal, holds_18_digits_and_no_more) {
  EXPECT_EQ(parsed("999999999999999999"), "999999999999999999/0");
  EXPECT_EQ(parsed("0.000000000000000001"), "1/18");
  EXPECT_EQ(parsed("9999999999999999999"), "absent");
  EXPECT_EQ(parsed("1000000000000000000"), "absent");
  EXPECT_EQ(parsed("0.0000000000000000001"), "absent");
  EXPECT_EQ(parsed(std::string(400, '1')), "absent");
  EXPECT_EQ(parsed("0." + std::string(400, '0')), "0/18");
}

TEST(Decimal, drops_trailing_zeros_only_where_they_do_not_fit) {
  EXPECT_EQ(parsed("1." + std::string(50, '0')), "100000000000000000/17");
  EXPECT_EQ(parsed("100000000000000000.0000"), "100000000000000000/0");
  EXPECT_EQ(parsed("123456789012345678.000"), "123456789012345678/0");
  EXPECT_EQ(parsed("1" + std::string(3000, '0') + "." + std::string(3000, '0')), "absent");
  EXPECT_EQ(parsed(std::string(3000, '0') + "1.5"), "15/1");
}

TEST(Decimal, compares_by_value_across_scales) {
  EXPECT_EQ((Decimal{150, 2}), (Decimal{15, 1}));
  EXPECT_LT((Decimal{-1, 18}), (Decimal{0, 0}));
  EXPECT_GT((Decimal{999999999999999999, 0}), (Decimal{999999999999999999, 18}));
  EXPECT_LT((Decimal{149, 2}), (Decimal{15, 1}));
}

TEST(Decimal, becomes_the_nearest_double) {
  EXPECT_EQ(to_double({1, 1}), 0.1);
  EXPECT_EQ(to_double({-6508366, 2}), -65083.66);
  EXPECT_EQ(to_double({900719925474099301, 2}), 9007199254740993.01);
  EXPECT_EQ(to_double({999999999999999999, 18}), 0.999999999999999999);
}

TEST(Decimal, writes_itself_as_it_was_read) {
  EXPECT_EQ(to_text({1500, 3}), "1.500");
  EXPECT_EQ(to_text({-5, 1}), "-0.5");
  EXPECT_EQ(to_text({1, 18}), "0.000000000000000001");
  EXPECT_EQ(to_text({0, 2}), "0.00");
  EXPECT_EQ(to_text({-7, 0}), "-7");
}

TEST(Decimal, gives_its_mantissa_at_another_scale_if_nothing_is_lost) {
  EXPECT_EQ(mantissa_at({1500, 3}, 1), 15);
  EXPECT_EQ(mantissa_at({15, 1}, 3), 1500);
  EXPECT_FALSE(mantissa_at({1501, 3}, 2));
  EXPECT_FALSE(mantissa_at({999999999999999999, 0}, 1));
  EXPECT_FALSE(mantissa_at({1, 0}, 19));
  EXPECT_FALSE(mantissa_at({1, 0}, -1));
}

TEST(Decimal, reads_back_from_doubles) {
  EXPECT_EQ(to_text(*shortest_decimal(0.1)), "0.1");
  EXPECT_EQ(to_text(*shortest_decimal(65083.66)), "65083.66");
  EXPECT_EQ(to_text(*shortest_decimal(1e-8)), "0.00000001");
  EXPECT_EQ(mantissa_of_double(65083.66, 2), 6508366);
  EXPECT_FALSE(mantissa_of_double(65083.661, 2));
  EXPECT_FALSE(mantissa_of_double(1e300, 2));
  EXPECT_FALSE(mantissa_of_double(1, 19));
  for (const double value :
       {std::nan(""), std::numeric_limits<double>::infinity(), 1e300, 5e-324}) {
    EXPECT_FALSE(shortest_decimal(value)) << value;
  }
  EXPECT_FALSE(mantissa_of_double(std::nan(""), 2));
}

/// Any Decimal: all numbers of digits are as likely.
rc::Gen<Decimal> any_decimal() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<int64_t>(0, kPowersOfTen[18]), rc::gen::inRange(0, 18),
                     rc::gen::inRange(0, 19), rc::gen::arbitrary<bool>()),
      [](const std::tuple<int64_t, int, int, bool>& parts) {
        const auto [number, shift, scale, negative] = parts;
        const int64_t mantissa = number / kPowersOfTen[shift];
        return Decimal{negative ? -mantissa : mantissa, static_cast<int8_t>(scale)};
      });
}

RC_GTEST_PROP(DecimalProperty, text_round_trips_with_its_scale, ()) {
  const Decimal value = *any_decimal();
  const auto again = parse_decimal(to_text(value));
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->mantissa == value.mantissa);
  RC_ASSERT(again->scale == value.scale);
}

RC_GTEST_PROP(DecimalProperty, doubles_are_correctly_rounded, ()) {
  const Decimal value = *any_decimal();
  RC_ASSERT(to_double(value) == std::strtod(to_text(value).c_str(), nullptr));
}

RC_GTEST_PROP(DecimalProperty, up_to_15_digits_come_back_from_a_double, ()) {
  Decimal value = *any_decimal();
  value.mantissa %= kPowersOfTen[15];
  const auto again = shortest_decimal(to_double(value));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == value);
  RC_ASSERT(mantissa_of_double(to_double(value), value.scale) == value.mantissa);
}

/// Whether a double becomes the digits of its shortest text.
bool is_as_short_as_its_text(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  const auto decimal = shortest_decimal(value);
  return (decimal ? fmt::format("{}/{}", decimal->mantissa, decimal->scale) : "absent") ==
         parsed({text, static_cast<size_t>(end - text)});
}

TEST(Decimal, is_as_short_as_the_text_of_a_double) {
  const std::vector<double> values = {
      0,       -0.0,        1,          100,           1e5,
      1e7,     1e14,        1e15,       1e16,          9999999.99999999,
      9999999, 1e-8,        1e-9,       5e-9,          4.9e-9,
      0.3,     1.005,       123456789., -0.5,          99999999.99999999,
      0.1,     1e-5,        1e7,        1. / 3,        0.0001,
      1e8,     10000000.01, 65000.1,    65000.10000001};
  for (const double value : values) {
    EXPECT_TRUE(is_as_short_as_its_text(value)) << value;
    EXPECT_TRUE(is_as_short_as_its_text(std::nextafter(value, 1e300))) << value;
    EXPECT_TRUE(is_as_short_as_its_text(std::nextafter(value, -1e300))) << value;
  }
}

RC_GTEST_PROP(DecimalProperty, is_as_short_as_the_text_of_a_double, ()) {
  const double sent = to_double(*any_decimal());
  RC_ASSERT(is_as_short_as_its_text(sent));
  RC_ASSERT(is_as_short_as_its_text(std::nextafter(sent, 1e300)));
  RC_ASSERT(is_as_short_as_its_text(sent * to_double(*any_decimal())));
}

RC_GTEST_PROP(DecimalProperty, order_is_that_of_the_numbers, ()) {
  const Decimal a = *any_decimal();
  const Decimal b = *any_decimal();
  const auto exact = [](const Decimal& value) {
    return static_cast<__int128>(value.mantissa) * kPowersOfTen[18 - value.scale];
  };
  RC_ASSERT((a < b) == (exact(a) < exact(b)));
  RC_ASSERT((a == b) == (exact(a) == exact(b)));
}

}  // namespace
}  // namespace daedalus
