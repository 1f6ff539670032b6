#include "daedalus/features/levels_family.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace daedalus {

std::vector<FeatureColumn> LevelsFamily::columns(const FeatureParameters& parameters) {
  std::vector<FeatureColumn> columns;
  const auto add = [&](std::string_view name, std::string_view unit, std::string_view formula,
                       std::string_view null_when) {
    for (int i = 0; i < parameters.depth_levels; ++i) {
      columns.push_back({.name = fmt::format("{}_L{}", name, i),
                         .unit = unit,
                         .formula = formula,
                         .null_when = null_when});
    }
  };
  add("bid_price", "quote", "b_i", "there is no such level");
  add("bid_size", "base", "q_i; 0 where there is no such level", "");
  add("ask_price", "quote", "a_i", "there is no such level");
  add("ask_size", "base", "s_i; 0 where there is no such level", "");
  columns.push_back(
      {.name = "best_bid", .unit = "quote", .formula = "b_0", .alias_of = "bid_price_L0"});
  columns.push_back(
      {.name = "best_ask", .unit = "quote", .formula = "a_0", .alias_of = "ask_price_L0"});
  return columns;
}

void LevelsFamily::write(const BookImage& book, RowWriter& row) const {
  for (const Side side : {Side::buy, Side::sell}) {
    const std::vector<BookLevel>& levels = book.side(side);
    const size_t present = std::min(levels.size(), levels_);
    for (size_t i = 0; i < present; ++i) {
      row.number(to_double(levels[i].price, book.price_scale));
    }
    row.nulls(levels_ - present);
    for (size_t i = 0; i < present; ++i) row.number(to_double(levels[i].size, book.size_scale));
    for (size_t i = present; i < levels_; ++i) row.number(0);
  }
  for (const Side side : {Side::buy, Side::sell}) {
    const std::vector<BookLevel>& levels = book.side(side);
    row.alias(levels.empty() ? kNull : to_double(levels[0].price, book.price_scale));
  }
}

}  // namespace daedalus
