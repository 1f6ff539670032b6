#include <utility>

#include "daedalus/bronze/interpreter_inner.hpp"

namespace daedalus {

void Interpreter::Inner::note(FrameOutcome what) {
  if (outcome == FrameOutcome::empty) outcome = what;
}

Stream* Interpreter::Inner::data_stream(std::string_view symbol, Channel channel, bool is_flow) {
  const auto native = table.find_or_add_native(symbol);
  if (!native) {
    note(FrameOutcome::unknown_symbol);
    observer->on_unparsable(connection_id, {ErrorKind::malformed, "no symbol of this venue: \"" +
                                                                      std::string(symbol) + '"'});
    return nullptr;
  }
  const int index = table.stream_index(*native, channel);
  Stream& stream = table.streams[index];
  if (is_flow && stream.connection != connection_id) attach(index, connection_id);
  SymbolStreams& owner = table.symbols[table.natives[*native].symbol];
  if (!owner.has_data) {
    owner.has_data = true;
    const auto known = table.instruments.find(symbol);
    if (known != table.instruments.end()) {
      owner.instrument_written = true;
      frame_rows += 1;
      rows->on_instrument_row(next_key(*native), known->second);
    }
  }
  stream.native = *native;
  if (is_flow) observer->on_data(connection_id, stream.subscription, now.capture_time);
  return &stream;
}

void Interpreter::Inner::on_connection_sequence(int64_t sequence) {
  Connection& source = connection(connection_id);
  const std::optional<int64_t> last = std::exchange(source.last_sequence, sequence);
  const std::vector<int> streams = source.streams;
  if (last && sequence == 0 && *last > 0) {  // The venue began to count anew: a connection unseen.
    for (const int stream : streams) {
      break_stream(table.streams[stream],
                   {.kind = GapKind::disconnect, .detail = "count restarted"});
    }
    return;
  }
  if (last && sequence <= *last) {
    source.last_sequence = last;
    skip_frame = true;
    return note(FrameOutcome::duplicate);
  }
  const int64_t expected = last ? *last + 1 : 0;
  if (sequence == expected || (!last && !source.saw_connect)) return;
  for (const int stream : streams) {
    break_stream(table.streams[stream],
                 {.kind = GapKind::sequence, .expected = expected, .received = sequence});
  }
  observer->on_connection_broken(connection_id, GapKind::sequence);
}

void Interpreter::Inner::on_trade(const Trade& trade) {
  if (skip_frame) return;
  Stream* stream = data_stream(trade.symbol_native, Channel::trades, true);
  if (!stream) return;
  if (stream->coverage != Coverage::live) close_gap(*stream, "data");
  if (!stream->trades.insert(trade, options.duplicate_trade_ids)) {
    return note(FrameOutcome::duplicate);
  }
  frame_rows += 1;
  rows->on_trade_row(next_key(stream->native), trade);
}

void Interpreter::Inner::on_ticker(const Ticker& ticker) {
  if (skip_frame) return;
  Stream* stream = data_stream(ticker.symbol_native, Channel::ticker, true);
  if (!stream) return;
  if (stream->coverage != Coverage::live) close_gap(*stream, "data");
  frame_rows += 1;
  rows->on_ticker_row(next_key(stream->native), ticker);
}

void Interpreter::Inner::on_other(const OtherMessage& message) {
  if (skip_frame) return;
  frame_rows += 1;
  if (message.symbol_native.empty()) {
    const RowKey key{now.capture_time, now.frame_seq * kRowsPerFrame + now.place++, {}, {}};
    return rows->on_other_row(key, message);
  }
  Stream* stream = data_stream(message.symbol_native, Channel::other, true);
  if (!stream) {
    frame_rows -= 1;
    return;
  }
  if (stream->coverage != Coverage::live) close_gap(*stream, "data");
  rows->on_other_row(next_key(stream->native), message);
}

void Interpreter::Inner::on_instrument(const Instrument& instrument) {
  if (skip_frame) return;
  note(FrameOutcome::instruments);
  const auto old = table.instruments.find(instrument.symbol_native);
  const bool is_same = old != table.instruments.end() && same_instrument(old->second, instrument);
  if (!is_same) table.instruments.insert_or_assign(instrument.symbol_native, instrument);
  const auto native = table.find_native(instrument.symbol_native);
  if (!native) return;
  SymbolStreams& owner = table.symbols[table.natives[*native].symbol];
  if (!owner.has_data || (is_same && owner.instrument_written)) return;
  owner.instrument_written = true;
  frame_rows += 1;
  rows->on_instrument_row(next_key(*native), instrument);
}

void Interpreter::Inner::on_control(const ControlMessage& message) {
  if (skip_frame) return;
  switch (message.kind) {
    case ControlMessage::Kind::heartbeat:
      note(FrameOutcome::heartbeat);
      break;
    case ControlMessage::Kind::acknowledged: {
      note(FrameOutcome::acknowledged);
      for (const Subscription& subscription : message.subscriptions) {
        subscribed(subscription, connection_id, "resubscribe");
      }
      Connection& source = connection(connection_id);
      const auto request =
          message.request_id ? source.requests.find(*message.request_id) : source.requests.end();
      if (request != source.requests.end()) {
        const std::vector<Subscription> asked = std::move(request->second);
        source.requests.erase(request);
        for (const Subscription& one : asked) subscribed(one, connection_id, "resubscribe");
      }
      break;
    }
    case ControlMessage::Kind::refused:
      note(FrameOutcome::refused);
      break;
    case ControlMessage::Kind::notice:
      note(FrameOutcome::notice);
      break;
  }
  observer->on_control(connection_id, message);
}

}  // namespace daedalus
