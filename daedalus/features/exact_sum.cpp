#include "daedalus/features/exact_sum.hpp"

#include <bit>

#include "daedalus/features/exact.hpp"

namespace daedalus {
namespace {

constexpr double kMost = 0x1p140;

bool is_exact_product(const DoubleDouble& product) {
  return product.low == 0;
}

}  // namespace

void ExactSum::accumulate(double value, bool is_negated) {
  if (value == 0 || std::isnan(value)) return;
  if (std::abs(value) > kMost) value = std::copysign(kMost, value);
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const int biased = static_cast<int>(bits >> 52 & 0x7ff);
  uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  if (biased != 0) mantissa |= uint64_t{1} << 52;
  int shift = (biased == 0 ? 1 : biased) - 1075 + kFractionBits;
  if (shift < 0) {
    if (shift <= -64) return;
    mantissa >>= -shift;
    shift = 0;
  }
  const int limb = shift / 64;
  const unsigned __int128 part = static_cast<unsigned __int128>(mantissa) << (shift % 64);
  const uint64_t parts[2] = {static_cast<uint64_t>(part), static_cast<uint64_t>(part >> 64)};
  const bool is_taken_away = (bits >> 63 != 0) != is_negated;
  unsigned long long carry = 0;
  for (int i = limb; i < kLimbs; ++i) {
    const int place = i - limb;
    const unsigned long long operand = place < 2 ? parts[place] : 0;
    if (place >= 2 && carry == 0) return;
    const unsigned long long before = limbs_[i];
    if (is_taken_away) {
      const unsigned __int128 taken = static_cast<unsigned __int128>(operand) + carry;
      limbs_[i] = before - static_cast<uint64_t>(taken);
      carry = taken > before ? 1 : 0;
    } else {
      const unsigned __int128 sum = static_cast<unsigned __int128>(before) + operand + carry;
      limbs_[i] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
  }
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

bool ExactSum::is_zero() const {
  for (const uint64_t limb : limbs_) {
    if (limb != 0) return false;
  }
  return true;
}

double ExactSum::value() const {
  std::array<uint64_t, kLimbs> magnitude = limbs_;
  const bool is_negative = limbs_.back() >> 63 != 0;
  if (is_negative) {
    unsigned long long carry = 1;
    for (uint64_t& limb : magnitude) {
      limb = ~limb + carry;
      carry = carry != 0 && limb == 0 ? 1 : 0;
    }
  }
  int top = kLimbs - 1;
  while (top >= 0 && magnitude[top] == 0) --top;
  if (top < 0) return 0;
  // The 64 highest bits, and whether anything stands below them.
  const int zeros = std::countl_zero(magnitude[top]);
  uint64_t head = magnitude[top] << zeros;
  bool has_rest = false;
  if (top > 0) {
    if (zeros > 0) head |= magnitude[top - 1] >> (64 - zeros);
    has_rest = zeros == 0 ? magnitude[top - 1] != 0 : (magnitude[top - 1] << zeros) != 0;
  }
  for (int i = 0; i < top - 1; ++i) has_rest |= magnitude[i] != 0;
  if (has_rest) head |= 1;
  const double rounded = std::ldexp(static_cast<double>(head), 64 * top - zeros - kFractionBits);
  return is_negative ? -rounded : rounded;
}

DoubleDouble ExactSum::precise() const {
  DoubleDouble both;
  both.high = value();
  ExactSum rest = *this;
  rest.subtract(both.high);
  both.low = rest.value();
  return both;
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

double Moments::squared_deviations() const {
  if (count < 2) return 0;
  const DoubleDouble total = sum.precise();
  const double n = static_cast<double>(count);
  const DoubleDouble scaled = DoubleDouble{n, 0} * squares.precise();
  const double deviations = (scaled - total * total).value() / n;
  return deviations > 0 ? deviations : 0;
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
