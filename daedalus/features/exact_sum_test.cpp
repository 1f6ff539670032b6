#include "daedalus/features/exact_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace daedalus {
namespace {

/// A dyadic number: mantissa * 2^exponent, so that sums in integers are exact.
struct Dyadic {
  int64_t mantissa = 0;
  int exponent = 0;

  double value() const { return std::ldexp(static_cast<double>(mantissa), exponent); }
};

/// Values of 40 bits from 1e-12 to 1e12, whose sum in units of 2^-80 fits 128 bits a million times.
Dyadic draw_dyadic(std::mt19937_64& random) {
  const auto mantissa = static_cast<int64_t>(random() % (int64_t{1} << 40)) - (int64_t{1} << 39);
  return {mantissa, static_cast<int>(random() % 80) - 80};
}

/// The nearest double to value * 2^-80.
double nearest(__int128 value) {
  const bool is_negative = value < 0;
  auto magnitude =
      is_negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  int exponent = -80;
  bool has_rest = false;
  for (; magnitude >> 63 != 0; ++exponent) {
    has_rest |= (magnitude & 1) != 0;
    magnitude >>= 1;
  }
  const auto head = static_cast<uint64_t>(magnitude) << 1 | (has_rest ? 1 : 0);
  const double rounded = std::ldexp(static_cast<double>(head), exponent - 1);
  return is_negative ? -rounded : rounded;
}

TEST(ExactSum, OfAMillionValuesOverManyMagnitudesIsTheNearestDoubleToTheTrueSumAllAlong) {
  std::mt19937_64 random(1);
  ExactSum sum;
  __int128 truth = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const Dyadic next = draw_dyadic(random);
    const __int128 exact = static_cast<__int128>(next.mantissa) << (next.exponent + 80);
    if (random() % 2 == 0) {
      sum.add(next.value());
      truth += exact;
    } else {
      sum.subtract(next.value());
      truth -= exact;
    }
    if (i % 16 != 0) continue;
    ASSERT_EQ(sum.value(), nearest(truth)) << i;
  }
}

TEST(ExactSum, WhatIsTakenAwayInAnotherOrderLeavesNothingBehind) {
  std::mt19937_64 random(2);
  std::lognormal_distribution<double> spread(0, 20);
  std::vector<double> values = {1e12, -1e12, 5e-324, 1e-40, -1e-300, 0, 3e12, 1e42};
  for (int i = 0; i < 100'000; ++i) values.push_back(spread(random) * (i % 2 == 0 ? 1 : -1));
  ExactSum sum;
  for (const double value : values) {
    sum.add(value);
    sum.add_square(value * 1e-15);
    sum.add_product(value, 1e-7);
  }
  std::shuffle(values.begin(), values.end(), random);
  for (const double value : values) {
    sum.subtract_product(value, 1e-7);
    sum.subtract(value);
    sum.subtract_product(value * 1e-15, value * 1e-15);
  }

  EXPECT_EQ(sum, ExactSum());
}

TEST(ExactSum, DoesNotForgetSmallValuesBesideOutliers) {
  ExactSum sum;
  sum.add(1e-30);
  sum.add(1e12);
  sum.add(1e-17);
  sum.subtract(1e12);

  EXPECT_EQ(sum.value(), 1e-17 + 1e-30);
  sum.subtract(1e-17);
  EXPECT_EQ(sum.value(), 1e-30);
}

TEST(ExactSum, RoundsAHalfToEvenAndAnythingAboveItUp) {
  ExactSum half;
  half.add(0x1p53);
  half.add(1);
  ExactSum above = half;
  above.add(0x1p-100);
  ExactSum odd;
  odd.add(0x1p53 + 2);
  odd.add(1);

  EXPECT_EQ(half.value(), 0x1p53);
  EXPECT_EQ(above.value(), 0x1p53 + 2);
  EXPECT_EQ(odd.value(), 0x1p53 + 4);
  half.subtract(0x1p54);
  half.subtract(2);
  EXPECT_EQ(half.value(), -0x1p53);
}

TEST(ExactSum, GivesTwiceADoublesDigitsWhereAsked) {
  ExactSum sum;
  sum.add(1e3);
  sum.add(1e-14);
  sum.add(-1e-19);
  const DoubleDouble both = sum.precise();

  EXPECT_EQ(both.high, 1e3);
  EXPECT_EQ(both.low, 1e-14 - 1e-19);
  ExactSum negative;
  negative.subtract(1e3);
  negative.subtract(1e-14);
  EXPECT_EQ(negative.precise().high, -1e3);
  EXPECT_EQ(negative.precise().low, -1e-14);
  EXPECT_EQ(ExactSum().precise().value(), 0);
}

TEST(ExactSum, SquaresKeepWhatADoubleWouldRoundAway) {
  ExactSum sum;
  sum.add_square(1 + 0x1p-52);
  sum.subtract(1 + 0x1p-51);

  EXPECT_EQ(sum.value(), 0x1p-104);
}

TEST(ExactSum, CutsAndClampsTheSameWayBothTimes) {
  ExactSum sum;
  for (const double value : {1e300, -1e300, std::numeric_limits<double>::infinity(), 1e-60}) {
    sum.add(value);
  }
  sum.add(std::numeric_limits<double>::quiet_NaN());
  for (const double value : {1e300, -1e300, std::numeric_limits<double>::infinity(), 1e-60}) {
    sum.subtract(value);
  }

  EXPECT_EQ(sum, ExactSum());
}

TEST(ExactSum, IsTheSameAfterSavingAndLoading) {
  std::mt19937_64 random(3);
  ExactSum sum;
  for (int i = 0; i < 100; ++i) sum.add(draw_dyadic(random).value() - 1e11);
  StateWriter out;
  sum.save(out);
  StateReader in(out.bytes());

  EXPECT_EQ(ExactSum::load(in), sum);
  EXPECT_TRUE(in.at_end());
}

Moments moments_of(const std::vector<double>& values) {
  Moments moments;
  for (const double value : values) moments.add(value);
  return moments;
}

TEST(Moments, OfFewValuesAreThoseDoneByHand) {
  const Moments moments = moments_of({2, 4, 4, 4, 5, 5, 7, 9});

  EXPECT_EQ(moments.mean(), 5);
  EXPECT_EQ(moments.squared_deviations(), 32);
  EXPECT_DOUBLE_EQ(moments.sample_variance(), 32.0 / 7);
  EXPECT_DOUBLE_EQ(moments.sample_deviation(), std::sqrt(32.0 / 7));
}

TEST(Moments, AreNullWhereTooFewValuesMakeNone) {
  EXPECT_TRUE(std::isnan(Moments().mean()));
  EXPECT_TRUE(std::isnan(Moments().sample_variance()));
  EXPECT_EQ(moments_of({3}).mean(), 3);
  EXPECT_TRUE(std::isnan(moments_of({3}).sample_deviation()));
}

TEST(Moments, KeepTheVarianceOfSmallStepsOnAGreatMean) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(1e4 + (i % 2 == 0 ? 0x1p-20 : -0x1p-20));

  EXPECT_NEAR(moments_of(values).sample_variance() / (0x1p-40 * 1000 / 999), 1, 1e-10);
}

