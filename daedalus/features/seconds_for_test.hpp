#pragma once

#include <map>
#include <random>

#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {

/// A book with `levels` levels a side around a spread of [bid, ask]; sizes from `size` on.
inline TestLevels ladder(double best, double step, int levels, double size = 1) {
  TestLevels made;
  for (int i = 0; i < levels; ++i) made.add(best + step * i, size + i);
  return made;
}

/// Feeds a book with these best prices, the same sizes every time.
inline void feed_top(EngineFeed& feed, double seconds, double bid, double ask) {
  feed.snapshot(seconds, ladder(bid, -0.25, 4), ladder(ask, 0.25, 4));
}

/// Random seconds of one book and its trades: most with one image of the book, some quiet, some
/// crossed. The trades' signed amounts by the second they lie in are kept.
class RandomSeconds {
 public:
  explicit RandomSeconds(uint64_t seed) : random_(seed) {}

  void feed(EngineFeed& feed, int seconds) {
    for (int second = 0; second < seconds; ++second) {
      if (draw(10) > 3 || second == 0) add_trade(feed, second);
      const int64_t kind = draw(20);
      if (second > 0 && kind < 3) continue;
      add_book(feed, second + 0.25 + 0.125 * static_cast<double>(draw(6)), kind == 3);
    }
    feed.engine.advance_to(EngineFeed::at(seconds));
  }
  double signed_amount(int64_t second) const {
    const auto found = signed_.find(second);
    return found == signed_.end() ? 0 : found->second;
  }

 private:
  int64_t draw(int64_t below) { return static_cast<int64_t>(random_() % below); }

  void add_trade(EngineFeed& feed, int second) {
    const double amount = static_cast<double>(1 + draw(900)) / 64;
    const int64_t kind = draw(5);
    const auto side = kind == 0 ? std::nullopt : std::optional(kind < 3 ? Side::buy : Side::sell);
    feed.trade(second, 100, amount, side);
    if (side) signed_[second] += *side == Side::buy ? amount : -amount;
  }
  void add_book(EngineFeed& feed, double at, bool is_crossed) {
    middle_ += 0.25 * static_cast<double>(draw(9) - 4);
    const double half = 0.25 * static_cast<double>(1 + draw(8));
    TestLevels bids, asks;
    for (int64_t i = 0, levels = 1 + draw(14); i < levels; ++i) {
      bids.add(middle_ - half - 0.25 * static_cast<double>(i), size());
    }
    for (int64_t i = 0, levels = 1 + draw(14); i < levels; ++i) {
      asks.add(middle_ + (is_crossed ? -2 * half : half) + 0.25 * static_cast<double>(i), size());
    }
    feed.snapshot(at, bids, asks);
  }
  double size() { return static_cast<double>(1 + draw(4000)) / 32; }

  std::mt19937_64 random_;
  double middle_ = 4000;
  std::map<int64_t, double> signed_;
};

/// The state as of each whole second, taken from rows of one second each: where no row is, nothing
/// has happened.
class SecondsOfRows {
 public:
  explicit SecondsOfRows(const Table& rows) : rows_(rows) {
    for (size_t row = 0; row < rows.rows(); ++row) {
      by_second_[integer(rows, "collected_at", row) / 1000 - kFriday / kNanosPerSecond] = row;
    }
  }
  int64_t first() const { return by_second_.begin()->first; }
  int64_t second_of(size_t row) const {
    return integer(rows_, "collected_at", row) / 1000 - kFriday / kNanosPerSecond;
  }
  /// Null: there is no sample, or it has no value.
  double sample(std::string_view name, int64_t second) const {
    const auto after = by_second_.upper_bound(second);
    if (after == by_second_.begin()) return std::nan("");
    const size_t row = std::prev(after)->second;
    return null_at(rows_, "mid_price", row) ? std::nan("") : number(rows_, name, row);
  }
  bool exists(int64_t second) const { return !std::isnan(sample("mid_price", second)); }
  /// What has flowed in the second before.
  double flow(std::string_view name, int64_t second) const {
    const auto found = by_second_.find(second);
    return found == by_second_.end() ? 0 : number(rows_, name, found->second);
  }
  /// Values of the samples at seconds s with end - length < s <= end, null ones left out.
  std::vector<double> window(std::string_view name, int64_t end, int64_t length) const {
    std::vector<double> values;
    for (int64_t s = std::max(end - length + 1, first()); s <= end; ++s) {
      if (!std::isnan(sample(name, s))) values.push_back(sample(name, s));
    }
    return values;
  }

 private:
  const Table& rows_;
  std::map<int64_t, size_t> by_second_;
};

inline long double mean_of(const std::vector<double>& values) {
  long double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<long double>(values.size());
}
/// Sum of (x - mean)(y - mean).
inline long double covariation_of(const std::vector<double>& x, const std::vector<double>& y) {
  const long double mean_x = mean_of(x), mean_y = mean_of(y);
  long double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += (x[i] - mean_x) * (y[i] - mean_y);
  return sum;
}
inline double sample_deviation_of(const std::vector<double>& values) {
  return static_cast<double>(
      std::sqrt(covariation_of(values, values) / static_cast<long double>(values.size() - 1)));
}

/// Both null, or within 1e-9 of the larger or 1e-12 of what they are made of.
inline bool agrees(double found, double expected, double operands = 0) {
  if (std::isnan(found) || std::isnan(expected)) return std::isnan(found) && std::isnan(expected);
  const double most = std::max(std::abs(found), std::abs(expected));
  return std::abs(found - expected) <= std::max(1e-9 * most, 1e-12 * operands);
}

}  // namespace daedalus
