#include "daedalus/features/mid_family.hpp"

#include "daedalus/features/top_averages.hpp"

namespace daedalus {
namespace {

/// The first 5 levels' averages, each weighted with the other side's size, as distance from the
/// mid.
double weighted_mid_minus_mid(const BookImage& book) {
  const double half_spread = to_double(book.spread(), book.price_scale) / 2;
  const double bid = -half_spread + vwap_from_best(book, Side::buy, 5);
  const double ask = half_spread + vwap_from_best(book, Side::sell, 5);
  const Wide bid_size = book.depth(Side::buy, 5);
  const Wide ask_size = book.depth(Side::sell, 5);
  return (bid * nearest_double(ask_size) + ask * nearest_double(bid_size)) /
         nearest_double(bid_size + ask_size);
}

}  // namespace

std::vector<FeatureColumn> MidFamily::columns(const FeatureParameters&) {
  return {{"mid_price", "quote", "m = (b_0 + a_0) / 2"},
          {"spread", "quote", "a_0 - b_0"},
          {"relative_spread", "1", "(a_0 - b_0) / m"},
          {"spread_bps", "bps", "1e4 (a_0 - b_0) / m"},
          {"microprice", "quote", "(b_0 s_0 + a_0 q_0) / (q_0 + s_0): the size-weighted mid"},
          {"micro_minus_mid", "quote", "microprice - m"},
          {"micro_minus_mid_bps", "bps", "1e4 (microprice - m) / m"},
          {"weighted_mid", "quote",
           "(VWAP_bid5 S5 + VWAP_ask5 Q5) / (Q5 + S5) over the first 5 levels"}};
}

void MidFamily::write(const BookImage& book, RowWriter& row) const {
  if (!book.has_mid()) return row.nulls(8);
  const double mid = book.mid();
  const double spread = to_double(book.spread(), book.price_scale);
  const double relative_spread = ratio(static_cast<Wide>(2) * book.spread(), book.twice_mid());
  const double skew = size_imbalance(book.bids[0].size, book.asks[0].size);
  const double micro_minus_mid = spread / 2 * skew;
  row.number(mid);
  row.number(spread);
  row.number(relative_spread);
  row.number(1e4 * relative_spread);
  row.number(mid + micro_minus_mid);
  row.number(micro_minus_mid);
  row.number(1e4 * relative_spread / 2 * skew);
  row.number(mid + weighted_mid_minus_mid(book));
}

}  // namespace daedalus
