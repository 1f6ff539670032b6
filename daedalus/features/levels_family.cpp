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

void LevelsFamily::refresh(const std::vector<BookLevel>& levels, const BookImage& book,
                           Written& written) const {
  const size_t count = std::min(levels_, levels.size());
  for (size_t i = 0; i < count; ++i) {
    const BookLevel& now = levels[i];
    BookLevel& before = written.levels[i];
    if (now == before) continue;
    if (now.price != before.price) written.prices[i] = to_double(now.price, book.price_scale);
    if (now.size != before.size) written.sizes[i] = to_double(now.size, book.size_scale);
    before = now;
  }
  for (size_t i = count; i < written.count; ++i) {
    written.levels[i] = {};
    written.prices[i] = kNull;
    written.sizes[i] = 0;
  }
  written.count = count;
}

void LevelsFamily::write(const BookImage& book, RowWriter& row) {
  if (book.price_scale != price_scale_ || book.size_scale != size_scale_) {
    price_scale_ = book.price_scale;
    size_scale_ = book.size_scale;
    for (Written& written : written_) written = Written(levels_);
  }
  for (const Side side : {Side::buy, Side::sell}) {
    Written& written = written_[side == Side::buy ? 0 : 1];
    refresh(book.side(side), book, written);
    row.numbers(written.prices);
    row.numbers(written.sizes);
  }
  row.alias(written_[0].prices[0]);
  row.alias(written_[1].prices[0]);
}

}  // namespace daedalus
