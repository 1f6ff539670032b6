#include "daedalus/features/window_returns.hpp"

namespace daedalus {

void WindowReturns::on_book_event(const BookEvent& event) {
  if (values_.empty()) return;
  history_.on_book_event(event.time,
                         event.has_mid ? std::optional(event.twice_mid()) : std::nullopt);
}

double WindowReturns::over(size_t window, UnixNanos label, bool is_per_event, const Decimal& now) {
  const auto& then = history_.as_of(window, label, is_per_event);
  if (!then) return kNull;
  Return& known = returns_[window];
  const int64_t from = history_.answered(window);
  if (known.from != from || known.to.mantissa != now.mantissa || known.to.scale != now.scale) {
    known = {from, now, log_return(now, *then)};
  }
  return known.value;
}

std::span<const double> WindowReturns::at(UnixNanos label, bool is_per_event,
                                          const BookImage& book) {
  for (size_t window = 0; window < values_.size(); ++window) {
    values_[window] =
        book.has_mid() ? over(window, label, is_per_event, book.exact_twice_mid()) : kNull;
  }
  return values_;
}

}  // namespace daedalus
