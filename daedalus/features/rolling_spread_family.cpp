#include "daedalus/features/rolling_spread_family.hpp"

#include <fmt/format.h>

namespace daedalus {

std::vector<FeatureColumn> RollingSpreadFamily::columns(const FeatureParameters& parameters) {
  std::vector<FeatureColumn> columns;
  for (const int h : parameters.rolling_windows_s) {
    columns.push_back({.name = fmt::format("mean_spread_{}s", h),
                       .unit = "1",
                       .formula = "mean of relative_spread over the window's seconds",
                       .null_when = "no second of the window had a mid"});
  }
  return columns;
}

void RollingSpreadFamily::write(const RowMoment& moment, RowWriter& row) {
  windows_.move_to(moment.label, true);
  for (size_t i = 0; i < means_.size(); ++i) {
    Mean& mean = means_[i];
    const int64_t first = windows_.first_of(i);
    const int64_t end = windows_.entries().end();
    if (mean.first != first || mean.end != end) {
      const int64_t count = end - first;
      mean = {first, end,
              count == 0 ? kNull : windows_.sums(i).spreads.value() / static_cast<double>(count)};
    }
    row.number(mean.value);
  }
}

}  // namespace daedalus
