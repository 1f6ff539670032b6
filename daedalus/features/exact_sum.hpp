#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "daedalus/base/serialize.hpp"
#include "daedalus/features/double_double.hpp"

namespace daedalus {

/// A sum of doubles without rounding: a 320-bit integer in units of 2^-160. What was added can be
/// taken away again, in any order, and leaves nothing behind, so the difference of two totals is
/// the sum of what came between; so sums over windows do not drift. Parts of a value below 2^-160
/// (7e-49) are cut off, the same way each time. Values from 2^140 (1e42) on count as 2^140, NaN as
/// 0: both are for callers to keep out.
class ExactSum {
 public:
  void add(double value) { accumulate(value, false); }
  void subtract(double value) { accumulate(value, true); }
  /// value^2, without rounding.
  void add_square(double value) { add_product(value, value); }
  void add_product(double a, double b);
  void subtract_product(double a, double b);

  ExactSum operator-(const ExactSum& other) const {
    ExactSum difference;
    bool has_borrow = false;
#pragma GCC unroll 5
    for (int i = 0; i < kLimbs; ++i) {
      uint64_t limb = 0;
      const bool is_less = __builtin_sub_overflow(limbs_[i], other.limbs_[i], &limb);
      const bool was_zero =
          __builtin_sub_overflow(limb, uint64_t{has_borrow}, &difference.limbs_[i]);
      has_borrow = is_less || was_zero;
    }
    return difference;
  }

  /// The nearest double.
  double value() const;
  /// To about 106 bits.
  DoubleDouble precise() const;

  bool operator==(const ExactSum&) const = default;
  void save(StateWriter& out) const;
  static ExactSum load(StateReader& in);

 private:
  static constexpr int kLimbs = 5;
  static constexpr int kFractionBits = 160;
  using Limbs = std::array<uint64_t, kLimbs>;
  static constexpr uint64_t kMantissa = (uint64_t{1} << 52) - 1;
  static constexpr int kMostShift = 140 - 53 + kFractionBits;  ///< Of values below 2^140.

  /// About (high + low / 2^64) * 2^exponent; the highest bit of `high` is set unless all is 0.
  struct Leading {
    uint64_t high = 0;
    uint64_t low = 0;
    int exponent = 0;
  };

  void accumulate(double value, bool is_negated) {
    // Of what is not 0, most is normal and in range: all other cases apart.
    const uint64_t bits = std::bit_cast<uint64_t>(value);
    const int shift = static_cast<int>(bits >> 52 & 0x7ff) - 1075 + kFractionBits;
    if (shift < 0 || shift > kMostShift) return accumulate_unusual(value, is_negated);
    accumulate_shifted((bits & kMantissa) | (kMantissa + 1), shift,
                       (bits >> 63 != 0) != is_negated);
  }
  void accumulate_unusual(double value, bool is_negated);
  /// mantissa * 2^shift units.
  void accumulate_shifted(uint64_t mantissa, int shift, bool is_taken_away) {
    const int limb = shift / 64;
    const unsigned __int128 part = static_cast<unsigned __int128>(mantissa) << (shift % 64);
    const unsigned __int128 before =
        static_cast<unsigned __int128>(limbs_[limb + 1]) << 64 | limbs_[limb];
    const unsigned __int128 after = is_taken_away ? before - part : before + part;
    limbs_[limb] = static_cast<uint64_t>(after);
    limbs_[limb + 1] = static_cast<uint64_t>(after >> 64);
    bool has_carry = is_taken_away ? before < part : after < part;
    for (int i = limb + 2; has_carry && i < kLimbs; ++i) {
      has_carry = is_taken_away ? limbs_[i]-- == 0 : ++limbs_[i] == 0;
    }
  }
  double value_not_negative() const;
  bool is_negative() const { return limbs_.back() >> 63 != 0; }
  Limbs magnitude() const;
  static Leading leading_of(const Limbs& magnitude);

  Limbs limbs_{};  ///< Two's complement, lowest first.
};

/// sum (x - mean)^2 of n values x from their sum and sum of squares; 0 where that is so but for
/// rounding.
double squared_deviations(int64_t count, const DoubleDouble& sum, const DoubleDouble& squares);

/// n, sum and sum of squares of what lies in a window.
struct Moments {
  int64_t count = 0;
  ExactSum sum;
  ExactSum squares;

  void add(double value) {
    ++count;
    sum.add(value);
    squares.add_square(value);
  }
  Moments operator-(const Moments& other) const {
    return {count - other.count, sum - other.sum, squares - other.squares};
  }
  /// Null if empty.
  double mean() const;
  /// Sum of squared deviations from the mean; 0 where that is so but for rounding.
  double squared_deviations() const;
  /// With n - 1; null under 2.
  double sample_variance() const;
  double sample_deviation() const;
  /// No deviation to speak of: squared_deviations() <= 1e-24 n max^2. `largest`: gives max |value|
  /// in the window; asked only where n and the sums do not decide alone. True if empty.
  template <class Largest>
  bool is_constant(Largest&& largest) const {
    const double deviations = squared_deviations();
    const double total = squares.value();
    const double n = static_cast<double>(count);
    if (deviations <= 1e-24 * total) return true;
    if (deviations > 1e-24 * n * total) return false;
    const double most = largest();
    return deviations <= 1e-24 * n * most * most;
  }

  void save(StateWriter& out) const;
  static Moments load(StateReader& in);
};

}  // namespace daedalus