TEST(Moments, SlidingOverAMillionValuesWithOutliersKeepToTwoPassesOverTheWindow) {
  constexpr size_t kWindow = 500;
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal(1e-6, 1e-4);
  std::vector<double> values(1'000'000);
  for (double& value : values) value = random() % 5000 == 0 ? 1e12 : normal(random);
  Moments all;
  Moments before;
  for (size_t i = 0; i < values.size(); ++i) {
    all.add(values[i]);
    if (i >= kWindow) before.add(values[i - kWindow]);
    const Moments moments = all - before;
    if (i < kWindow || i % 997 != 0) continue;
    long double mean = 0;
    for (size_t k = i + 1 - kWindow; k <= i; ++k) mean += values[k] / kWindow;
    long double deviations = 0;
    for (size_t k = i + 1 - kWindow; k <= i; ++k) {
      deviations += (values[k] - mean) * (values[k] - mean);
    }
    ASSERT_NEAR(moments.mean(), mean, 1e-12 * std::abs(mean) + 1e-18);
    ASSERT_NEAR(moments.squared_deviations() / static_cast<double>(deviations), 1, 1e-9) << i;
  }
}

TEST(Moments, AreConstantRelativeToTheirSizeAndNeverByAnAbsoluteThreshold) {
  const auto is_constant = [](const std::vector<double>& values) {
    return moments_of(values).is_constant([&] {
      double most = 0;
      for (const double value : values) most = std::max(most, std::abs(value));
      return most;
    });
  };

  EXPECT_TRUE(is_constant({}));
  EXPECT_TRUE(is_constant({5}));
  EXPECT_TRUE(is_constant({0, 0, 0}));
  EXPECT_TRUE(is_constant({1e-15, 1e-15, 1e-15}));
  EXPECT_TRUE(is_constant({0.1, 0.1, 0.1}));
  EXPECT_FALSE(is_constant({1e-15, 2e-15}));
  EXPECT_FALSE(is_constant({1, 1 + 1e-10, 1}));
  EXPECT_TRUE(is_constant({1, 1 + 1e-13, 1}));
  EXPECT_FALSE(is_constant({1e11, 1e11 + 1, 1e11}));
  // sum x^2 is 1.0000 here and n max^2 a thousand: the largest of all decides.
  std::vector<double> mixed(999, 1e-13);
  mixed.push_back(0);
  EXPECT_FALSE(is_constant(mixed));
  std::vector<double> nearly(999, 1);
  nearly.push_back(1 + 1e-12);
  EXPECT_TRUE(is_constant(nearly));
}

}  // namespace
}  // namespace daedalus
