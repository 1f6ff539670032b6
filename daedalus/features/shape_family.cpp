#include "daedalus/features/shape_family.hpp"

#include <algorithm>
#include <cstdlib>

namespace daedalus {
namespace {

/// abs(p_4 - p_0) over the size of the first 5 levels; null with fewer.
double simple_slope(const BookImage& book, Side side) {
  const std::vector<BookLevel>& levels = book.side(side);
  if (levels.size() < 5) return kNull;
  return to_double(std::abs(levels[4].price - levels[0].price), book.price_scale) /
         book.size_double(book.depth(side, 5));
}

double decay(const BookImage& book, Side side) {
  const std::vector<BookLevel>& levels = book.side(side);
  return levels.size() < 5 ? kNull : ratio(levels[4].size, levels[0].size);
}

/// Of one side's first L levels; null for an empty side.
struct LevelShares {
  double concentration = kNull;      ///< Herfindahl index.
  double half_depth_levels = kNull;  ///< The least number of levels that hold half of the size.
};

LevelShares level_shares(const BookImage& book, Side side) {
  const std::vector<BookLevel>& levels = book.side(side);
  const size_t count = std::min(levels.size(), book.depth_levels);
  Wide total = 0;
  double squares = 0;
  for (size_t i = 0; i < count; ++i) {
    const auto size = static_cast<double>(levels[i].size);
    total += levels[i].size;
    squares += size * size;
  }
  if (count == 0) return {};
  const double whole = nearest_double(total);
  size_t held_by = 0;
  for (Wide held = 0; held_by < count && 2 * held < total; ++held_by) held += levels[held_by].size;
  return {.concentration = squares / whole / whole,
          .half_depth_levels = static_cast<double>(held_by)};
}

}  // namespace

double depth_slope(const BookImage& book, Side side) {
  const std::vector<BookLevel>& levels = book.side(side);
  const size_t count = std::min<size_t>(levels.size(), 10);
  if (count < 3 || !book.has_mid()) return kNull;
  double x[10];  // Twice the distance from the best: the same slope, and exact.
  double y[10];
  double mean_x = 0;
  double mean_y = 0;
  Wide held = 0;
  for (size_t i = 0; i < count; ++i) {
    held += levels[i].size;
    x[i] = static_cast<double>(2 * std::abs(levels[i].price - levels[0].price));
    y[i] = nearest_double(held);
    mean_x += x[i];
    mean_y += y[i];
  }
  mean_x /= static_cast<double>(count);
  mean_y /= static_cast<double>(count);
  double sum_xy = 0;
  double sum_xx = 0;
  for (size_t i = 0; i < count; ++i) {
    sum_xy += (x[i] - mean_x) * (y[i] - mean_y);
    sum_xx += (x[i] - mean_x) * (x[i] - mean_x);
  }
  const double bps_per_x = 1e4 / static_cast<double>(book.twice_mid());
  return sum_xy / sum_xx / bps_per_x / static_cast<double>(kPowersOfTen[book.size_scale]);
}

std::vector<FeatureColumn> ShapeFamily::columns(const FeatureParameters&) {
  return {{.name = "bid_slope_simple",
           .unit = "quote/base",
           .formula = "abs(p_4 - p_0) / sum of v over 5 levels",
           .null_when = "fewer than 5 levels"},
          {.name = "ask_slope_simple",
           .unit = "quote/base",
           .formula = "abs(p_4 - p_0) / sum of v over 5 levels",
           .null_when = "fewer than 5 levels"},
          {.name = "bid_slope",
           .unit = "quote/base",
           .formula = "bid_slope_simple",
           .alias_of = "bid_slope_simple"},
          {.name = "ask_slope",
           .unit = "quote/base",
           .formula = "ask_slope_simple",
           .alias_of = "ask_slope_simple"},
          {.name = "bid_slope_regression",
           .unit = "base/bps",
           .formula = "OLS slope of cumulative size on distance from m in bps, min(10, n) levels",
           .null_when = "under 3 levels"},
          {.name = "ask_slope_regression",
           .unit = "base/bps",
           .formula = "OLS slope of cumulative size on distance from m in bps, min(10, n) levels",
           .null_when = "under 3 levels"},
          {.name = "slope_asymmetry",
           .unit = "1",
           .formula = "bid_slope_regression / ask_slope_regression",
           .null_when = "either slope is"},
          {"center_of_gravity", "quote", "size-weighted mean price of both sides over L levels"},
          {"cog_vs_mid", "bps", "1e4 (center_of_gravity - m) / m"},
          {.name = "bid_depth_decay_5",
           .unit = "1",
           .formula = "v_4 / v_0",
           .null_when = "fewer than 5 levels"},
          {.name = "ask_depth_decay_5",
           .unit = "1",
           .formula = "v_4 / v_0",
           .null_when = "fewer than 5 levels"},
          {.name = "avg_depth_decay_5",
           .unit = "1",
           .formula = "mean of both sides' decays",
           .null_when = "either side's is"},
          {.name = "bid_concentration",
           .unit = "1",
           .formula = "sum of (v_i / sum of v)^2 over L levels (Herfindahl)",
           .null_when = "the side is empty"},
          {.name = "ask_concentration",
           .unit = "1",
           .formula = "sum of (v_i / sum of v)^2 over L levels (Herfindahl)",
           .null_when = "the side is empty"},
          {.name = "bid_50pct_depth_levels",
           .unit = "levels",
           .formula = "least number of levels with half of the L-level size",
           .null_when = "the side is empty"},
          {.name = "ask_50pct_depth_levels",
           .unit = "levels",
           .formula = "least number of levels with half of the L-level size",
           .null_when = "the side is empty"}};
}

void ShapeFamily::write(const BookImage& book, RowWriter& row) const {
  const double bid_simple = simple_slope(book, Side::buy);
  const double ask_simple = simple_slope(book, Side::sell);
  row.number(bid_simple);
  row.number(ask_simple);
  row.alias(bid_simple);
  row.alias(ask_simple);
  const double bid_slope = depth_slope(book, Side::buy);
  const double ask_slope = depth_slope(book, Side::sell);
  row.number(bid_slope);
  row.number(ask_slope);
  row.number(bid_slope / ask_slope);
  const double from_mid_bps = book.center_of_gravity_bps;
  row.number(book.has_mid() ? book.mid() + book.mid() * from_mid_bps / 1e4 : kNull);
  row.number(from_mid_bps);
  const double bid_decay = decay(book, Side::buy);
  const double ask_decay = decay(book, Side::sell);
  row.number(bid_decay);
  row.number(ask_decay);
  row.number(book.has_mid() ? (bid_decay + ask_decay) / 2 : kNull);
  const LevelShares bid_shares = level_shares(book, Side::buy);
  const LevelShares ask_shares = level_shares(book, Side::sell);
  row.number(bid_shares.concentration);
  row.number(ask_shares.concentration);
  row.number(bid_shares.half_depth_levels);
  row.number(ask_shares.half_depth_levels);
}

}  // namespace daedalus
