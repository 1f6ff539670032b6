#include "daedalus/simulate/market_simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace daedalus {
namespace {

constexpr UnixNanos kStart{1'700'000'000'000'000'000};

SimulatedInstrument instrument(const std::string& base, const std::string& quote) {
  Instrument named;
  named.symbol_native = base + "-" + quote;
  named.symbol = named.symbol_native;
  named.base = base;
  named.quote = quote;
  return make_simulated_instrument(named);
}

MarketSimulation make_market(uint64_t seed, double rate = 50) {
  return MarketSimulation({instrument("BTC", "USD"), instrument("DOGE", "USD"),
                           instrument("ETH", "BTC"), instrument("WHATEVER", "EUR")},
                          {.seed = seed, .events_per_second = rate}, kStart);
}

std::string transcript(MarketSimulation market, int events) {
  std::string text;
  for (int i = 0; i < events; ++i) {
    const MarketEvent event = market.step();
    text += fmt::format("{} {} {}|", event.symbol, event.time.value, event.update_id);
    for (const LevelChange& change : event.changes) {
      text += fmt::format("{},{},{};", static_cast<int>(change.side), change.price, change.size);
    }
    for (const SimulatedTrade& trade : event.trades) {
      text += fmt::format("{}@{}x{};", trade.trade_id, trade.price, trade.size);
    }
  }
  return text;
}

TEST(MarketSimulation, TheSameSeedGivesTheSameEventsAndAnotherSeedOthers) {
  EXPECT_EQ(transcript(make_market(7), 5000), transcript(make_market(7), 5000));
  EXPECT_NE(transcript(make_market(7), 100), transcript(make_market(8), 100));
}

TEST(MarketSimulation, TheFirstDrawsOfASeedNeverChange) {
  RandomSource random(42);
  EXPECT_EQ(random.next(), 15021278609987233951ULL);
  EXPECT_EQ(random.next(), 5881210131331364753ULL);
}

TEST(MarketSimulation, ABookHasTwoSidesNeverCrossesAndChangesAreAsTheBookIsAfterwards) {
  MarketSimulation market = make_market(1);
  UnixNanos last = kStart;
  for (int i = 0; i < 200'000; ++i) {
    const MarketEvent event = market.step();
    const SimulatedBook& book = market.book(event.symbol);
    ASSERT_GE(event.time, last);
    last = event.time;
    ASSERT_FALSE(event.changes.empty());
    ASSERT_FALSE(book.bids.empty());
    ASSERT_FALSE(book.asks.empty());
    ASSERT_LT(book.bids.begin()->first, book.asks.begin()->first);
    const LevelChange& change = event.changes.back();
    const bool bid = change.side == Side::buy;
    const bool there = bid ? book.bids.contains(change.price) : book.asks.contains(change.price);
    ASSERT_EQ(there, change.size > 0);
  }
}

TEST(MarketSimulation, BooksLookPlausible) {
  MarketSimulation market = make_market(3);
  std::vector<double> spreads_bps;
  size_t least_levels = 1'000'000;
  int trades = 0, buys = 0, best_changes = 0;
  double highest = 0, lowest = 1e18;
  constexpr int kEvents = 200'000;
  for (int i = 0; i < kEvents; ++i) {
    const MarketEvent event = market.step();
    trades += static_cast<int>(event.trades.size());
    for (const SimulatedTrade& trade : event.trades) buys += trade.taker_side == Side::buy;
    best_changes += event.best_changed;
    if (event.symbol != 0) continue;
    const SimulatedBook& book = market.book(0);
    least_levels = std::min({least_levels, book.bids.size(), book.asks.size()});
    const auto bid = static_cast<double>(book.bids.begin()->first);
    const auto ask = static_cast<double>(book.asks.begin()->first);
    spreads_bps.push_back((ask - bid) / bid * 1e4);
    highest = std::max(highest, bid);
    lowest = std::min(lowest, bid);
  }
  std::nth_element(spreads_bps.begin(), spreads_bps.begin() + spreads_bps.size() / 2,
                   spreads_bps.end());
  EXPECT_LT(spreads_bps[spreads_bps.size() / 2], 1.0);
  EXPECT_GT(least_levels, 150u);
  EXPECT_GT(trades, kEvents / 20);
  EXPECT_LT(trades, kEvents / 2);
  EXPECT_NEAR(static_cast<double>(buys) / trades, 0.5, 0.05);
  EXPECT_GT(best_changes, kEvents / 20);
  EXPECT_GT(highest / lowest, 1.0001) << "the price wanders";
  EXPECT_LT(highest / lowest, 1.2);
}

TEST(MarketSimulation, ExponentialWaitsHaveMeanOne) {
  RandomSource random(9);
  double sum = 0, squares = 0;
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    const double drawn = random.exponential();
    sum += drawn;
    squares += drawn * drawn;
  }
  EXPECT_NEAR(sum / kDraws, 1.0, 0.02);
  EXPECT_NEAR(squares / kDraws, 2.0, 0.1);
}

TEST(MarketSimulation, EventsComeAtTheRateAskedFor) {
  MarketSimulation market = make_market(5, 100);
  int events = 0;
  while (market.next_time() < kStart + Nanoseconds(60 * kNanosPerSecond)) {
    market.step();
    ++events;
  }
  EXPECT_NEAR(events, 4 * 100 * 60, 800);
}

}  // namespace
}  // namespace daedalus
