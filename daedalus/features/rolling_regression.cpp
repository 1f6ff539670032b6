#include "daedalus/features/rolling_regression.hpp"

#include <algorithm>

namespace daedalus {

void RollingRegression::Pair::save(StateWriter& out) const {
  out.integer(time.value);
  out.real(x);
  out.real(y);
}

RollingRegression::Pair RollingRegression::Pair::load(StateReader& in) {
  Pair loaded;
  loaded.time.value = in.integer();
  loaded.x = in.real();
  loaded.y = in.real();
  return loaded;
}

void RollingRegression::Sums::enter(const Pair& pair) {
  x.add(pair.x);
  y.add(pair.y);
  products.add_product(pair.x, pair.y);
}

void RollingRegression::Sums::save(StateWriter& out) const {
  x.save(out);
  y.save(out);
  products.save(out);
}

RollingRegression::Sums RollingRegression::Sums::load(StateReader& in) {
  Sums loaded;
  loaded.x = Moments::load(in);
  loaded.y = Moments::load(in);
  loaded.products = ExactSum::load(in);
  return loaded;
}

double RollingRegression::largest(double Pair::* member) const {
  const Ring<Pair>& pairs = windows_.entries();
  double most = 0;
  for (int64_t i = windows_.first_of(0); i < pairs.end(); ++i) {
    most = std::max(most, std::abs(pairs[i].*member));
  }
  return most;
}

const LineFit& RollingRegression::fit() {
  if (fitted_ != windows_.extent(0)) {
    fitted_ = windows_.extent(0);
    fit_ = fit_anew();
  }
  return fit_;
}

LineFit RollingRegression::fit_anew() const {
  if (windows_.count(0) < least_pairs_) return {};
  const Sums sums = windows_.sums(0);
  if (sums.x.is_constant([&] { return largest(&Pair::x); })) return {};
  if (sums.y.is_constant([&] { return largest(&Pair::y); })) return {.slope = 0};
  const double n = static_cast<double>(windows_.count(0));
  const double covariation =
      (DoubleDouble{n, 0} * sums.products.precise() - sums.x.sum.precise() * sums.y.sum.precise())
          .value() /
      n;
  const double of_x = sums.x.squared_deviations();
  const double of_y = sums.y.squared_deviations();
  return {.slope = covariation / of_x,
          .r2 = std::min(1.0, covariation / of_x * (covariation / of_y))};
}

}  // namespace daedalus
