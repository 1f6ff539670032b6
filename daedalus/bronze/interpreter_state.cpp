#include <algorithm>
#include <utility>

#include "daedalus/bronze/interpreter_inner.hpp"

namespace daedalus {
namespace {

void save_decimal(StateWriter& out, const Decimal& value) {
  out.integer(value.mantissa);
  out.integer(value.scale);
}

Decimal load_decimal(StateReader& in) {
  const auto mantissa = in.integer();
  return {mantissa, in.integer<int8_t>()};
}

void save_optional_decimal(StateWriter& out, const std::optional<Decimal>& value) {
  out.boolean(value.has_value());
  if (value) save_decimal(out, *value);
}

std::optional<Decimal> load_optional_decimal(StateReader& in) {
  if (!in.boolean()) return std::nullopt;
  return load_decimal(in);
}

void save_levels(StateWriter& out, const std::vector<PriceLevel>& levels) {
  out.integer(levels.size());
  for (const PriceLevel& level : levels) {
    save_decimal(out, level.price);
    save_decimal(out, level.size);
  }
}

void load_levels(StateReader& in, std::vector<PriceLevel>& levels) {
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    const Decimal price = load_decimal(in);
    levels.push_back({price, load_decimal(in)});
  }
}

void save_delta(StateWriter& out, const BufferedDelta& delta) {
  const BookMessage& message = delta.message;
  out.boolean(delta.owns_frame);
  out.text(message.symbol_native);
  out.optional_integer(message.time.timestamp_ms);
  out.optional_integer(message.time.exchange_us);
  out.optional_integer(message.first_sequence);
  out.optional_integer(message.last_sequence);
  out.optional_integer(message.previous_sequence);
  save_levels(out, message.bids);
  save_levels(out, message.asks);
}

BufferedDelta load_delta(StateReader& in) {
  BufferedDelta delta;
  delta.owns_frame = in.boolean();
  delta.message.symbol_native = in.text();
  delta.message.time.timestamp_ms = in.optional_integer();
  delta.message.time.exchange_us = in.optional_integer();
  delta.message.first_sequence = in.optional_integer();
  delta.message.last_sequence = in.optional_integer();
  delta.message.previous_sequence = in.optional_integer();
  load_levels(in, delta.message.bids);
  load_levels(in, delta.message.asks);
  return delta;
}

void save_book(StateWriter& out, const BookTrack& track) {
  track.book.save(out);
  out.boolean(track.is_synced);
  out.boolean(track.is_joining);
  out.optional_integer(track.last_sequence);
  out.integer(track.buffer.size());
  for (const BufferedDelta& delta : track.buffer) save_delta(out, delta);
  out.integer(track.crossed_events);
  out.integer(track.crossed_since.value);
}

Result<void> load_book(StateReader& in, BookTrack& track) {
  DAEDALUS_TRY(track.book, OrderBook::load(in));
  track.is_synced = in.boolean();
  track.is_joining = in.boolean();
  track.last_sequence = in.optional_integer();
  for (size_t left = in.count(); left > 0 && in.ok(); --left)
    track.buffer.push_back(load_delta(in));
  track.crossed_events = in.integer();
  track.crossed_since = {in.integer()};
  return {};
}

void save_subscription(StateWriter& out, const Subscription& subscription) {
  out.text(subscription.symbol_native);
  out.integer(static_cast<int>(subscription.channel));
}

Subscription load_subscription(StateReader& in) {
  std::string symbol = in.text();
  return {std::move(symbol), static_cast<Channel>(std::clamp(in.integer<int>(), 0, 3))};
}

void save_stream(StateWriter& out, const Stream& stream) {
  save_subscription(out, stream.subscription);
  out.integer(stream.native);
  out.integer(stream.connection);
  out.integer(static_cast<int>(stream.coverage));
  out.integer(stream.gap.gap_id);
  out.integer(static_cast<int>(stream.gap.kind));
  out.integer(stream.gap.frames_lost);
  const bool is_book = stream.subscription.channel == Channel::orderbook;
  if (is_book) save_book(out, stream.book);
  stream.trades.save(out);
}

Result<void> load_stream(StateReader& in, Stream& stream) {
  stream.subscription = load_subscription(in);
  stream.native = in.integer<int>();
  stream.connection = in.integer();
  stream.coverage = static_cast<Coverage>(std::clamp(in.integer<int>(), 0, 2));
  stream.gap.gap_id = in.integer();
  stream.gap.kind = static_cast<GapKind>(std::clamp(in.integer<int>(), 0, 5));
  stream.gap.frames_lost = in.integer();
  if (stream.subscription.channel == Channel::orderbook) DAEDALUS_OK(load_book(in, stream.book));
  stream.trades.load(in);
  return {};
}

void save_connection(StateWriter& out, const Connection& connection) {
  out.boolean(connection.saw_connect);
  out.optional_integer(connection.last_sequence);
  out.integer(connection.parser.channel_ids.size());
  for (const auto& [id, name] : connection.parser.channel_ids) {
    out.integer(id);
    out.text(name);
  }
  out.integer(connection.requests.size());
  for (const auto& [id, asked] : connection.requests) {
    out.integer(id);
    out.integer(asked.size());
    for (const Subscription& subscription : asked) save_subscription(out, subscription);
  }
  out.integer(connection.streams.size());
  for (const int stream : connection.streams) out.integer(stream);
}

Connection load_connection(StateReader& in) {
  Connection connection;
  connection.saw_connect = in.boolean();
  connection.last_sequence = in.optional_integer();
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    const auto id = in.integer();
    connection.parser.channel_ids.emplace_back(id, in.text());
  }
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    std::vector<Subscription>& asked = connection.requests[in.integer()];
    for (size_t more = in.count(); more > 0 && in.ok(); --more) {
      asked.push_back(load_subscription(in));
    }
  }
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    connection.streams.push_back(in.integer<int>());
  }
  return connection;
}

