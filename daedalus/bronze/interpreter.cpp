#include "daedalus/bronze/interpreter.hpp"

#include <algorithm>

#include "daedalus/bronze/interpreter_inner.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

constexpr int64_t kHttpOk = 200;

/// Path and query of a URL; empty if it has none.
std::string_view path_of(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t path = url.find_first_of("/?", host);
  return path == std::string_view::npos ? std::string_view{} : url.substr(path);
}

}  // namespace

std::string_view gap_kind_name(GapKind kind) {
  constexpr std::string_view kNames[] = {"disconnect", "sequence",      "checksum",
                                         "crossed",    "snapshot_late", "process"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view frame_outcome_name(FrameOutcome outcome) {
  constexpr std::string_view kNames[kFrameOutcomes] = {
      "rows",        "heartbeat",       "acknowledged",   "refused",    "notice",
      "duplicate",   "before_snapshot", "buffered",       "unsynced",   "stale_snapshot",
      "instruments", "http_error",      "unknown_symbol", "unparsable", "empty"};
  return kNames[static_cast<size_t>(outcome)];
}

Interpreter::Inner::Inner(const Exchange& venue, const InterpreterOptions& chosen)
    : exchange(&venue),
      options(chosen),
      book_rule(find_channel_rule(venue, Channel::orderbook)),
      table(venue) {}

void Interpreter::Inner::apply(const Record& record) {
  now = {record.capture_time, record.frame_seq, 0};
  connection_id = record.connection;
  switch (record.type) {
    case RecordType::start:
      return on_start(record);
    case RecordType::connect:
      return on_connect(record);
    case RecordType::disconnect:
      return on_disconnect(record);
    case RecordType::send:
      return on_send(record);
    case RecordType::recv:
      return on_frame(record, {});
    case RecordType::http:
      return on_frame(record, record.url);
    default:
      return;
  }
}

void Interpreter::Inner::on_start(const Record& record) {
  is_import = record.detail == "import";
  table.connections.clear();
  if (is_import) return;
  for (SymbolStreams& symbol : table.symbols) symbol.instrument_written = false;
  for (Stream& stream : table.streams) break_stream(stream, {.kind = GapKind::process});
}

void Interpreter::Inner::on_connect(const Record& record) {
  drop_connection(record.connection, GapKind::disconnect, "connected again");
  Connection& fresh = connection(record.connection);
  fresh.saw_connect = true;
  if (!exchange->read_connect_path) return;
  const auto request = exchange->read_connect_path(path_of(record.url));
  if (!request) return;
  for (const Subscription& subscription : request->subscriptions) {
    subscribed(subscription, record.connection, "connect");
  }
}

void Interpreter::Inner::on_disconnect(const Record& record) {
  drop_connection(record.connection, GapKind::disconnect, record.detail);
}

void Interpreter::Inner::on_send(const Record& record) {
  if (!exchange->read_request) return;
  const auto request = exchange->read_request(record.payload);
  if (!request) return;
  Connection& asking = connection(record.connection);
  for (size_t i = 0; i < request->subscriptions.size(); ++i) {
    const Subscription& subscription = request->subscriptions[i];
    if (request->stream_names[i] == exchange->keepalive.channel) continue;
    const auto native = table.find_or_add_native(subscription.symbol_native);
    if (!native) continue;
    const int stream = table.stream_index(*native, subscription.channel);
    if (request->unsubscribe) {
      if (table.streams[stream].connection != record.connection) continue;
      std::erase(asking.streams, stream);
      break_stream(table.streams[stream], {.kind = GapKind::disconnect, .detail = "unsubscribed"});
    } else {
      attach(stream, record.connection);
    }
  }
  if (request->id && !request->unsubscribe) asking.requests[*request->id] = request->subscriptions;
}

void Interpreter::Inner::on_frame(const Record& record, std::string_view url) {
  frame_rows = 0;
  skip_frame = false;
  outcome = FrameOutcome::empty;
  buffered_into = -1;
  const bool is_http = record.type == RecordType::http;
  if (is_http && record.status != kHttpOk && record.status != 0) {
    return count(FrameOutcome::http_error);
  }
  ConnectionState no_state;
  ConnectionState& parser = is_http ? no_state : connection(record.connection).parser;
  const RawFrame frame{.payload = record.payload, .is_binary = record.is_binary, .url = url};
  finish_frame(record, exchange->parse(frame, parser, *this));
}

void Interpreter::Inner::finish_frame(const Record& record, const Result<void>& parsed) {
  if (!parsed) {
    note(FrameOutcome::unparsable);
    if (record.type == RecordType::recv) {
      break_streams_named_in(record.payload, record.connection);
    }
    observer->on_unparsable(record.connection, parsed.error());
  }
  if (frame_rows > 0) return count(FrameOutcome::rows);
  if (buffered_into >= 0 && !table.streams[buffered_into].book.buffer.empty()) {
    table.streams[buffered_into].book.buffer.back().owns_frame = true;
    return;
  }
  count(outcome);
}

/// What an unparsable frame held is lost, and no later frame will tell: where a stream's own
/// sequence does not show it, the streams of the symbols that the frame names are in a gap.
void Interpreter::Inner::break_streams_named_in(std::string_view payload, int64_t id) {
  for (size_t i = 0; i < table.streams.size(); ++i) {
    Stream& stream = table.streams[i];
    if (stream.connection != id || stream.coverage != Coverage::live) continue;
    const bool is_book = stream.subscription.channel == Channel::orderbook;
    const bool proves_itself =
        is_book && book_rule &&
        (book_rule->continuity == Continuity::range || book_rule->continuity == Continuity::chain);
    if (proves_itself) continue;
    if (payload.find('"' + stream.subscription.symbol_native + '"') == std::string_view::npos) {
      continue;
    }
    break_stream(stream, {.kind = GapKind::sequence, .detail = "unparsable frame"});
    if (is_book) resync(stream, GapKind::sequence);
  }
}

Connection& Interpreter::Inner::connection(int64_t id) {
  return table.connections[id];
}

void Interpreter::Inner::attach(int index, int64_t id) {
  Stream& stream = table.streams[index];
  Connection& target = connection(id);
  if (stream.connection == id &&
      std::find(target.streams.begin(), target.streams.end(), index) != target.streams.end()) {
    return;
  }
  if (const auto old = table.connections.find(stream.connection);
      old != table.connections.end() && stream.connection != id) {
    std::erase(old->second.streams, index);
  }
  stream.connection = id;
  target.streams.push_back(index);
}

void Interpreter::Inner::drop_connection(int64_t id, GapKind kind, const std::string& detail) {
  const auto found = table.connections.find(id);
  if (found == table.connections.end()) return;
  const std::vector<int> streams = std::move(found->second.streams);
  table.connections.erase(found);
  for (const int stream : streams) {
    break_stream(table.streams[stream], {.kind = kind, .detail = detail});
  }
}

void Interpreter::Inner::subscribed(const Subscription& subscription, int64_t id, const char* by) {
  const auto native = table.find_or_add_native(subscription.symbol_native);
  if (!native) return;
  const int index = table.stream_index(*native, subscription.channel);
  attach(index, id);
  if (subscription.channel != Channel::orderbook) close_gap(table.streams[index], by);
}

void Interpreter::Inner::open_gap(Stream& stream, const GapFacts& facts) {
  if (stream.coverage == Coverage::gap) return;
  if (stream.coverage == Coverage::never && facts.kind != GapKind::snapshot_late) return;
  const RowKey& key = next_key(stream.native);
  stream.coverage = Coverage::gap;
  stream.gap = {.gap_id = key.recv_seq, .kind = facts.kind};
  rows->on_gap_row(key, {.gap_id = key.recv_seq,
                         .edge = GapEdge::open,
                         .channel = stream.subscription.channel,
                         .kind = facts.kind,
                         .expected = facts.expected,
                         .received = facts.received,
                         .detail = facts.detail});
}

void Interpreter::Inner::close_gap(Stream& stream, std::string_view recovered_by) {
  if (stream.coverage == Coverage::gap) {
    rows->on_gap_row(next_key(stream.native), {.gap_id = stream.gap.gap_id,
                                               .edge = GapEdge::close,
                                               .channel = stream.subscription.channel,
                                               .kind = stream.gap.kind,
                                               .frames_affected = stream.gap.frames_lost,
                                               .recovered_by = std::string(recovered_by)});
  }
  stream.coverage = Coverage::live;
}

void Interpreter::Inner::break_stream(Stream& stream, const GapFacts& facts) {
  open_gap(stream, facts);
  if (stream.subscription.channel != Channel::orderbook) return;
  drop_buffer(stream);
  BookTrack& track = stream.book;
  track.book.clear();
  track.is_synced = false;
  track.is_joining = false;
  track.last_sequence.reset();
  track.crossed_events = 0;
}

RowKey& Interpreter::Inner::next_key(int native) {
  RowKey& key = table.natives[native].key;
  key.capture_time = now.capture_time;
  key.recv_seq = now.frame_seq * kRowsPerFrame + now.place++;
  return key;
}

Interpreter::Interpreter(const Exchange& exchange, const InterpreterOptions& options)
    : inner_(std::make_unique<Inner>(exchange, options)) {}
Interpreter::Interpreter(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Interpreter::Interpreter(Interpreter&&) noexcept = default;
Interpreter& Interpreter::operator=(Interpreter&&) noexcept = default;
Interpreter::~Interpreter() = default;

void Interpreter::apply(const Record& record, RowSink& rows, StreamObserver& observer) {
  inner_->rows = &rows;
  inner_->observer = &observer;
  inner_->apply(record);
}

}  // namespace daedalus
