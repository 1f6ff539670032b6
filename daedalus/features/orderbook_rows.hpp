#pragma once

#include <tuple>

#include "daedalus/features/book_event.hpp"
#include "daedalus/features/depth_family.hpp"
#include "daedalus/features/engine.hpp"
#include "daedalus/features/imbalance_family.hpp"
#include "daedalus/features/levels_family.hpp"
#include "daedalus/features/liquidity_family.hpp"
#include "daedalus/features/mid_family.hpp"
#include "daedalus/features/mid_motion_family.hpp"
#include "daedalus/features/order_flow_family.hpp"
#include "daedalus/features/shape_family.hpp"
#include "daedalus/features/time_keys.hpp"

namespace daedalus {

/// What a row is told of the book's stream at its label.
struct RowState {
  const BookImage& book;
  UnixNanos stream_start;
  size_t bid_levels = 0;
  size_t ask_levels = 0;
};

/// silver/orderbook: decides when a row is due, and writes its keys and all families' columns.
class OrderbookRows {
 public:
  OrderbookRows(const EngineKey& key, const FeatureParameters& parameters);

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);

  /// Every snapshot or delta row of the book, also inside a gap.
  void on_book_row(const BookInput& row);
  /// Those that count, after their step was taken.
  void on_book_event(const BookEvent& event);
  void on_trade(UnixNanos time);
  void on_discontinuity();

  bool is_per_event() const { return interval_ns_ == 0; }
  /// The label of the row that waits for time to come to it; per event: that is due now.
  const std::optional<UnixNanos>& pending() const { return pending_; }
  /// Writes the pending row and starts the next.
  void emit(const RowState& state, const FlowTotals& totals, TimeKeys& keys, Table& table);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  void write_quality(const RowState& state, TimeKeys& keys, RowWriter& row);
  int64_t interval_of(UnixNanos time) const {
    return interval_ns_ == 0 ? 0 : floor_divide(time.value, interval_ns_);
  }

  EngineKey key_;
  int64_t interval_ns_;
  std::tuple<LevelsFamily, MidFamily, ImbalanceFamily, DepthFamily, ShapeFamily, LiquidityFamily>
      structural_;
  RowReturnFamily row_return_;
  OrderFlowFamily order_flow_;
  MidMotionFamily mid_motion_;

  std::optional<UnixNanos> pending_;
  bool has_discontinuity_ = true;  ///< Since the previous row.
  int64_t book_events_ = 0;        ///< Since the previous row.
  int64_t trade_interval_ = 0;     ///< The grid interval that trade_events_ counts in.
  int64_t trade_events_ = 0;
  UnixNanos last_capture_;  ///< Of the last book row, as the next two.
  std::optional<int64_t> last_timestamp_ms_;
  std::optional<int64_t> last_nonce_;
};

}  // namespace daedalus
