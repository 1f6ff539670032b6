#include "daedalus/simulate/simulated_exchange.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "daedalus/base/check.hpp"

namespace daedalus {
namespace {

constexpr int64_t kSecondMs = 1000;

Decimal decimal(int64_t mantissa, int scale) {
  return {mantissa, static_cast<int8_t>(scale)};
}

Decimal rounded(double value, int scale) {
  return decimal(std::llround(value * static_cast<double>(kPowersOfTen[scale])), scale);
}

ExchangeTime exchange_time(UnixNanos time) {
  return {millis_of(time), floor_divide(time.value, 1000)};
}

template <class Levels>
std::vector<PriceLevel> price_levels(const Levels& levels, const SimulatedInstrument& instrument) {
  std::vector<PriceLevel> out;
  out.reserve(levels.size());
  for (const auto& [price, size] : levels) {
    out.push_back({decimal(price, instrument.price_scale), decimal(size, instrument.size_scale)});
  }
  return out;
}

int limit_of(std::string_view target) {
  constexpr std::string_view kKey = "limit=";
  const size_t at = target.find(kKey);
  int limit = 100;
  if (at == std::string_view::npos) return limit;
  std::from_chars(target.data() + at + kKey.size(), target.data() + target.size(), limit);
  return limit;
}

}  // namespace

Result<std::unique_ptr<SimulatedExchange>> SimulatedExchange::create(
    const Exchange& exchange, const SimulatedExchangeOptions& options) {
  DAEDALUS_TRY(const VenueWording* wording, find_wording(exchange));
  if (options.symbols.empty()) return fail(ErrorKind::config, "no symbols to simulate");
  std::vector<SimulatedInstrument> instruments;
  std::set<std::string> seen;
  for (const std::string& typed : options.symbols) {
    const std::string native = exchange.native_symbol(typed);
    const auto instrument = exchange.instrument_of(native);
    if (!instrument) return fail(ErrorKind::config, "{}: no symbol: \"{}\"", exchange.name, typed);
    if (seen.insert(native).second) instruments.push_back(make_simulated_instrument(*instrument));
  }
  return std::unique_ptr<SimulatedExchange>(
      new SimulatedExchange(*wording, std::move(instruments), options));
}

SimulatedExchange::SimulatedExchange(const VenueWording& wording,
                                     std::vector<SimulatedInstrument> instruments,
                                     const SimulatedExchangeOptions& options)
    : wording_(wording),
      connections_(wording),
      market_(std::move(instruments), options.market, options.start),
      symbols_(market_.symbols()),
      start_(options.start),
      now_(options.start) {
  for (size_t symbol = 0; symbol < market_.symbols(); ++symbol) {
    const Instrument& instrument = market_.instrument(symbol).instrument;
    symbol_index_[instrument.symbol_native] = symbol;
    known_symbols_.insert(instrument.symbol_native);
    instruments_.push_back(instrument);
  }
  const UnixNanos next_second = floor_to(start_, kNanosPerSecond) + Nanoseconds(kNanosPerSecond);
  due_.insert({next_second, Timer::statistics, 0, kSecondMs});
  due_.insert({next_second, Timer::heartbeat, 0, kSecondMs});
}

void SimulatedExchange::on_open(int64_t connection, std::string_view target, UnixNanos now,
                                VenueOutbox& out) {
  advance(now, out);
  ClientConnection& client = connections_.open(connection, target);
  take_outcome(client, connections_.read_target(client, target, &known_symbols_), now, out);
}

void SimulatedExchange::on_frame(int64_t connection, std::string_view text, UnixNanos now,
                                 VenueOutbox& out) {
  advance(now, out);
  ClientConnection* client = connections_.find(connection);
  if (client == nullptr) return;
  RequestOutcome outcome = connections_.read_frame(*client, text, &known_symbols_);
  if (outcome.understood) return take_outcome(*client, std::move(outcome), now, out);
  const std::string answer = wording_.not_understood(text);
  if (!answer.empty()) connections_.send(*client, answer, now, out);
}

void SimulatedExchange::take_outcome(ClientConnection& connection, RequestOutcome outcome,
                                     UnixNanos now, VenueOutbox& out) {
  if (!outcome.understood) return;
  for (const AskedStream& stream : outcome.removed) remove_listener(connection.id, stream);
  if (!outcome.unknown_symbols.empty()) {
    const std::string refusal = wording_.refusal(outcome.unknown_symbols);
    if (!refusal.empty()) connections_.send(connection, refusal, now, out);
  }
  for (const AskedStream& stream : outcome.added) start_stream(connection, stream, now, out);
  const std::string acknowledgement =
      wording_.acknowledgement(outcome.request, connection.streams, now);
  if (!acknowledgement.empty()) connections_.send(connection, acknowledgement, now, out);
}

void SimulatedExchange::start_stream(ClientConnection& connection, const AskedStream& stream,
                                     UnixNanos now, VenueOutbox& out) {
  const auto found = symbol_index_.find(stream.id.symbol_native);
  if (found == symbol_index_.end()) return;
  const size_t index = found->second;
  Symbol& symbol = symbols_[index];
  symbol.listeners[stream.id.kind].push_back({connection.id, stream});
  if (stream.id.kind == StreamKind::book) {
    const int64_t interval = stream.interval_ms;
    const auto [batch, is_new] = symbol.batches.try_emplace(interval);
    if (is_new) batch->second.flushed_id = market_.book(index).update_id;
  }
  if (!wording_.in_band_snapshots()) return;
  switch (stream.id.kind) {
    case StreamKind::book:
      return connections_.send(connection, wording_.book(image(index), stream.name, now), now, out);
    case StreamKind::trades: {
      std::vector<Trade> history = symbol.last_trades;
      if (history.empty()) return;
      for (Trade& trade : history) trade.is_history = true;
      for (const std::string& frame : wording_.trades(history, stream.name, now)) {
        connections_.send(connection, frame, now, out);
      }
      return;
    }
    case StreamKind::best:
      return connections_.send(
          connection, wording_.ticker(ticker(index, TickerKind::bbo, now), stream.name, true, now),
          now, out);
    default:
      return;
  }
}

void SimulatedExchange::remove_listener(int64_t connection, const AskedStream& stream) {
  const auto found = symbol_index_.find(stream.id.symbol_native);
  if (found == symbol_index_.end()) return;
  Symbol& symbol = symbols_[found->second];
  std::vector<Listener>& listeners = symbol.listeners[stream.id.kind];
  std::erase_if(listeners, [&](const Listener& entry) {
    return entry.connection == connection && entry.stream.name == stream.name;
  });
  if (stream.id.kind != StreamKind::book) return;
  const bool still = std::any_of(listeners.begin(), listeners.end(), [&](const Listener& entry) {
    return entry.stream.interval_ms == stream.interval_ms;
  });
  if (!still) symbol.batches.erase(stream.interval_ms);
}

void SimulatedExchange::on_closed(int64_t connection) {
  const ClientConnection* client = connections_.find(connection);
  if (client == nullptr) return;
  for (const AskedStream& stream : client->streams) remove_listener(connection, stream);
  connections_.close(connection);
}

void SimulatedExchange::on_http(int64_t request, std::string_view target, UnixNanos now,
                                VenueOutbox& out) {
  advance(now, out);
  const Exchange& exchange = wording_.exchange();
  if (const auto symbol = exchange.snapshot_symbol(target)) {
    const auto image = book_image(*symbol);
    if (!image) return out.answer(request, 400, wording_.rest_unknown_symbol(), now);
    return out.answer(request, 200, wording_.rest_book(*image, limit_of(target)), now);
  }
  const std::string instruments = exchange.instruments_path();
  if (target.substr(0, target.find('?')) == instruments.substr(0, instruments.find('?'))) {
    return out.answer(request, 200, wording_.rest_instruments(instruments_), now);
  }
  out.answer(request, 404, "not found", now);
}

std::optional<BookMessage> SimulatedExchange::book_image(std::string_view symbol_native) const {
  const auto found = symbol_index_.find(symbol_native);
  if (found == symbol_index_.end()) return std::nullopt;
  return image(found->second);
}

BookMessage SimulatedExchange::image(size_t symbol) const {
  const SimulatedInstrument& instrument = market_.instrument(symbol);
  const SimulatedBook& book = market_.book(symbol);
  BookMessage message;
  message.is_snapshot = true;
  message.symbol_native = instrument.instrument.symbol_native;
  message.time = exchange_time(now_);
  message.last_sequence = book.update_id;
  message.bids = price_levels(book.bids, instrument);
  message.asks = price_levels(book.asks, instrument);
  return message;
}

Ticker SimulatedExchange::ticker(size_t symbol, TickerKind kind, UnixNanos now) const {
  const SimulatedInstrument& instrument = market_.instrument(symbol);
  const SimulatedBook& book = market_.book(symbol);
  const MarketStatistics& statistics = market_.statistics(symbol);
  const auto price = [&](int64_t ticks) { return decimal(ticks, instrument.price_scale); };
  const auto size = [&](int64_t lots) { return decimal(lots, instrument.size_scale); };
  Ticker ticker;
  ticker.symbol_native = instrument.instrument.symbol_native;
  ticker.kind = kind;
  ticker.time = exchange_time(now);
  ticker.sequence = book.update_id;
  ticker.bid = price(book.bids.begin()->first);
  ticker.bid_volume = size(book.bids.begin()->second);
  ticker.ask = price(book.asks.begin()->first);
  ticker.ask_volume = size(book.asks.begin()->second);
  ticker.last = price(statistics.last);
  ticker.open = price(statistics.open);
  ticker.high = price(statistics.high);
  ticker.low = price(statistics.low);
  ticker.base_volume = size(statistics.volume);
  const double ticks = static_cast<double>(kPowersOfTen[instrument.price_scale]);
  const double lots = static_cast<double>(kPowersOfTen[instrument.size_scale]);
  ticker.quote_volume = rounded(statistics.quote_volume / ticks / lots, 2);
  ticker.change = price(statistics.last - statistics.open);
  ticker.percentage = rounded(100.0 * static_cast<double>(statistics.last - statistics.open) /
                                  static_cast<double>(statistics.open),
                              8);
  const double traded = static_cast<double>(std::max<int64_t>(statistics.volume, 1));
  ticker.vwap = statistics.volume == 0 ? price(statistics.last)
                                       : price(std::llround(statistics.quote_volume / traded));
  return ticker;
}

}  // namespace daedalus
