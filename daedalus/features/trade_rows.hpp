#pragma once

#include "daedalus/features/input.hpp"
#include "daedalus/features/time_keys.hpp"
#include "daedalus/features/trade_event.hpp"
#include "daedalus/features/trade_windows.hpp"

namespace daedalus {

/// silver/trades: one row per live trade, and what each trade compares with.
class TradeRows {
 public:
  explicit TradeRows(const FeatureParameters& parameters);

  /// A row's own columns, then its windows where category `rolling` is on.
  static std::vector<FamilyColumns> catalog(const FeatureParameters& parameters);

  /// Whether this row counts: live, and aggregate only where the stream has no others.
  bool counts(const TradeInput& trade);
  /// Errors: malformed, for a price or an amount that is none.
  Result<TradeEvent> read(const TradeInput& trade) const;
  /// Compares with the trade before (unless inside a gap) and becomes it; fills what comes of it.
  void on_trade(TradeEvent& trade, bool is_in_gap);
  void on_break();
  void write(const TradeInput& input, const TradeEvent& trade, const EngineKey& key, TimeKeys& keys,
             Table& table);
  /// All rows written so far are in the table.
  void flush(Table& table) { block_.flush(table); }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  bool has_single_trades_ = false;  ///< A trade that is no aggregate was ever seen.
  std::optional<Decimal> previous_price_;
  std::optional<int64_t> tick_sign_;
  std::optional<TradeWindows> windows_;  ///< Absent: category `rolling` is off.
  RowBlock block_;                       ///< Rows that are not in the table yet.
};

}  // namespace daedalus
