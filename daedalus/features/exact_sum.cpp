#include "daedalus/features/exact_sum.hpp"

#include <algorithm>

#include "daedalus/features/exact.hpp"

namespace daedalus {
namespace {

constexpr double kMost = 0x1p140;

/// 2^exponent, of a normal double.
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(1023 + exponent) << 52);
}

bool is_exact_product(const DoubleDouble& product) {
  return product.low == 0;
}

}  // namespace

void ExactSum::accumulate_unusual(double value, bool is_negated) {
  if (value == 0 || std::isnan(value)) return;
  if (std::abs(value) > kMost) value = std::copysign(kMost, value);
  int exponent = 0;
  const double fraction = std::frexp(std::abs(value), &exponent);
  uint64_t mantissa = static_cast<uint64_t>(std::ldexp(fraction, 53));
  int shift = exponent - 53 + kFractionBits;
  if (shift < 0) {
    if (shift <= -64) return;
    mantissa >>= -shift;
    shift = 0;
  }
  accumulate_shifted(mantissa, shift, std::signbit(value) != is_negated);
}

void ExactSum::add_product(double a, double b) {
  const DoubleDouble product = exact_multiply(a, b);
  add(product.high);
  if (!is_exact_product(product)) add(product.low);
}

void ExactSum::subtract_product(double a, double b) {
  const DoubleDouble product = exact_multiply(a, b);
  subtract(product.high);
  if (!is_exact_product(product)) subtract(product.low);
}

inline ExactSum::Leading ExactSum::leading_of(const Limbs& magnitude) {
  int top = kLimbs - 1;
  while (top > 0 && magnitude[top] == 0) --top;
  const uint64_t first = magnitude[top];
  if (first == 0) return {};
  const uint64_t second = top > 0 ? magnitude[top - 1] : 0;
  const uint64_t third = top > 1 ? magnitude[top - 2] : 0;
  const int zeros = std::countl_zero(first);
  // Shifts right in two steps: by 64 at once is none.
  return {.high = first << zeros | second >> 1 >> (63 - zeros),
          .low = second << zeros | third >> 1 >> (63 - zeros),
          .exponent = 64 * top - zeros - kFractionBits};
}

inline ExactSum::Limbs ExactSum::magnitude() const {
  return is_negative() ? (ExactSum() - *this).limbs_ : limbs_;
}

double ExactSum::value() const {
  return is_negative() ? -(ExactSum() - *this).value_not_negative() : value_not_negative();
}

double ExactSum::value_not_negative() const {
  int top = kLimbs - 1;
  while (top > 0 && limbs_[top] == 0) --top;
  const uint64_t first = limbs_[top];
  if (first == 0) return 0;
  const uint64_t second = top > 0 ? limbs_[top - 1] : 0;
  const int zeros = std::countl_zero(first);
  // Shifts right in two steps: by 64 at once is none.
  const uint64_t high = first << zeros | second >> 1 >> (63 - zeros);
  uint64_t rest = second << zeros;
  for (int i = 0; i < top - 1; ++i) rest |= limbs_[i];
  // 63 bits; the last one tells the rounding that something stands below.
  const uint64_t head = high >> 1 | (high & 1) | (rest != 0 ? 1 : 0);
  return static_cast<double>(static_cast<int64_t>(head)) *
         power_of_two(64 * top - zeros - kFractionBits + 1);
}

DoubleDouble ExactSum::precise() const {
  const Leading all = leading_of(magnitude());
  constexpr uint64_t kBelow53 = 0x7ff;
  const double high = static_cast<double>(all.high & ~kBelow53) * power_of_two(all.exponent);
  const double low = static_cast<double>((all.high & kBelow53) << 53 | all.low >> 11) *
                     power_of_two(all.exponent - 53);
  const DoubleDouble both = exact_add(high, low);
  return is_negative() ? -both : both;
}

void ExactSum::save(StateWriter& out) const {
  for (const uint64_t limb : limbs_) out.integer(limb);
}

ExactSum ExactSum::load(StateReader& in) {
  ExactSum loaded;
  for (uint64_t& limb : loaded.limbs_) limb = in.integer<uint64_t>();
  return loaded;
}

double Moments::mean() const {
  return count == 0 ? kNull : sum.value() / static_cast<double>(count);
}

double squared_deviations(int64_t count, const DoubleDouble& sum, const DoubleDouble& squares) {
  if (count < 2 || squares.high == 0) return 0;
  const double n = static_cast<double>(count);
  const DoubleDouble scaled = DoubleDouble{n, 0} * squares;
  const double deviations = (scaled - sum * sum).value();
  // Below what 106 bits resolve there is nothing: equal values deviate by 0.
  return deviations > 1e-30 * scaled.high ? deviations / n : 0;
}

double Moments::squared_deviations() const {
  return count < 2 ? 0 : daedalus::squared_deviations(count, sum.precise(), squares.precise());
}

double Moments::sample_variance() const {
  return count < 2 ? kNull : squared_deviations() / static_cast<double>(count - 1);
}

double Moments::sample_deviation() const {
  return std::sqrt(sample_variance());
}

void Moments::save(StateWriter& out) const {
  out.integer(count);
  sum.save(out);
  squares.save(out);
}

Moments Moments::load(StateReader& in) {
  Moments loaded;
  loaded.count = in.integer();
  loaded.sum = ExactSum::load(in);
  loaded.squares = ExactSum::load(in);
  return loaded;
}

}  // namespace daedalus
