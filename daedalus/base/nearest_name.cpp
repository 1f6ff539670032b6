#include "daedalus/base/nearest_name.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace daedalus {
namespace {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view wrong, std::span<const std::string> allowed) {
  std::string best;
  size_t best_distance = wrong.size();
  for (const std::string& name : allowed) {
    const size_t distance = edit_distance(wrong, name);
    if (distance < best_distance && distance <= std::max<size_t>(1, name.size() / 2)) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace daedalus
