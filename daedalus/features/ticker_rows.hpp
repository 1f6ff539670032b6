#pragma once

#include "daedalus/features/bars.hpp"
#include "daedalus/features/tick_event.hpp"
#include "daedalus/features/ticker_windows.hpp"
#include "daedalus/features/time_keys.hpp"

namespace daedalus {

/// silver/ticker: one row per ticker of kind bbo.
class TickerRows {
 public:
  explicit TickerRows(const FeatureParameters& parameters);

  /// A row's own columns, then its windows where category `rolling` is on.
  static std::vector<FamilyColumns> catalog(const FeatureParameters& parameters);

  /// Each tick that feeds.
  void on_tick(const TickEvent& tick);
  void on_break();
  void write(const TickerInput& input, const TickEvent& tick, const EngineKey& key, TimeKeys& keys,
             Table& table);
  /// All rows written so far are in the table.
  void flush(Table& table) { block_.flush(table); }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  std::optional<TickerWindows> windows_;  ///< Absent: category `rolling` is off.
  RowBlock block_;                        ///< Rows that are not in the table yet.
};

/// Gold bars of the tickers of one duration.
class TickerBars {
 public:
  explicit TickerBars(int duration_s) : duration_s_(duration_s) {}

  static std::vector<FeatureColumn> columns();
  int duration_s() const { return duration_s_; }
  void on_tick(const TickEvent& tick);
  bool is_due(UnixNanos now) const {
    return is_open_ && now.value >= start_.value + duration_s_ * kNanosPerSecond;
  }
  bool is_open() const { return is_open_; }
  void close(const EngineKey& key, TimeKeys& keys, Table& table, bool is_complete = true);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  int duration_s_;
  bool is_open_ = false;
  UnixNanos start_;
  int64_t ticks_ = 0;
  OpenHighLowClose twice_mid_;
  RunningMean spread_, relative_spread_;
  std::optional<Decimal> min_spread_, max_spread_;
};

}  // namespace daedalus
