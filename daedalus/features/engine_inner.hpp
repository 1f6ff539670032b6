#pragma once

#include <array>

#include "daedalus/features/book_tracker.hpp"
#include "daedalus/features/continuity.hpp"
#include "daedalus/features/engine.hpp"
#include "daedalus/features/information_bars.hpp"
#include "daedalus/features/orderbook_bars.hpp"
#include "daedalus/features/orderbook_rows.hpp"
#include "daedalus/features/ticker_rows.hpp"
#include "daedalus/features/trade_bars.hpp"
#include "daedalus/features/trade_rows.hpp"

namespace daedalus {

/// The engine's parts, and the three clocks that drive them.
struct FeatureEngine::Inner {
  Inner(const EngineKey& engine_key, const EngineParameters& engine_parameters);

  /// Bars of the book of one duration, and how much of their window's past was covered.
  struct BookBars {
    OrderbookBars bars;
    UnixNanos window_start;
    int64_t covered_at_start = 0;
  };

  /// Errors: malformed, if it lies before the last row.
  Result<void> move_time_to(UnixNanos now, std::string_view table, int64_t recv_seq);
  void move_time(UnixNanos now);
  void pass_seconds(UnixNanos until);
  void end_book_windows(UnixNanos edge);
  void emit_row();
  void end_book_stretch();
  void feed_book_event(const BookInput& row, bool is_usable);
  std::optional<Decimal> mid_at(UnixNanos moment) const;
  Table& bar_table(Channel channel, size_t duration) {
    return tables.bars[first_bar_table[static_cast<size_t>(channel)] + duration].table;
  }

  void save(StateWriter& out) const;
  Result<void> load(StateReader& in);

  EngineKey key;
  EngineParameters parameters;
  EngineTables tables;
  std::array<size_t, 3> first_bar_table;  ///< In tables.bars, by channel.
  TimeKeys keys;

  OpenGaps gaps;
  BookCoverage coverage;
  BookTracker tracker;
  EventSteps steps;
  OrderbookRows rows;
  std::vector<BookBars> book_bars;
  TradeRows trade_rows;
  TickerRows ticker_rows;
  std::vector<TradeBars> trade_bars;
  std::vector<TickerBars> ticker_bars;
  std::vector<InformationBars> information_bars;

  bool has_time = false;  ///< A row came or time was told.
  UnixNanos time;
  UnixNanos next_second;
  std::optional<SecondSample> sample;  ///< Of the book as it is; absent: not taken yet.
};

}  // namespace daedalus