void save_instrument(StateWriter& out, const Instrument& instrument) {
  out.text(instrument.symbol_native);
  out.text(instrument.symbol);
  out.text(instrument.base);
  out.text(instrument.quote);
  out.integer(static_cast<int>(instrument.size_unit));
  save_optional_decimal(out, instrument.contract_size);
  save_optional_decimal(out, instrument.price_tick);
  save_optional_decimal(out, instrument.size_tick);
}

Instrument load_instrument(StateReader& in) {
  Instrument instrument;
  instrument.symbol_native = in.text();
  instrument.symbol = in.text();
  instrument.base = in.text();
  instrument.quote = in.text();
  instrument.size_unit = static_cast<SizeUnit>(std::clamp(in.integer<int>(), 0, 2));
  instrument.contract_size = load_optional_decimal(in);
  instrument.price_tick = load_optional_decimal(in);
  instrument.size_tick = load_optional_decimal(in);
  return instrument;
}

}  // namespace

void StreamTable::save(StateWriter& out) const {
  out.integer(natives.size());
  for (const NativeSymbol& native : natives) out.text(native.key.symbol_native);
  out.integer(symbols.size());
  for (const SymbolStreams& symbol : symbols) {
    for (const int stream : symbol.streams) out.integer(stream);
    out.boolean(symbol.has_data);
    out.boolean(symbol.instrument_written);
  }
  out.integer(streams.size());
  for (const Stream& stream : streams) save_stream(out, stream);
  out.integer(connections.size());
  for (const auto& [id, connection] : connections) {
    out.integer(id);
    save_connection(out, connection);
  }
  out.integer(instruments.size());
  for (const auto& [native, instrument] : instruments) save_instrument(out, instrument);
}

Result<void> StreamTable::load(StateReader& in) {
  for (size_t left = in.count(); left > 0 && in.ok(); --left) find_or_add_native(in.text());
  const size_t symbol_count = in.count();
  if (symbol_count != symbols.size()) {
    return fail(ErrorKind::malformed, "seal state: {} symbols instead of {}", symbol_count,
                symbols.size());
  }
  for (SymbolStreams& symbol : symbols) {
    for (int& stream : symbol.streams) stream = in.integer<int>();
    symbol.has_data = in.boolean();
    symbol.instrument_written = in.boolean();
  }
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    DAEDALUS_OK(load_stream(in, streams.emplace_back()));
  }
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    const auto id = in.integer();
    connections.emplace(id, load_connection(in));
  }
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    Instrument instrument = load_instrument(in);
    instruments.emplace(instrument.symbol_native, std::move(instrument));
  }
  return check_indices();
}

/// A state that passed its checksum was written by us; one that another version wrote may still not
/// fit.
Result<void> StreamTable::check_indices() const {
  const auto fits = [](int index, size_t size) { return index < static_cast<int>(size); };
  bool all_fit = true;
  for (const SymbolStreams& symbol : symbols) {
    for (const int stream : symbol.streams) all_fit &= stream >= -1 && fits(stream, streams.size());
  }
  for (const Stream& stream : streams) {
    all_fit &= stream.native >= 0 && fits(stream.native, natives.size());
  }
  for (const auto& [id, connection] : connections) {
    for (const int stream : connection.streams) {
      all_fit &= stream >= 0 && fits(stream, streams.size());
    }
  }
  if (all_fit) return {};
  return fail(ErrorKind::malformed, "seal state: its parts do not fit each other");
}

std::string Interpreter::save() const {
  StateWriter out;
  inner_->table.save(out);
  out.boolean(inner_->is_import);
  for (const int64_t value : inner_->counts) out.integer(value);
  return out.bytes();
}

Result<Interpreter> Interpreter::restore(const Exchange& exchange,
                                         const InterpreterOptions& options,
                                         std::string_view state) {
  Interpreter restored(exchange, options);
  StateReader in(state);
  DAEDALUS_OK(restored.inner_->table.load(in));
  restored.inner_->is_import = in.boolean();
  for (int64_t& value : restored.inner_->counts) value = in.integer();
  if (!in.at_end()) return fail(ErrorKind::malformed, "seal state: it ends at the wrong place");
  return restored;
}

}  // namespace daedalus
