#pragma once

#include <vector>

#include "daedalus/features/book_event.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// Order flow imbalance since the previous row. Sources: Cont, Kukanov, Stoikov 2014; Xu, Gould,
/// Howison 2018.
class OrderFlowFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "order_flow",
                                       .category = Category::dynamic,
                                       .clock = Clock::event,
                                       .cost = "O(ofi_levels) per event"};

  explicit OrderFlowFamily(const FeatureParameters& parameters)
      : weights_(decay_weights(parameters.ofi_decay_alpha, parameters.ofi_levels)),
        row_start_(parameters.ofi_levels) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_event(const BookEvent& event);
  void write(const RowMoment& moment, RowWriter& row) const;
  /// A row was written, or passed over: the next one starts here.
  void start_row(const RowMoment& moment);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  void write_nulls(RowWriter& row) const;

  std::vector<double> weights_;
  FlowTotals row_start_;
  ScaledSum best_sizes_;  ///< Sum of q_0 + s_0 over the row's events with a mid.
  int64_t events_ = 0;
};

}  // namespace daedalus
