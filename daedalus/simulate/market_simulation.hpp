#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/time.hpp"
#include "daedalus/market/events.hpp"
#include "daedalus/simulate/random_source.hpp"

namespace daedalus {

/// One market that exists only here. Prices are counted in ticks (10^-price_scale), sizes in lots
/// (10^-size_scale).
struct SimulatedInstrument {
  Instrument instrument;
  int price_scale = 2;
  int size_scale = 8;
  int64_t start_price = 0;   ///< In ticks.
  int64_t typical_size = 0;  ///< In lots; sizes spread over some octaves below and above.
};

/// Known coins start near a price people know; any other name gets one that its letters determine.
SimulatedInstrument make_simulated_instrument(const Instrument& instrument);

/// A level as it is after an event; size 0: gone.
struct LevelChange {
  Side side = Side::buy;
  int64_t price = 0;
  int64_t size = 0;
};

struct SimulatedTrade {
  int64_t trade_id = 0;
  int64_t price = 0;
  int64_t size = 0;
  Side taker_side = Side::buy;
};

/// What one order did: trades first, then the levels it left behind. Spans hold during the call.
struct MarketEvent {
  size_t symbol = 0;
  UnixNanos time;
  int64_t update_id = 0;  ///< Of the symbol: one more an event.
  bool best_changed = false;
  std::span<const LevelChange> changes;
  std::span<const SimulatedTrade> trades;
};

/// Rolling figures since the simulation began.
struct MarketStatistics {
  int64_t open = 0, high = 0, low = 0, last = 0;
  int64_t last_size = 0;
  int64_t volume = 0;  ///< In lots.
  double quote_volume = 0;
  int64_t trades = 0;
};

/// The order book of one simulated symbol.
struct SimulatedBook {
  std::map<int64_t, int64_t, std::greater<>> bids;  ///< Price to size, best first.
  std::map<int64_t, int64_t> asks;
  int64_t update_id = 0;
};

struct MarketOptions {
  uint64_t seed = 1;
  double events_per_second = 20;  ///< Of one symbol.
  int levels_per_side = 400;
  double volatility_bps = 0.25;  ///< Of the fair price, in one second.
};

/// Order flow around a wandering fair price: limit orders, cancels and market orders as Poisson
/// processes, independent per symbol. The same arguments give the same events everywhere.
class MarketSimulation {
 public:
  MarketSimulation(std::vector<SimulatedInstrument> instruments, const MarketOptions& options,
                   UnixNanos start);

  size_t symbols() const { return markets_.size(); }
  const SimulatedInstrument& instrument(size_t symbol) const { return markets_[symbol].instrument; }
  const SimulatedBook& book(size_t symbol) const { return markets_[symbol].book; }
  const MarketStatistics& statistics(size_t symbol) const { return markets_[symbol].statistics; }

  /// When the next event happens.
  UnixNanos next_time() const { return due_.top().time; }
  /// Lets exactly the next event happen.
  MarketEvent step();

 private:
  struct Market {
    SimulatedInstrument instrument;
    SimulatedBook book;
    MarketStatistics statistics;
    RandomSource random;
    double fair = 0;  ///< In ticks.
    int64_t next_trade_id = 1;
    int64_t reach = 1;  ///< How far from the fair price orders are placed, in ticks.
    UnixNanos last_event;
  };
  struct Due {
    UnixNanos time;
    size_t symbol;
    bool operator>(const Due& other) const {
      return time != other.time ? time > other.time : symbol > other.symbol;
    }
  };

  void fill(Market& market);
  void move_fair_price(Market& market, UnixNanos now);
  void choose_event(Market& market);
  /// Up to `reach` ticks from the fair price, most of them near it.
  void place_limit_order(Market& market, Side side, int64_t reach);
  void cancel_some_level(Market& market, Side side);
  /// Makers take back what the fair price has passed.
  void withdraw_stale_levels(Market& market, Side side);
  void send_market_order(Market& market, Side taker);
  int64_t draw_size(Market& market);
  void set_level(Market& market, Side side, int64_t price, int64_t size);
  Nanoseconds draw_wait(Market& market);

  MarketOptions options_;
  std::vector<Market> markets_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<LevelChange> changes_;
  std::vector<SimulatedTrade> trades_;
};

}  // namespace daedalus
