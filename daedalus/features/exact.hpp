#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "daedalus/base/serialize.hpp"
#include "daedalus/market/decimal.hpp"

namespace daedalus {

using Wide = __int128;

inline constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

/// Null is NaN inside the engine.
inline bool is_null(double value) {
  return std::isnan(value);
}

inline Wide wrapping_add(Wide a, Wide b) {
  using Unsigned = unsigned __int128;
  return static_cast<Wide>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
}
inline Wide wrapping_subtract(Wide a, Wide b) {
  using Unsigned = unsigned __int128;
  return static_cast<Wide>(static_cast<Unsigned>(a) - static_cast<Unsigned>(b));
}
inline Wide wrapping_multiply(Wide a, Wide b) {
  using Unsigned = unsigned __int128;
  return static_cast<Wide>(static_cast<Unsigned>(a) * static_cast<Unsigned>(b));
}

/// A difference or a sum of decimals, before anything is rounded: mantissa * 10^-scale.
struct WideDecimal {
  Wide mantissa = 0;
  int scale = 0;
};

/// Of mantissas that a double cannot hold.
double to_double_beyond_53_bits(const WideDecimal& value);
/// Rounds once; mantissas beyond 64 bits to within 1e-18 of themselves.
inline double to_double(const WideDecimal& value) {
  constexpr int64_t kExactInDouble = int64_t{1} << 53;
  const auto narrow = static_cast<int64_t>(value.mantissa);
  if (narrow != value.mantissa || narrow > kExactInDouble || narrow < -kExactInDouble) {
    return to_double_beyond_53_bits(value);
  }
  return static_cast<double>(narrow) / static_cast<double>(kPowersOfTen[value.scale]);
}
/// The nearest double to mantissa * 10^-scale.
inline double to_double(int64_t mantissa, int scale) {
  return to_double(Decimal{mantissa, static_cast<int8_t>(scale)});
}
WideDecimal difference(const Decimal& a, const Decimal& b);
WideDecimal sum(const Decimal& a, const Decimal& b);

/// The nearest double; most values are short.
inline double nearest_double(Wide value) {
  const auto narrow = static_cast<int64_t>(value);
  return value == narrow ? static_cast<double>(narrow) : static_cast<double>(value);
}
/// a / b, each rounded once; null if b is 0.
inline double ratio(Wide a, Wide b) {
  if (b == 0) return kNull;
  return nearest_double(a) / nearest_double(b);
}
/// (a - b) / (a + b); null if the sum is 0.
inline double imbalance(Wide a, Wide b) {
  return ratio(a - b, a + b);
}
/// The same of two sizes of a book, whose sum fits.
inline double size_imbalance(int64_t a, int64_t b) {
  return a + b == 0 ? kNull : static_cast<double>(a - b) / static_cast<double>(a + b);
}
/// now / before - 1, the difference taken exactly. Null if either is not above 0.
double relative_change(const Decimal& now, const Decimal& before);
/// ln(now / before), the difference taken exactly. Null if either is not above 0.
double log_return(const Decimal& now, const Decimal& before);

/// An exact running sum of decimals whose scale may grow. Wraps beyond 127 bits, so that the
/// difference of two long totals is right if it fits itself.
struct ScaledSum {
  Wide value = 0;
  int scale = 0;

  void add(Wide mantissa, int at_scale) {
    if (at_scale != scale) mantissa = at_common_scale(mantissa, at_scale);
    value = wrapping_add(value, mantissa);
  }
  double to_double() const { return daedalus::to_double(WideDecimal{value, scale}); }

  void save(StateWriter& out) const;
  static ScaledSum load(StateReader& in);

 private:
  /// The mantissa at `scale`, which grows where it must.
  Wide at_common_scale(Wide mantissa, int at_scale);
};
inline ScaledSum operator-(ScaledSum a, const ScaledSum& b) {
  if (a.scale == b.scale) return {wrapping_subtract(a.value, b.value), a.scale};
  a.add(wrapping_subtract(0, b.value), b.scale);
  return a;
}

/// A running sum of doubles with its rounding errors kept beside it (Neumaier 1974).
struct CompensatedSum {
  double sum = 0;
  double error = 0;

  void add(double value) {
    const double next = sum + value;
    error += std::abs(sum) >= std::abs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }
  double total() const { return sum + error; }

  void save(StateWriter& out) const {
    out.real(sum);
    out.real(error);
  }
  static CompensatedSum load(StateReader& in) {
    CompensatedSum loaded;
    loaded.sum = in.real();
    loaded.error = in.real();
    return loaded;
  }
};

/// A mean of what was added; null values are left out.
struct RunningMean {
  CompensatedSum values;
  int64_t count = 0;

  void add(double value) {
    if (is_null(value)) return;
    values.add(value);
    ++count;
  }
  double mean() const { return count == 0 ? kNull : values.total() / static_cast<double>(count); }

  void save(StateWriter& out) const {
    values.save(out);
    out.integer(count);
  }
  static RunningMean load(StateReader& in) {
    RunningMean loaded;
    loaded.values = CompensatedSum::load(in);
    loaded.count = in.integer();
    return loaded;
  }
};

void save_wide(StateWriter& out, Wide value);
Wide load_wide(StateReader& in);
void save_decimal(StateWriter& out, const std::optional<Decimal>& value);
std::optional<Decimal> load_decimal(StateReader& in);

}  // namespace daedalus
