#include "daedalus/features/depth_family.hpp"

#include <fmt/format.h>

#include "daedalus/features/top_averages.hpp"

namespace daedalus {

std::vector<FeatureColumn> DepthFamily::columns(const FeatureParameters& parameters) {
  std::vector<FeatureColumn> columns = {
      {"total_bid_depth", "base", "sum of q_i over L levels"},
      {"total_ask_depth", "base", "sum of s_i over L levels"},
      {.name = "total_bid_volume",
       .unit = "base",
       .formula = "total_bid_depth",
       .alias_of = "total_bid_depth"},
      {.name = "total_ask_volume",
       .unit = "base",
       .formula = "total_ask_depth",
       .alias_of = "total_ask_depth"},
      {"total_imbalance", "1", "(bid - ask) / (bid + ask) of the total depths"},
      {.name = "book_pressure",
       .unit = "1",
       .formula = "total_imbalance",
       .alias_of = "total_imbalance"},
      {.name = "vwap_bid_5",
       .unit = "quote",
       .formula = "sum of p v / sum of v over 5 levels",
       .null_when = "the side is empty"},
      {.name = "vwap_ask_5",
       .unit = "quote",
       .formula = "sum of p v / sum of v over 5 levels",
       .null_when = "the side is empty"},
      {"vwap_spread", "quote", "vwap_ask_5 - vwap_bid_5"},
      {"smart_bid_depth", "base", "sum of v 2^(-d / H) over levels with d < 20 H, d in bps from m"},
      {"smart_ask_depth", "base", "sum of v 2^(-d / H) over levels with d < 20 H, d in bps from m"},
      {"smart_depth_imbalance", "1", "(bid - ask) / (bid + ask) of the smart depths"}};
  const auto add = [&](std::string_view name, std::string_view unit, std::string_view formula,
                       std::string_view null_when) {
    int from = 0;
    for (const int to : parameters.bands_bps) {
      columns.push_back({.name = fmt::format("{}_band_{}_{}bps", name, from, to),
                         .unit = unit,
                         .formula = formula,
                         .null_when = null_when});
      from = to;
    }
  };
  add("bid_vol", "base", "size with from <= distance from m in bps < to, over the whole book", "");
  add("ask_vol", "base", "size with from <= distance from m in bps < to, over the whole book", "");
  add("imb", "1", "(bid - ask) / (bid + ask) of the band", "no size in the band");
  return columns;
}

void DepthFamily::write(const BookImage& book, RowWriter& row) {
  const auto levels = static_cast<size_t>(parameters_.depth_levels);
  const Wide bid = book.depth(Side::buy, levels);
  const Wide ask = book.depth(Side::sell, levels);
  const double total_imbalance = book.has_mid() ? imbalance(bid, ask) : kNull;
  row.number(book.size_double(bid));
  row.number(book.size_double(ask));
  row.alias(book.size_double(bid));
  row.alias(book.size_double(ask));
  row.number(total_imbalance);
  row.alias(total_imbalance);

  const double from_bid = vwap_from_best(book, Side::buy, 5);
  const double from_ask = vwap_from_best(book, Side::sell, 5);
  const auto best = [&](Side side) {
    return book.side(side).empty() ? kNull : to_double(book.side(side)[0].price, book.price_scale);
  };
  row.number(best(Side::buy) + from_bid);
  row.number(best(Side::sell) + from_ask);
  row.number(book.has_mid() ? to_double(book.spread(), book.price_scale) + from_ask - from_bid
                            : kNull);
  if (!book.has_mid()) return row.nulls(3 + 3 * parameters_.bands_bps.size());
  const Wide smart_bid = book.profile->weighted(Side::buy);
  const Wide smart_ask = book.profile->weighted(Side::sell);
  row.number(book.size_double(smart_bid) * DepthProfile::kWeightUnit);
  row.number(book.size_double(smart_ask) * DepthProfile::kWeightUnit);
  row.number(imbalance(smart_bid, smart_ask));
  write_bands(book, row);
}

void DepthFamily::write_bands(const BookImage& book, RowWriter& row) {
  const auto read = [&](Side side, std::vector<Wide>& bands) {
    Wide nearer = 0;
    for (size_t i = 0; i < bands.size(); ++i) {
      const Wide within = book.profile->within(side, parameters_.bands_bps[i]);
      bands[i] = within - nearer;
      nearer = within;
      row.number(book.size_double(bands[i]));
    }
  };
  read(Side::buy, bid_bands_);
  read(Side::sell, ask_bands_);
  for (size_t i = 0; i < bid_bands_.size(); ++i) {
    row.number(imbalance(bid_bands_[i], ask_bands_[i]));
  }
}

}  // namespace daedalus
