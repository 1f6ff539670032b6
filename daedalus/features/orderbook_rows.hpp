#pragma once

#include "daedalus/features/engine.hpp"
#include "daedalus/features/orderbook_families.hpp"
#include "daedalus/features/time_keys.hpp"
#include "daedalus/features/window_returns.hpp"

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

  /// The keys, the quality columns, then the families that are on.
  static std::vector<FamilyColumns> catalog(const FeatureParameters& parameters);

  /// Every snapshot or delta row of the book, also inside a gap.
  void on_book_row(const BookInput& row);
  /// Those that count, after their step was taken.
  void on_book_event(const BookEvent& event);
  /// Every live trade, also inside a gap: the row counts it.
  void count_trade(UnixNanos time);
  void on_trade(const TradeEvent& trade) { families_.on_trade(trade); }
  void on_derivative(const DerivativeInput& update) { families_.on_derivative(update); }
  void on_derivatives_break() { families_.on_derivatives_break(); }
  void on_second(UnixNanos second, const SecondSample* sample) {
    families_.on_second(second, sample);
  }
  void on_book_break();
  void on_trades_break(UnixNanos time) { families_.on_trades_break(time); }

  bool is_per_event() const { return interval_ns_ == 0; }
  /// The label of the row that waits for time to come to it; per event: that is due now.
  const std::optional<UnixNanos>& pending() const { return pending_; }
  /// Writes the pending row and starts the next.
  void emit(const RowState& state, const FlowTotals& totals, TimeKeys& keys, Table& table);

  /// All rows emitted so far are in the table.
  void flush(Table& table) { block_.flush(table); }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  void write_quality(const RowState& state, TimeKeys& keys, RowWriter& row);
  void write_raw_arrays(const BookImage& book, RowWriter& row) const;
  int64_t interval_of(UnixNanos time) const {
    return interval_ns_ == 0 ? 0 : floor_divide(time.value, interval_ns_);
  }

  EngineKey key_;
  FeatureParameters parameters_;
  int64_t interval_ns_;
  OrderbookFamilies families_;
  WindowReturns window_returns_;
  RowBlock block_;  ///< Rows that are not in the table yet.

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
