#include "daedalus/features/liquidity_family.hpp"

namespace daedalus {

std::vector<FeatureColumn> LiquidityFamily::columns(const FeatureParameters&) {
  return {{.name = "book_convexity",
           .unit = "1",
           .formula = "size with distance < 5 bps over size with distance < 50 bps, "
                      "both sides, whole book",
           .null_when = "no size within 50 bps"},
          {.name = "lambda_like",
           .unit = "quote/base",
           .formula = "spread over the size within 5 bps, both sides, whole book",
           .null_when = "no size within 5 bps"},
          {.name = "amihud_like",
           .unit = "quote/base",
           .formula = "spread over the size within 10 bps, both sides, whole book",
           .null_when = "no size within 10 bps"}};
}

void LiquidityFamily::write(const BookImage& book, RowWriter& row) const {
  if (!book.has_mid()) return row.nulls(3);
  const auto within = [&](int bps) {
    return book.profile->within(Side::buy, bps) + book.profile->within(Side::sell, bps);
  };
  const double spread = to_double(book.spread(), book.price_scale);
  row.number(ratio(within(5), within(50)));
  row.number(spread / book.size_double(within(5)));
  row.number(spread / book.size_double(within(10)));
}

}  // namespace daedalus
