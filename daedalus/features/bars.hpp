#pragma once

#include "daedalus/base/time.hpp"
#include "daedalus/features/engine.hpp"
#include "daedalus/features/exact.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/time_keys.hpp"

namespace daedalus {

/// First, greatest, least and last of exact values.
struct OpenHighLowClose {
  std::optional<Decimal> open, high, low, close;

  void add(const Decimal& value) {
    if (!open) open = high = low = value;
    if (value > *high) high = value;
    if (value < *low) low = value;
    close = value;
  }
  /// open, high, low, close, each times `factor`.
  void write_prices(RowWriter& row, double factor) const;
  /// return, log_return, range.
  void write_changes(RowWriter& row, double factor) const;

  void save(StateWriter& out) const;
  static OpenHighLowClose load(StateReader& in);
};

/// What open, high, low and close are of.
enum class BarPrice { mid, trade, tick };
std::vector<FeatureColumn> price_columns(BarPrice price);
std::vector<FeatureColumn> change_columns();
std::vector<FeatureColumn> closing_columns();

/// The window of bars that holds a moment.
inline UnixNanos bar_start(UnixNanos moment, int duration_s) {
  return floor_to(moment, duration_s * kNanosPerSecond);
}

}  // namespace daedalus
