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
    if (mean.of != windows_.extent(i)) {
      const int64_t count = windows_.count(i);
      mean = {windows_.extent(i),
              count == 0 ? kNull : windows_.sums(i).spreads.value() / static_cast<double>(count)};
    }
    row.number(mean.value);
  }
}

}  // namespace daedalus
