#include "daedalus/features/center_of_gravity.hpp"

#include <algorithm>

namespace daedalus {
namespace {

/// Sum of v (2p - (a + b)) over L levels of both sides, and of v.
struct Moment {
  double first = 0;
  Wide size = 0;
};

Moment moment_about_mid(const BookImage& book) {
  Moment moment;
  const int64_t twice_mid = book.twice_mid();
  for (const Side side : {Side::buy, Side::sell}) {
    const std::vector<BookLevel>& levels = book.side(side);
    const size_t count = std::min(levels.size(), book.depth_levels);
    for (size_t i = 0; i < count; ++i) {
      moment.first += static_cast<double>(2 * levels[i].price - twice_mid) *
                      static_cast<double>(levels[i].size);
      moment.size += levels[i].size;
    }
  }
  return moment;
}

}  // namespace

double center_of_gravity_bps(const BookImage& book) {
  if (!book.has_mid()) return kNull;
  const Moment moment = moment_about_mid(book);
  return 1e4 * (moment.first / nearest_double(moment.size)) / static_cast<double>(book.twice_mid());
}

}  // namespace daedalus
