#pragma once

#include <limits>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/rolling_windows.hpp"

namespace daedalus {

/// y = intercept + slope x, by least squares. Null where x is constant, or there are too few pairs;
/// for a constant y the slope is 0 and r2 null.
struct LineFit {
  double slope = std::numeric_limits<double>::quiet_NaN();
  double r2 = std::numeric_limits<double>::quiet_NaN();
};

/// The line through the pairs of the last seconds of the second clock. Sums are exact, so that a
/// pair which has left the window is forgotten. Constant time per pair; memory: the window's pairs.
class RollingRegression {
 public:
  /// No fit under `least_pairs`.
  RollingRegression(int window_s, int64_t least_pairs)
      : windows_(std::span(&window_s, 1)), least_pairs_(least_pairs) {}

  void push(UnixNanos second, double x, double y) { windows_.push({second, x, y}); }
  void move_to(UnixNanos moment) { windows_.move_to(moment, true); }
  void clear() { windows_.clear(); }
  /// Of the pairs that are in the window.
  const LineFit& fit();

  void save(StateWriter& out) const { windows_.save(out); }
  void load(StateReader& in) {
    windows_.load(in);
    fitted_ = {};
  }

 private:
  struct Pair {
    UnixNanos time;
    double x = 0;
    double y = 0;

    void save(StateWriter& out) const;
    static Pair load(StateReader& in);
  };
  struct Sums {
    Moments x;
    Moments y;
    ExactSum products;

    void enter(const Pair& pair);
    Sums operator-(const Sums& other) const {
      return {x - other.x, y - other.y, products - other.products};
    }
    void save(StateWriter& out) const;
    static Sums load(StateReader& in);
  };

  double largest(double Pair::* member) const;
  LineFit fit_anew() const;

  RollingWindows<Pair, Sums> windows_;
  int64_t least_pairs_;
  WindowExtent fitted_;  ///< What the fit was made of.
  LineFit fit_;
};

}  // namespace daedalus
