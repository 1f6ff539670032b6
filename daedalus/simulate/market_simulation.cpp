#include "daedalus/simulate/market_simulation.hpp"

#include <algorithm>
#include <cmath>

#include "daedalus/base/check.hpp"
#include "daedalus/base/hash.hpp"

namespace daedalus {
namespace {

constexpr int64_t kUsualSpreadsInPrice = 10'000;  ///< A spread of 1 bps is usual.
constexpr int64_t kMakersOrderPerTakers = 4;  ///< Takers trade in smaller sizes than makers show.

/// A coin's price in dollars, in cents of a cent, so that it stays whole.
struct KnownPrice {
  std::string_view coin;
  int64_t price_e4;
};
constexpr KnownPrice kKnownPrices[] = {
    {"BTC", 650'000'000}, {"ETH", 19'200'000}, {"SOL", 1'480'000}, {"BNB", 5'900'000},
    {"XRP", 6'100},       {"ADA", 4'200},      {"DOGE", 1'300},    {"LTC", 712'500},
    {"LINK", 141'000},    {"AVAX", 268'000},   {"USDT", 10'000},   {"USDC", 10'000},
    {"USD", 10'000},      {"EUR", 10'800},     {"NEXO", 12'100},
};

int64_t dollar_price_e4(std::string_view coin) {
  for (const KnownPrice& known : kKnownPrices) {
    if (known.coin == coin) return known.price_e4;
  }
  return 5'000 + static_cast<int64_t>(xxh3_64(coin) % 500'000);
}

template <class Levels>
void erase_or_set(Levels& levels, int64_t price, int64_t size) {
  if (size == 0) {
    levels.erase(price);
  } else {
    levels[price] = size;
  }
}

/// The level nearest to `price` in the direction away from the best one, else the last.
template <class Levels>
int64_t level_at_or_behind(const Levels& levels, int64_t price) {
  const auto found = levels.lower_bound(price);
  return found == levels.end() ? levels.rbegin()->first : found->first;
}

struct Best {
  int64_t bid, bid_size, ask, ask_size;
  bool operator==(const Best&) const = default;
};

Best best_of(const SimulatedBook& book) {
  return {book.bids.begin()->first, book.bids.begin()->second, book.asks.begin()->first,
          book.asks.begin()->second};
}

}  // namespace

SimulatedInstrument make_simulated_instrument(const Instrument& instrument) {
  SimulatedInstrument made;
  made.instrument = instrument;
  const int64_t base_e4 = dollar_price_e4(instrument.base);
  const int64_t quote_e4 = dollar_price_e4(instrument.quote);
  const double price = static_cast<double>(base_e4) / static_cast<double>(quote_e4);
  made.price_scale = 2;
  while (made.price_scale < 8 &&
         price * static_cast<double>(kPowersOfTen[made.price_scale]) < 2e4) {
    ++made.price_scale;
  }
  made.start_price =
      static_cast<int64_t>(price * static_cast<double>(kPowersOfTen[made.price_scale]) + 0.5);
  // About 2,000 dollars an order.
  made.size_scale = base_e4 > 10'000'000 ? 8 : base_e4 > 100'000 ? 4 : 2;
  made.typical_size = std::max<int64_t>(
      16, 20'000'000 * kPowersOfTen[made.size_scale] / std::max<int64_t>(base_e4, 1));
  made.instrument.price_tick = Decimal{1, static_cast<int8_t>(made.price_scale)};
  made.instrument.size_tick = Decimal{1, static_cast<int8_t>(made.size_scale)};
  return made;
}

MarketSimulation::MarketSimulation(std::vector<SimulatedInstrument> instruments,
                                   const MarketOptions& options, UnixNanos start)
    : options_(options) {
  DAEDALUS_CHECK(!instruments.empty() && options.events_per_second > 0);
  for (SimulatedInstrument& instrument : instruments) {
    const uint64_t seed = options.seed ^ xxh3_64(instrument.instrument.symbol_native);
    Market market{std::move(instrument), {}, {}, RandomSource(seed), 0, 1, 1, start};
    market.fair = static_cast<double>(market.instrument.start_price);
    market.reach =
        std::max<int64_t>(2L * options.levels_per_side, market.instrument.start_price / 100);
    market.next_trade_id = 1'000'000 + static_cast<int64_t>(market.random.below(1'000'000'000));
    market.book.update_id = 1'000'000 + static_cast<int64_t>(market.random.below(1'000'000'000));
    MarketStatistics& statistics = market.statistics;
    statistics.open = statistics.high = statistics.low = market.instrument.start_price;
    statistics.last = market.instrument.start_price;
    markets_.push_back(std::move(market));
    fill(markets_.back());
    due_.push({start + draw_wait(markets_.back()), markets_.size() - 1});
  }
}

Nanoseconds MarketSimulation::draw_wait(Market& market) {
  const double seconds = market.random.exponential() / options_.events_per_second;
  return Nanoseconds(1 + static_cast<int64_t>(seconds * 1e9));
}

void MarketSimulation::fill(Market& market) {
  const auto levels = static_cast<size_t>(options_.levels_per_side);
  for (int attempt = 0; attempt < 100 * options_.levels_per_side; ++attempt) {
    if (market.book.bids.size() >= levels && market.book.asks.size() >= levels) break;
    if (market.book.bids.size() < levels) place_limit_order(market, Side::buy, market.reach);
    if (market.book.asks.size() < levels) place_limit_order(market, Side::sell, market.reach);
  }
  changes_.clear();
}

int64_t MarketSimulation::draw_size(Market& market) {
  const int64_t limit = market.instrument.typical_size * 8;
  const int64_t size = market.random.over_octaves(limit);
  // A third are round numbers, as people type them.
  if (size > 1000 && market.random.chance(0.3)) return size / 100 * 100;
  return size;
}

void MarketSimulation::set_level(Market& market, Side side, int64_t price, int64_t size) {
  if (side == Side::buy) {
    erase_or_set(market.book.bids, price, size);
  } else {
    erase_or_set(market.book.asks, price, size);
  }
  changes_.push_back({side, price, size});
}

void MarketSimulation::move_fair_price(Market& market, UnixNanos now) {
  const double seconds = static_cast<double>((now - market.last_event).count()) * 1e-9;
  const double deviation = market.fair * options_.volatility_bps * 1e-4 * std::sqrt(seconds);
  const double lowest = static_cast<double>(market.instrument.start_price) * 0.5;
  market.fair = std::max(lowest, market.fair + deviation * market.random.bell());
  market.last_event = now;
}

void MarketSimulation::place_limit_order(Market& market, Side side, int64_t reach) {
  const auto fair = static_cast<int64_t>(market.fair);
  const int64_t distance = market.random.over_octaves(reach);
  SimulatedBook& book = market.book;
  int64_t price = side == Side::buy ? fair - distance : fair + distance;
  if (side == Side::buy && !book.asks.empty())
    price = std::min(price, book.asks.begin()->first - 1);
  if (side == Side::sell && !book.bids.empty())
    price = std::max(price, book.bids.begin()->first + 1);
  price = std::max<int64_t>(price, 1);
  int64_t standing = 0;
  if (side == Side::buy) {
    const auto found = book.bids.find(price);
    if (found != book.bids.end()) standing = found->second;
  } else {
    const auto found = book.asks.find(price);
    if (found != book.asks.end()) standing = found->second;
  }
  set_level(market, side, price, standing + draw_size(market));
}

void MarketSimulation::cancel_some_level(Market& market, Side side) {
  const auto fair = static_cast<int64_t>(market.fair);
  const int64_t distance = market.random.over_octaves(market.reach);
  const bool whole = market.random.chance(0.7);
  const auto remaining = [&](int64_t size) {
    return whole || size < 2 ? 0 : 1 + static_cast<int64_t>(market.random.below(size - 1));
  };
  if (side == Side::buy) {
    const int64_t price = level_at_or_behind(market.book.bids, fair - distance);
    set_level(market, side, price, remaining(market.book.bids[price]));
  } else {
    const int64_t price = level_at_or_behind(market.book.asks, fair + distance);
    set_level(market, side, price, remaining(market.book.asks[price]));
  }
}

void MarketSimulation::withdraw_stale_levels(Market& market, Side side) {
  const auto fair = static_cast<int64_t>(market.fair);
  const auto keep = static_cast<size_t>(options_.levels_per_side / 2);
  for (int withdrawn = 0; withdrawn < 32; ++withdrawn) {
    SimulatedBook& book = market.book;
    const size_t levels = side == Side::buy ? book.bids.size() : book.asks.size();
    const int64_t best = side == Side::buy ? book.bids.begin()->first : book.asks.begin()->first;
    if (levels <= keep || (side == Side::buy ? best < fair : best > fair)) break;
    set_level(market, side, best, 0);
  }
  place_limit_order(market, side, market.reach);
}

void MarketSimulation::send_market_order(Market& market, Side taker) {
  const Side maker = opposite(taker);
  int64_t wanted = std::max<int64_t>(1, draw_size(market) / kMakersOrderPerTakers);
  for (int filled = 0; wanted > 0 && filled < 5; ++filled) {
    SimulatedBook& book = market.book;
    const bool hits_bids = maker == Side::buy;
    if ((hits_bids ? book.bids.size() : book.asks.size()) < 10) break;
    const auto [price, size] = hits_bids ? std::pair<int64_t, int64_t>(*book.bids.begin())
                                         : std::pair<int64_t, int64_t>(*book.asks.begin());
    const int64_t taken = std::min(size, wanted);
    trades_.push_back({market.next_trade_id++, price, taken, taker});
    set_level(market, maker, price, size - taken);
    wanted -= taken;
    MarketStatistics& statistics = market.statistics;
    statistics.high = std::max(statistics.high, price);
    statistics.low = std::min(statistics.low, price);
    statistics.last = price;
    statistics.last_size = taken;
    statistics.volume += taken;
    statistics.quote_volume += static_cast<double>(price) * static_cast<double>(taken);
    ++statistics.trades;
  }
}

void MarketSimulation::choose_event(Market& market) {
  const auto fair = static_cast<int64_t>(market.fair);
  const Best best = best_of(market.book);
  const Side side = market.random.chance(0.5) ? Side::buy : Side::sell;
  const bool stale_bid = best.bid >= fair;
  const bool stale_ask = best.ask <= fair;
  if (stale_bid || stale_ask) {
    const Side stale = stale_bid ? Side::buy : Side::sell;
    if (market.random.chance(0.3)) return send_market_order(market, opposite(stale));
    return withdraw_stale_levels(market, stale);
  }
  // Makers compete for a wide spread: they quote close to the fair price.
  const int64_t usual_spread = std::max<int64_t>(2, fair / kUsualSpreadsInPrice);
  if (best.ask - best.bid > usual_spread && market.random.chance(0.7)) {
    return place_limit_order(market, side, usual_spread);
  }
  const auto levels =
      static_cast<int64_t>(side == Side::buy ? market.book.bids.size() : market.book.asks.size());
  // The book's depth is drawn back to what was asked for.
  const double crowding = static_cast<double>(levels) / options_.levels_per_side;
  const double kind = market.random.unit();
  if (kind < 0.08) return send_market_order(market, side);
  if (levels > 20 && market.random.unit() * 2 < crowding) return cancel_some_level(market, side);
  place_limit_order(market, side, market.reach);
}

MarketEvent MarketSimulation::step() {
  const Due due = due_.top();
  due_.pop();
  Market& market = markets_[due.symbol];
  changes_.clear();
  trades_.clear();
  const Best before = best_of(market.book);
  move_fair_price(market, due.time);
  choose_event(market);
  if (changes_.empty()) place_limit_order(market, Side::buy, market.reach);
  ++market.book.update_id;
  due_.push({due.time + draw_wait(market), due.symbol});
  return {due.symbol, due.time, market.book.update_id, !(best_of(market.book) == before),
          changes_,   trades_};
}

}  // namespace daedalus
