// What a simulated exchange sends of itself, as its market moves and its timers run out.
#include <algorithm>

#include "daedalus/simulate/simulated_exchange.hpp"

namespace daedalus {
namespace {

constexpr size_t kTradesRemembered = 20;
constexpr int64_t kNanosPerMilli = 1'000'000;

std::vector<PriceLevel> changed_levels(const std::map<int64_t, int64_t>& levels,
                                       const SimulatedInstrument& instrument) {
  std::vector<PriceLevel> out;
  out.reserve(levels.size());
  for (const auto& [price, size] : levels) {
    out.push_back({{price, static_cast<int8_t>(instrument.price_scale)},
                   {size, static_cast<int8_t>(instrument.size_scale)}});
  }
  return out;
}

}  // namespace

std::optional<UnixNanos> SimulatedExchange::next_time() const {
  return std::min(market_.next_time(), due_.begin()->time);
}

void SimulatedExchange::advance(UnixNanos until, VenueOutbox& out) {
  while (!out.is_full()) {
    const UnixNanos timer_time = due_.begin()->time;
    const UnixNanos market_time = market_.next_time();
    if (std::min(timer_time, market_time) > until) {
      now_ = std::max(now_, until);
      return;
    }
    if (market_time <= timer_time) {
      now_ = market_time;
      on_market_event(market_.step(), out);
      continue;
    }
    const Due due = *due_.begin();
    due_.erase(due_.begin());
    now_ = due.time;
    switch (due.timer) {
      case Timer::flush:
        flush(due.symbol, due.interval_ms, due.time, out);
        break;
      case Timer::statistics:
        send_statistics(due.time, out);
        due_.insert({due.time + Nanoseconds(kNanosPerSecond), due.timer, 0, due.interval_ms});
        break;
      case Timer::heartbeat:
        send_heartbeats(due.time, out);
        due_.insert({due.time + Nanoseconds(kNanosPerSecond), due.timer, 0, due.interval_ms});
        break;
    }
  }
}

void SimulatedExchange::on_market_event(const MarketEvent& event, VenueOutbox& out) {
  if (!event.trades.empty()) send_trades(event, out);
  add_to_batches(event, out);
  const bool ticks = wording_.ticker_follows_trades() ? !event.trades.empty() : event.best_changed;
  if (ticks) send_ticker(event.symbol, event.time, out);
}

void SimulatedExchange::send_trades(const MarketEvent& event, VenueOutbox& out) {
  Symbol& symbol = symbols_[event.symbol];
  const SimulatedInstrument& instrument = market_.instrument(event.symbol);
  std::vector<Trade> trades;
  for (const SimulatedTrade& entry : event.trades) {
    Trade trade;
    trade.symbol_native = instrument.instrument.symbol_native;
    trade.trade_id = std::to_string(entry.trade_id);
    trade.time = {millis_of(event.time), floor_divide(event.time.value, 1000)};
    trade.taker_side = entry.taker_side;
    trade.price = {entry.price, static_cast<int8_t>(instrument.price_scale)};
    trade.amount = {entry.size, static_cast<int8_t>(instrument.size_scale)};
    trades.push_back(std::move(trade));
  }
  for (const StreamKind kind : {StreamKind::trades, StreamKind::aggregate_trades}) {
    for (const Listener& listener : symbol.listeners[kind]) {
      ClientConnection* client = connections_.find(listener.connection);
      for (const std::string& frame : wording_.trades(trades, listener.stream.name, event.time)) {
        connections_.send(*client, frame, event.time, out);
      }
    }
  }
  std::vector<Trade>& last = symbol.last_trades;
  last.insert(last.end(), std::make_move_iterator(trades.begin()),
              std::make_move_iterator(trades.end()));
  if (last.size() > kTradesRemembered) {
    last.erase(last.begin(), last.end() - static_cast<std::ptrdiff_t>(kTradesRemembered));
  }
}

void SimulatedExchange::add_to_batches(const MarketEvent& event, VenueOutbox& out) {
  Symbol& symbol = symbols_[event.symbol];
  for (auto& [interval_ms, batch] : symbol.batches) {
    if (batch.bids.empty() && batch.asks.empty()) batch.first_id = event.update_id;
    for (const LevelChange& change : event.changes) {
      (change.side == Side::buy ? batch.bids : batch.asks)[change.price] = change.size;
    }
    batch.last_event = event.time;
    if (interval_ms == 0) {
      flush(event.symbol, 0, event.time, out);
    } else if (!batch.due) {
      // Symbols take turns within the interval, as at a venue with many of them.
      const int64_t interval = interval_ms * kNanosPerMilli;
      const int64_t offset =
          interval * static_cast<int64_t>(event.symbol) / static_cast<int64_t>(symbols_.size());
      const UnixNanos turn =
          floor_to(event.time - Nanoseconds(offset), interval) + Nanoseconds(interval + offset);
      batch.due = true;
      due_.insert({turn, Timer::flush, event.symbol, interval_ms});
    }
  }
}

void SimulatedExchange::flush(size_t index, int64_t interval_ms, UnixNanos now, VenueOutbox& out) {
  Symbol& symbol = symbols_[index];
  const auto found = symbol.batches.find(interval_ms);
  if (found == symbol.batches.end()) return;
  Batch& batch = found->second;
  batch.due = false;
  if (batch.bids.empty() && batch.asks.empty()) return;
  const SimulatedInstrument& instrument = market_.instrument(index);
  BookMessage message;
  message.symbol_native = instrument.instrument.symbol_native;
  message.time = {millis_of(batch.last_event), floor_divide(batch.last_event.value, 1000)};
  message.first_sequence = batch.first_id;
  message.last_sequence = market_.book(index).update_id;
  message.previous_sequence = batch.flushed_id;
  message.bids = changed_levels(batch.bids, instrument);
  message.asks = changed_levels(batch.asks, instrument);
  batch.flushed_id = *message.last_sequence;
  batch.bids.clear();
  batch.asks.clear();
  for (const Listener& listener : symbol.listeners[StreamKind::book]) {
    if (listener.stream.interval_ms != interval_ms) continue;
    connections_.send(*connections_.find(listener.connection),
                      wording_.book(message, listener.stream.name, now), now, out);
  }
}

void SimulatedExchange::send_ticker(size_t index, UnixNanos now, VenueOutbox& out) {
  const std::vector<Listener>& listeners = symbols_[index].listeners[StreamKind::best];
  if (listeners.empty()) return;
  const Ticker best = ticker(index, TickerKind::bbo, now);
  for (const Listener& listener : listeners) {
    connections_.send(*connections_.find(listener.connection),
                      wording_.ticker(best, listener.stream.name, false, now), now, out);
  }
}

void SimulatedExchange::send_statistics(UnixNanos now, VenueOutbox& out) {
  for (size_t index = 0; index < symbols_.size(); ++index) {
    for (const Listener& listener : symbols_[index].listeners[StreamKind::statistics]) {
      connections_.send(*connections_.find(listener.connection),
                        wording_.ticker(ticker(index, TickerKind::stats_24h, now),
                                        listener.stream.name, false, now),
                        now, out);
    }
  }
}

void SimulatedExchange::send_heartbeats(UnixNanos now, VenueOutbox& out) {
  const int64_t counter = (now - start_).count() / kNanosPerSecond;
  for (auto& [id, client] : connections_.all()) {
    for (const AskedStream& stream : client.streams) {
      if (stream.id.kind != StreamKind::heartbeats) continue;
      const std::string frame = wording_.heartbeat(stream.id.symbol_native, counter, now);
      if (!frame.empty()) connections_.send(client, frame, now, out);
    }
  }
}

}  // namespace daedalus
