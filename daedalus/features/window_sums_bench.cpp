#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/ring.hpp"

namespace daedalus {
namespace {

// Ways to keep the sum of a sliding window, each with the same work: one value comes, one goes, the
// sum is asked for. 45,000 values are 900 s of 50 events a second.
// Would show: that the choice of docs/decisions/0013 is still right.

std::vector<double> steps() {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0, 1e-5);
  std::vector<double> values(1 << 16);
  for (double& value : values) value = normal(random);
  return values;
}

/// What we use: the difference of two totals of 320 bits.
class ExactWindow {
 public:
  void push(double value) {
    values_.push_back(value);
    total_.add(value);
  }
  void pop() {
    before_.add(values_[values_.first()]);
    values_.pop_front();
  }
  double sum() const { return (total_ - before_).value(); }

 private:
  Ring<double> values_;
  ExactSum total_;
  ExactSum before_;
};

/// Doubles added to and taken away from: drifts, and shows what is to be had at most.
class DriftingWindow {
 public:
  void push(double value) {
    values_.push_back(value);
    sum_ += value;
  }
  void pop() {
    sum_ -= values_[values_.first()];
    values_.pop_front();
  }
  double sum() const { return sum_; }

 private:
  Ring<double> values_;
  double sum_ = 0;
};

/// Two stacks of running sums: nothing is ever taken away. Each window needs its own.
class TwoStackWindow {
 public:
  void push(double value) {
    values_.push_back(value);
    back_ = back_ + DoubleDouble{value, 0};
  }
  void pop() {
    if (front_.empty()) turn();
    front_.pop_back();
    values_.pop_front();
  }
  double sum() const { return (front_.empty() ? back_ : front_.back() + back_).value(); }

 private:
  void turn() {
    DoubleDouble sum;
    for (int64_t i = values_.end(); i-- > values_.first();) {
      sum = sum + DoubleDouble{values_[i], 0};
      front_.push_back(sum);
    }
    back_ = {};
  }

  Ring<double> values_;
  std::vector<DoubleDouble> front_;
  DoubleDouble back_;
};

/// A binary tree of sums over places used in turn.
class TreeWindow {
 public:
  void push(double value) { set(end_++, value); }
  void pop() { set(first_++, 0); }
  double sum() const { return nodes_[1].value(); }

 private:
  static constexpr size_t kLeaves = 1 << 16;

  void set(size_t place, double value) {
    size_t at = kLeaves + place % kLeaves;
    nodes_[at] = {value, 0};
    while (at > 1) {
      at /= 2;
      nodes_[at] = nodes_[2 * at] + nodes_[2 * at + 1];
    }
  }

  std::vector<DoubleDouble> nodes_ = std::vector<DoubleDouble>(2 * kLeaves);
  size_t first_ = 0;
  size_t end_ = 0;
};

/// All summed again each time.
class ResummedWindow {
 public:
  void push(double value) { values_.push_back(value); }
  void pop() { values_.pop_front(); }
  double sum() const {
    double sum = 0;
    for (int64_t i = values_.first(); i < values_.end(); ++i) sum += values_[i];
    return sum;
  }

 private:
  Ring<double> values_;
};

template <class Window>
void sliding_sum(benchmark::State& state) {
  const std::vector<double> values = steps();
  Window window;
  size_t at = 0;
  const auto next = [&] { return values[at++ % values.size()]; };
  for (int64_t i = 0; i < state.range(0); ++i) window.push(next());
  for (auto _ : state) {
    window.push(next());
    window.pop();
    benchmark::DoNotOptimize(window.sum());
  }
}
BENCHMARK(sliding_sum<ExactWindow>)->Arg(250)->Arg(45'000);
BENCHMARK(sliding_sum<DriftingWindow>)->Arg(45'000);
BENCHMARK(sliding_sum<TwoStackWindow>)->Arg(250)->Arg(45'000);
BENCHMARK(sliding_sum<TreeWindow>)->Arg(250)->Arg(45'000);
BENCHMARK(sliding_sum<ResummedWindow>)->Arg(250)->Arg(45'000);

}  // namespace
}  // namespace daedalus
