#include "daedalus/features/jump_family.hpp"

#include <algorithm>

namespace daedalus {

std::vector<FeatureColumn> JumpFamily::columns(const FeatureParameters&) {
  return {{.name = "jump_share_300s",
           .unit = "1",
           .formula = "max(0, 1 - bipower_300s / rv_300s^2)",
           .source = "Barndorff-Nielsen, Shephard 2004",
           .null_when = "zero variance: every step in the window is 0"}};
}

void JumpFamily::write(const RowMoment& moment, RowWriter& row) {
  windows_.move_to(moment.label, moment.is_per_event);
  if (share_of_ != windows_.changes(0)) {
    share_of_ = windows_.changes(0);
    const ReturnSums sums = windows_.sums(0);
    const double variance = sums.realized_variance();
    share_ = variance > 0 ? std::max(0.0, 1 - sums.bipower() / variance) : kNull;
  }
  row.number(share_);
}

}  // namespace daedalus
