#include "daedalus/features/second_returns_family.hpp"

#include <algorithm>
#include <cmath>

namespace daedalus {

void SecondReturnsFamily::OneSecondSums::enter_pair(const Return& before, const Return& entry) {
  if (entry.time.value - before.time.value != kNanosPerSecond) return;
  ++pairs;
  of_pairs.add(before.value);
  of_pairs.add(entry.value);
  products.add_product(before.value, entry.value);
}

double SecondReturnsFamily::OneSecondSums::autocovariation() const {
  const DoubleDouble n{static_cast<double>(returns.count), 0};
  const DoubleDouble total = returns.sum.precise();
  const DoubleDouble scaled = n * n * products.precise() - n * (total * of_pairs.precise()) +
                              DoubleDouble{static_cast<double>(pairs), 0} * (total * total);
  return scaled.value() / (n.high * n.high);
}

void SecondReturnsFamily::OneSecondSums::save(StateWriter& out) const {
  returns.save(out);
  out.integer(pairs);
  of_pairs.save(out);
  products.save(out);
}

SecondReturnsFamily::OneSecondSums SecondReturnsFamily::OneSecondSums::load(StateReader& in) {
  OneSecondSums loaded;
  loaded.returns = Moments::load(in);
  loaded.pairs = in.integer();
  loaded.of_pairs = ExactSum::load(in);
  loaded.products = ExactSum::load(in);
  return loaded;
}

std::vector<FeatureColumn> SecondReturnsFamily::columns(const FeatureParameters&) {
  return {{.name = "variance_ratio_300s",
           .unit = "1",
           .formula = "Var(overlapping 5-second log returns) / (5 Var(1-second log returns)), "
                      "means removed",
           .source = "Lo, MacKinlay 1988",
           .null_when = "under 60 returns, zero variance"},
          {.name = "return_autocorr_300s",
           .unit = "1",
           .formula = "lag-1 autocovariance of 1-second log returns over their total variance",
           .null_when = "under 30 returns, zero variance"}};
}

void SecondReturnsFamily::on_book_break() {
  ones_.clear();
  fives_.clear();
  twice_mid_.reset();
  run_ = 0;
}

void SecondReturnsFamily::on_second(UnixNanos second, const SecondSample* sample) {
  if (sample == nullptr) {
    twice_mid_.reset();
    run_ = 0;
    return;
  }
  if (twice_mid_) {
    const double value = log_return(sample->twice_mid, *twice_mid_);
    ones_.push({second, value});
    latest_[static_cast<size_t>(run_++) % kLong] = value;
    if (run_ >= static_cast<int64_t>(kLong)) {
      double sum = 0;
      for (int64_t i = run_ - static_cast<int64_t>(kLong); i < run_; ++i) {
        sum += latest_[static_cast<size_t>(i) % kLong];
      }
      fives_.push({second - Nanoseconds((kLong - 1) * kNanosPerSecond), sum});
    }
  }
  twice_mid_ = sample->twice_mid;
}

SecondReturnsFamily::Values SecondReturnsFamily::values_anew() const {
  Values values;
  const OneSecondSums ones = ones_.sums(0);
  const auto largest = [&] {
    double most = 0;
    for (int64_t i = ones_.first_of(0); i < ones_.entries().end(); ++i) {
      most = std::max(most, std::abs(ones_.entries()[i].value));
    }
    return most;
  };
  if (ones.returns.count < 30 || ones.returns.is_constant(largest)) return values;
  values.autocorrelation = ones.autocovariation() / ones.returns.squared_deviations();
  if (ones.returns.count < 60) return values;
  values.variance_ratio = fives_.sums(0).moments.sample_variance() /
                          (static_cast<double>(kLong) * ones.returns.sample_variance());
  return values;
}

void SecondReturnsFamily::write(const RowMoment& moment, RowWriter& row) {
  ones_.move_to(moment.label, true);
  fives_.move_to(moment.label, true);
  if (valued_ != ones_.extent(0)) {
    valued_ = ones_.extent(0);
    values_ = values_anew();
  }
  row.number(values_.variance_ratio);
  row.number(values_.autocorrelation);
}

void SecondReturnsFamily::save(StateWriter& out) const {
  ones_.save(out);
  fives_.save(out);
  save_decimal(out, twice_mid_);
  for (const double value : latest_) out.real(value);
  out.integer(run_);
}

void SecondReturnsFamily::load(StateReader& in) {
  ones_.load(in);
  fives_.load(in);
  twice_mid_ = load_decimal(in);
  for (double& value : latest_) value = in.real();
  run_ = in.integer();
  valued_ = {};
}

}  // namespace daedalus
