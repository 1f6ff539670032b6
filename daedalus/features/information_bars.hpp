#pragma once

#include <string>

#include "daedalus/features/bars.hpp"
#include "daedalus/features/information_bar_spec.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// Gold bars of trades that close when so much was traded, not when time has passed. A trade that
/// crosses the threshold is split exactly, and may fill many bars. Source: Lopez de Prado 2018.
class InformationBars {
 public:
  explicit InformationBars(const InformationBarSpec& spec) : spec_(spec) {}

  static std::vector<FeatureColumn> columns();
  const InformationBarSpec& spec() const { return spec_; }
  /// Writes the bars that the trade fills. Errors: malformed, if they would be more than
  /// kMostBarsOfATrade, or its cost kMostCost: the trade then feeds nothing.
  Result<void> on_trade(const TradeEvent& trade, const EngineKey& key, TimeKeys& keys,
                        Table& table);
  /// The bar that is being filled, as it is, if there is one.
  void write_unfinished(const EngineKey& key, TimeKeys& keys, Table& table) const;

  void save(StateWriter& out) const;
  void load(StateReader& in);

  /// What one trade adds to a table is bounded by it: 10 MB or so.
  static constexpr int64_t kMostBarsOfATrade = 50'000;
  /// Sums are integers of 128 bits at up to 18 decimals.
  static constexpr double kMostCost = 1e18;

 private:
  /// What of a trade goes into one bar.
  struct Part {
    ScaledSum amount;
    ScaledSum cost;
  };
  struct Bar {
    UnixNanos start;
    UnixNanos end;
    OpenHighLowClose price;
    ScaledSum volume, cost, buy_volume, sell_volume;
    bool is_cost_known = true;
    CompensatedSum realized_variance;
    int64_t trades = 0;

    ScaledSum signed_volume() const { return buy_volume - sell_volume; }
  };

  /// About how many bars the trade would fill.
  double bars_filled_by(const TradeEvent& trade) const;
  Part fitting(const TradeEvent& trade, const Part& rest) const;
  void add(const TradeEvent& trade, const Part& part, bool is_first_part);
  bool is_full() const;
  void close(const EngineKey& key, TimeKeys& keys, Table& table);
  void write(const Bar& bar, bool is_complete, const EngineKey& key, TimeKeys& keys,
             Table& table) const;

  InformationBarSpec spec_;
  std::optional<Bar> bar_;
  /// A dollar bar's volume is a share, with digits that no double holds: it is written in 13, and
  /// what that kept back (or gave too much) goes into the next bar, so that what is written adds up
  /// to what was traded.
  ScaledSum held_back_volume_;
};

}  // namespace daedalus
