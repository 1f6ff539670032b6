#include "daedalus/features/book_shape_stats_family.hpp"

#include "daedalus/features/shape_family.hpp"

namespace daedalus {

void BookShapeStatsFamily::Shape::save(StateWriter& out) const {
  out.integer(time.value);
  for (const double value : values) out.real(value);
}

BookShapeStatsFamily::Shape BookShapeStatsFamily::Shape::load(StateReader& in) {
  Shape loaded{};
  loaded.time.value = in.integer();
  for (double& value : loaded.values) value = in.real();
  return loaded;
}

void BookShapeStatsFamily::ShapeSums::enter(const Shape& shape) {
  for (size_t i = 0; i < kMeasures; ++i) {
    if (!is_null(shape.values[i])) of[i].add(shape.values[i]);
  }
}

BookShapeStatsFamily::ShapeSums BookShapeStatsFamily::ShapeSums::operator-(
    const ShapeSums& other) const {
  ShapeSums difference;
  for (size_t i = 0; i < kMeasures; ++i) difference.of[i] = of[i] - other.of[i];
  return difference;
}

void BookShapeStatsFamily::ShapeSums::save(StateWriter& out) const {
  for (const Moments& moments : of) moments.save(out);
}

BookShapeStatsFamily::ShapeSums BookShapeStatsFamily::ShapeSums::load(StateReader& in) {
  ShapeSums loaded;
  for (Moments& moments : loaded.of) moments = Moments::load(in);
  return loaded;
}

std::vector<FeatureColumn> BookShapeStatsFamily::columns(const FeatureParameters&) {
  return {{.name = "bid_slope_mean_60s",
           .unit = "base/bps",
           .formula = "mean of bid_slope_regression per second, 60 s",
           .null_when = "no sample in the window with that slope"},
          {.name = "bid_slope_std_60s",
           .unit = "base/bps",
           .formula = "sample std of bid_slope_regression per second, 60 s",
           .null_when = "under 2 samples in the window with that slope"},
          {.name = "ask_slope_mean_60s",
           .unit = "base/bps",
           .formula = "mean of ask_slope_regression per second, 60 s",
           .null_when = "no sample in the window with that slope"},
          {.name = "ask_slope_std_60s",
           .unit = "base/bps",
           .formula = "sample std of ask_slope_regression per second, 60 s",
           .null_when = "under 2 samples in the window with that slope"},
          {.name = "cog_momentum_mean_60s",
           .unit = "bps",
           .formula = "mean of cog_vs_mid per second, 60 s",
           .null_when = "no sample in the window"},
          {.name = "cog_momentum_std_60s",
           .unit = "bps",
           .formula = "sample std of cog_vs_mid per second, 60 s",
           .null_when = "under 2 samples in the window"},
          {.name = "cog_change_60s",
           .unit = "bps",
           .formula = "cog_vs_mid minus that of the sample at floor(t - 60 s)",
           .null_when = "no mid now, no sample then"},
          {.name = "depth_0_5bps_sigma",
           .unit = "base",
           .formula =
               "sample std of the size within 5 bps (both sides) per second, spread_regime_window",
           .null_when = "under 2 samples in the window"}};
}

void BookShapeStatsFamily::on_book_break() {
  shapes_.clear();
  depths_.clear();
  centers_.fill({});
}

void BookShapeStatsFamily::on_second(UnixNanos second, const SecondSample* sample) {
  if (sample == nullptr) return;
  shapes_.push({second, {sample->bid_slope, sample->ask_slope, sample->cog_vs_mid_bps}});
  depths_.push({second, sample->depth_5bps});
  center_at(second.value) = {second.value, sample->cog_vs_mid_bps};
}

void BookShapeStatsFamily::refresh_statistics() {
  if (known_shapes_ == shapes_.extent(0) && known_depths_ == depths_.extent(0)) return;
  known_shapes_ = shapes_.extent(0);
  known_depths_ = depths_.extent(0);
  const ShapeSums sums = shapes_.sums(0);
  for (size_t i = 0; i < kMeasures; ++i) {
    const Moments& moments = sums.of[i];
    statistics_[2 * i] = moments.mean();
    statistics_[2 * i + 1] = moments.sample_deviation();
  }
  statistics_[2 * kMeasures] = depths_.sums(0).moments.sample_deviation();
}

void BookShapeStatsFamily::write(const RowMoment& moment, RowWriter& row) {
  shapes_.move_to(moment.label, true);
  depths_.move_to(moment.label, true);
  refresh_statistics();
  for (size_t i = 0; i < 2 * kMeasures; ++i) row.number(statistics_[i]);
  const int64_t then =
      floor_to(moment.label - Nanoseconds(60 * kNanosPerSecond), kNanosPerSecond).value;
  const Center& center = center_at(then);
  row.number(center.second_ns == then ? moment.book.center_of_gravity_bps - center.value : kNull);
  row.number(statistics_[2 * kMeasures]);
}

void BookShapeStatsFamily::save(StateWriter& out) const {
  shapes_.save(out);
  depths_.save(out);
  for (const Center& center : centers_) {
    out.integer(center.second_ns);
    out.real(center.value);
  }
}

void BookShapeStatsFamily::load(StateReader& in) {
  shapes_.load(in);
  depths_.load(in);
  for (Center& center : centers_) {
    center.second_ns = in.integer();
    center.value = in.real();
  }
  known_shapes_ = known_depths_ = {};
}

}  // namespace daedalus
