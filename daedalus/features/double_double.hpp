#pragma once

#include <cmath>

namespace daedalus {

/// high + low, about 106 bits: for differences of sums, where a double's 53 would cancel away.
/// Source: Dekker 1971; Knuth, The Art of Computer Programming 2, 4.2.2.
struct DoubleDouble {
  double high = 0;
  double low = 0;

  double value() const { return high + low; }
};

inline DoubleDouble exact_add(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

inline DoubleDouble exact_multiply(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

inline DoubleDouble operator+(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble high = exact_add(a.high, b.high);
  const DoubleDouble low = exact_add(a.low, b.low);
  const DoubleDouble sum = exact_add(high.high, high.low + low.high);
  return exact_add(sum.high, sum.low + low.low);
}

inline DoubleDouble operator-(const DoubleDouble& a) {
  return {-a.high, -a.low};
}
inline DoubleDouble operator-(const DoubleDouble& a, const DoubleDouble& b) {
  return a + -b;
}

inline DoubleDouble operator*(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble product = exact_multiply(a.high, b.high);
  return exact_add(product.high, product.low + (a.high * b.low + a.low * b.high));
}

}  // namespace daedalus
