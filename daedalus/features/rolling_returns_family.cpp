#include "daedalus/features/rolling_returns_family.hpp"

#include <fmt/format.h>

namespace daedalus {

RollingReturnsFamily::RollingReturnsFamily(const FeatureParameters& parameters)
    : windows_(parameters.rolling_windows_s), written_(parameters.rolling_windows_s.size()) {}

std::vector<FeatureColumn> RollingReturnsFamily::columns(const FeatureParameters& parameters) {
  std::vector<FeatureColumn> columns;
  for (const int h : parameters.rolling_windows_s) {
    columns.push_back({fmt::format("rv_{}s", h), "1",
                       "sqrt(sum r^2), r = ln(m / m before) per book event",
                       "Andersen, Bollerslev 1998"});
    columns.push_back({.name = fmt::format("ret_std_{}s", h),
                       .unit = "1",
                       .formula = "sample standard deviation of r",
                       .null_when = "under 2 steps"});
    columns.push_back({.name = fmt::format("mean_return_{}s", h),
                       .unit = "1",
                       .formula = "mean of r",
                       .null_when = "no step in the window"});
    columns.push_back({.name = fmt::format("return_{}s", h),
                       .unit = "1",
                       .formula = "ln(m(t) / m(t - h)), as-of values",
                       .null_when = "the stream is younger than h, or had no mid then"});
    columns.push_back({fmt::format("bipower_{}s", h), "1",
                       "pi/2 sum |r_j| |r_(j-1)| over neighbours in the window, a variance",
                       "Barndorff-Nielsen, Shephard 2004"});
  }
  return columns;
}

void RollingReturnsFamily::on_book_event(const BookEvent& event) {
  if (event.has_step) windows_.push({event.time, event.log_return});
}

void RollingReturnsFamily::on_book_break() {
  windows_.clear();
}

void RollingReturnsFamily::refresh_sums(size_t window) {
  const WindowExtent changes = windows_.changes(window);
  Written& written = written_[window];
  if (written.changes == changes) return;
  const ReturnSums sums = windows_.sums(window);
  written.changes = changes;
  written.sum = sums.moments.sum.precise();
  written.squares = sums.moments.squares.precise();
  written.realized_volatility = std::sqrt(written.squares.value());
  written.bipower = sums.bipower();
}

void RollingReturnsFamily::write(const RowMoment& moment, RowWriter& row) {
  windows_.move_to(moment.label, moment.is_per_event);
  for (size_t i = 0; i < written_.size(); ++i) {
    refresh_sums(i);
    const Written& written = written_[i];
    const int64_t count = windows_.count(i);
    const double n = static_cast<double>(count);
    row.number(written.realized_volatility);
    row.number(count < 2
                   ? kNull
                   : std::sqrt(squared_deviations(count, written.sum, written.squares) / (n - 1)));
    row.number(count < 1 ? kNull : written.sum.high / n);
    row.number(moment.window_returns[i]);
    row.number(written.bipower);
  }
}

void RollingReturnsFamily::save(StateWriter& out) const {
  windows_.save(out);
}

void RollingReturnsFamily::load(StateReader& in) {
  windows_.load(in);
}

}  // namespace daedalus
