#pragma once

#include <vector>

#include "daedalus/features/book_event.hpp"
#include "daedalus/features/mid_history.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// The mid's return since the previous row.
class RowReturnFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "row_return",
                                       .category = Category::dynamic,
                                       .clock = Clock::row,
                                       .cost = "O(1) per row"};

  explicit RowReturnFamily(const FeatureParameters&) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void write(const RowMoment& moment, RowWriter& row) const;
  void start_row(const RowMoment& moment);

  void save(StateWriter& out) const { save_decimal(out, previous_); }
  void load(StateReader& in) { previous_ = load_decimal(in); }

 private:
  std::optional<Decimal> previous_;  ///< Twice the mid at the previous row.
};

/// Speed and acceleration of the mid over the last second, from as-of values.
class MidMotionFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "mid_motion",
                                       .category = Category::dynamic,
                                       .clock = Clock::event,
                                       .cost = "O(1) per event; the mids of 2 s"};

  explicit MidMotionFamily(const FeatureParameters&) : history_(kLags) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_event(const BookEvent& event);
  void on_book_break() { history_.clear(); }
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const { history_.save(out); }
  void load(StateReader& in) { history_.load(in); }

 private:
  static constexpr int kLags[] = {1, 2};

  MidHistory history_;
};

}  // namespace daedalus
