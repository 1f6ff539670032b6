#pragma once

#include <array>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/second_sample.hpp"
#include "daedalus/features/timed_value.hpp"

namespace daedalus {

/// How the shape of the book was over the last minute, and how much the depth near the mid varied.
class BookShapeStatsFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "book_shape_stats",
      .category = Category::advanced,
      .clock = Clock::second,
      .cost = "O(1) per second; a sample per second of 60 s and of spread_regime_window"};

  explicit BookShapeStatsFamily(const FeatureParameters& parameters)
      : shapes_(kMinute), depths_(std::span(&parameters.spread_regime_window_s, 1)) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_break();
  void on_second(UnixNanos second, const SecondSample* sample);
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  static constexpr int kMinute[] = {60};
  static constexpr size_t kMeasures = 3;  ///< Slope of the bids, of the asks; cog_vs_mid.

  struct Shape {
    UnixNanos time;
    std::array<double, kMeasures> values;  ///< Null: the sample has none.

    void save(StateWriter& out) const;
    static Shape load(StateReader& in);
  };
  struct ShapeSums {
    std::array<Moments, kMeasures> of;

    void enter(const Shape& shape);
    ShapeSums operator-(const ShapeSums& other) const;
    void save(StateWriter& out) const;
    static ShapeSums load(StateReader& in);
  };
  /// cog_vs_mid as of a second.
  struct Center {
    int64_t second_ns = -1;
    double value = kNull;
  };
  static constexpr size_t kCenters = 64;  ///< Over a minute of seconds, each in its own place.

  Center& center_at(int64_t second_ns) {
    return centers_[static_cast<size_t>(second_ns / kNanosPerSecond) % kCenters];
  }
  void refresh_statistics();

  RollingWindows<Shape, ShapeSums> shapes_;
  RollingWindows<TimedValue, ValueMoments> depths_;
  std::array<Center, kCenters> centers_;
  /// Mean and deviation of each measure, then the depth's, and what they were made of.
  std::array<double, 2 * kMeasures + 1> statistics_{};
  WindowExtent known_shapes_, known_depths_;
};

}  // namespace daedalus
