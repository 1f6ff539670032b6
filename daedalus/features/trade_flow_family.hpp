#pragma once

#include <optional>
#include <vector>

#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/rolling_windows.hpp"
#include "daedalus/features/row_moment.hpp"
#include "daedalus/features/row_writer.hpp"
#include "daedalus/features/trade_sums.hpp"

namespace daedalus {

/// What traded in each window: flow imbalance, volume, count, average price; and what that cost
/// against the book, of trades while the book was known: those hold what came after the later break
/// of the book's and the trades' channel.
class TradeFlowFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "trade_flow",
                                       .category = Category::rolling,
                                       .clock = Clock::trade,
                                       .cost = "O(windows) per trade and row; the window's trades"};

  explicit TradeFlowFamily(const FeatureParameters& parameters)
      : windows_(parameters.rolling_windows_s), values_(parameters.rolling_windows_s.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_trade(const TradeEvent& trade);
  void on_book_break() { with_book_.reset(); }
  void on_trades_break(UnixNanos time);
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  struct Entry : WindowTrade {
    double spread_bps = kNull;  ///< Null: the book had no mid.

    void save(StateWriter& out) const;
    static Entry load(StateReader& in);
  };
  struct Sums {
    TradeSums trades;
    ExactSum spreads_bps;
    int64_t spreads = 0;

    void enter(const Entry& entry);
    Sums operator-(const Sums& other) const {
      return {trades - other.trades, spreads_bps - other.spreads_bps, spreads - other.spreads};
    }
    void save(StateWriter& out) const;
    static Sums load(StateReader& in);
  };
  /// Where the trades begin that came while the book was known, with no break since.
  struct Beginning {
    int64_t number = 0;
    Sums before;  ///< Total of the stretch's trades before it.
  };
  /// What was written last of a window, and of which trades.
  struct Values {
    WindowExtent of;
    WindowExtent of_with_book;
    double imbalance = kNull, volume = kNull, count = kNull, vwap = kNull;
    double vwap_with_book = kNull, cost_with_book = kNull, spread_bps = kNull;
  };
  const Values& values_of(size_t window);
  /// Empty at the end where no trade came with the book.
  WindowExtent extent_with_book(size_t window) const;

  RollingWindows<Entry, Sums> windows_;
  bool has_started_ = false;  ///< The trades' stretch.
  std::optional<Beginning> with_book_;
  std::vector<Values> values_;
};

}  // namespace daedalus
