#pragma once

#include <span>
#include <vector>

#include "daedalus/features/book_event.hpp"
#include "daedalus/features/mid_history.hpp"

namespace daedalus {

/// The mid's log return over each rolling window: one for all families that need it.
class WindowReturns {
 public:
  /// Without windows, nothing is kept.
  explicit WindowReturns(std::span<const int> windows_s)
      : history_(windows_s), returns_(windows_s.size()), values_(windows_s.size(), kNull) {}

  void on_book_event(const BookEvent& event);
  void on_book_break() { history_.clear(); }

  /// ln(m(t) / m(t - h)) by window at a row's moment. Null where the stream is younger than h, or
  /// there is no mid now or was none then. Lives until the next call.
  std::span<const double> at(UnixNanos label, bool is_per_event, const BookImage& book);

  void save(StateWriter& out) const { history_.save(out); }
  void load(StateReader& in) {
    history_.load(in);
    for (Return& known : returns_) known = {};
  }

 private:
  /// A return and what it was taken of: the same where neither has moved.
  struct Return {
    int64_t from = -1;  ///< The history's answer.
    Decimal to = {};
    double value = kNull;
  };
  double over(size_t window, UnixNanos label, bool is_per_event, const Decimal& now);

  MidHistory history_;
  std::vector<Return> returns_;
  std::vector<double> values_;
};

}  // namespace daedalus
