#include "daedalus/features/mid_motion_family.hpp"

namespace daedalus {
namespace {

std::optional<Decimal> twice_mid_of(const BookImage& book) {
  if (!book.has_mid()) return std::nullopt;
  return Decimal{book.twice_mid(), static_cast<int8_t>(book.price_scale)};
}

/// (a - b) / 2 of twice the mids, exact.
double mid_difference(const Decimal& a, const Decimal& b) {
  return to_double(difference(a, b)) / 2;
}

/// (a - 2 b + c) / 2 of twice the mids, exact.
double second_difference(const Decimal& a, const Decimal& b, const Decimal& c) {
  ScaledSum sum;
  sum.add(a.mantissa, a.scale);
  sum.add(-2 * static_cast<Wide>(b.mantissa), b.scale);
  sum.add(c.mantissa, c.scale);
  return sum.to_double() / 2;
}

}  // namespace

std::vector<FeatureColumn> RowReturnFamily::columns(const FeatureParameters&) {
  return {
      {.name = "log_return",
       .unit = "1",
       .formula = "ln(m / m at the previous row)",
       .null_when = "first row after a discontinuity; no mid then or now"},
      {.name = "log_return_step", .unit = "1", .formula = "log_return", .alias_of = "log_return"}};
}

void RowReturnFamily::write(const RowMoment& moment, RowWriter& row) const {
  const auto now = twice_mid_of(moment.book);
  const bool exists = now && previous_ && !moment.is_first_after_gap;
  const double value = exists ? log_return(*now, *previous_) : kNull;
  row.number(value);
  row.alias(value);
}

void RowReturnFamily::start_row(const RowMoment& moment) {
  previous_ = twice_mid_of(moment.book);
}

std::vector<FeatureColumn> MidMotionFamily::columns(const FeatureParameters&) {
  return {{.name = "mid_velocity",
           .unit = "quote/s",
           .formula = "(m(t) - m(t - 1 s)) per second, as-of values",
           .null_when = "no mid now, or 1 s before in this stretch"},
          {.name = "mid_accel",
           .unit = "quote/s^2",
           .formula = "(v(t) - v(t - 1 s)) per second, as-of values",
           .null_when = "no mid now, or 1 s or 2 s before in this stretch"}};
}

void MidMotionFamily::on_book_event(const BookEvent& event) {
  history_.on_book_event(event.time,
                         event.has_mid ? std::optional(event.twice_mid()) : std::nullopt);
}

void MidMotionFamily::write(const RowMoment& moment, RowWriter& row) {
  const auto now = twice_mid_of(moment.book);
  const auto& one = history_.as_of(0, moment.label, moment.is_per_event);
  const auto& two = history_.as_of(1, moment.label, moment.is_per_event);
  row.number(now && one ? mid_difference(*now, *one) : kNull);
  row.number(now && one && two ? second_difference(*now, *one, *two) : kNull);
}

}  // namespace daedalus
