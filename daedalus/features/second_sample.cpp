#include "daedalus/features/second_sample.hpp"

#include "daedalus/features/shape_family.hpp"

namespace daedalus {

SecondSample sample_of(const BookImage& book, const FeatureParameters& parameters) {
  const double skew = size_imbalance(book.bids[0].size, book.asks[0].size);
  const Wide bid_depth = book.depth(Side::buy, book.depth_levels);
  const Wide ask_depth = book.depth(Side::sell, book.depth_levels);
  SecondSample sample;
  sample.twice_mid = {book.twice_mid(), static_cast<int8_t>(book.price_scale)};
  sample.spread = {book.spread(), static_cast<int8_t>(book.price_scale)};
  sample.relative_spread = ratio(static_cast<Wide>(2) * book.spread(), book.twice_mid());
  sample.micro_minus_mid = to_double(sample.spread) / 2 * skew;
  sample.microprice = book.mid() + sample.micro_minus_mid;
  sample.l1_imbalance = skew;
  sample.total_imbalance = imbalance(bid_depth, ask_depth);
  sample.bid_depth = book.size_double(bid_depth);
  sample.ask_depth = book.size_double(ask_depth);
  sample.smart_depth_imbalance =
      imbalance(book.profile->weighted(Side::buy), book.profile->weighted(Side::sell));
  if (parameters.has(Category::advanced)) {
    sample.bid_slope = depth_slope(book, Side::buy);
    sample.ask_slope = depth_slope(book, Side::sell);
    sample.cog_vs_mid_bps = book.center_of_gravity_bps;
    sample.depth_5bps =
        book.size_double(book.profile->within(Side::buy, 5) + book.profile->within(Side::sell, 5));
  }
  return sample;
}

}  // namespace daedalus
