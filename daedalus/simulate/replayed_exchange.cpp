// The recording's side of a replay: records in their time, to whom they belong.
#include "daedalus/simulate/replayed_exchange.hpp"

#include <algorithm>

namespace daedalus {
namespace {

/// How often overdue questions and images are looked for.
constexpr Nanoseconds kLookEvery{50'000'000};
/// Records between two looks at the clock and the sockets.
constexpr int kRecordsAtOnce = 512;

std::string_view path_of(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    const size_t slash = url.find('/', scheme + 3);
    url = slash == std::string_view::npos ? std::string_view("/") : url.substr(slash);
  }
  return url.substr(0, url.find('?'));
}

}  // namespace

Result<std::unique_ptr<ReplayedExchange>> ReplayedExchange::create(
    const Exchange& exchange, std::unique_ptr<ReplaySource> source, const ReplayOptions& options) {
  DAEDALUS_TRY(const VenueWording* wording, find_wording(exchange));
  return std::unique_ptr<ReplayedExchange>(
      new ReplayedExchange(*wording, std::move(source), options));
}

ReplayedExchange::ReplayedExchange(const VenueWording& wording,
                                   std::unique_ptr<ReplaySource> source,
                                   const ReplayOptions& options)
    : wording_(wording),
      options_(options),
      source_(std::move(source)),
      connections_(wording),
      streams_(wording),
      clients_wanted_(options.wait_clients) {
  read_next();
}

void ReplayedExchange::read_next() {
  auto record = source_->next();
  if (!record) progress_.error = record.error().message;
  current_ = record ? *record : nullptr;
}

/// Before these, clients must be there; all else is known ahead.
bool ReplayedExchange::needs_clients(const Record& record) const {
  if (record.type == RecordType::recv) return true;
  return record.type == RecordType::http &&
         wording_.exchange().snapshot_symbol(record.url).has_value();
}

UnixNanos ReplayedExchange::due_time(const Record& record) const {
  if (options_.speed <= 0 || !base_record_) return base_now_;
  const auto recorded = static_cast<double>((record.capture_time - *base_record_).count());
  return base_now_ + Nanoseconds(static_cast<int64_t>(recorded / options_.speed));
}

std::optional<UnixNanos> ReplayedExchange::next_time() const {
  if (phase_ == Phase::running && current_ != nullptr) {
    return std::min(due_time(*current_), last_look_ + kLookEvery);
  }
  return last_look_ + kLookEvery;
}

void ReplayedExchange::advance(UnixNanos until, VenueOutbox& out) {
  if (until - last_look_ >= kLookEvery) look_after_waiting(until, out);
  for (int done = 0; current_ != nullptr && done < kRecordsAtOnce; ++done) {
    if (phase_ == Phase::waiting && needs_clients(*current_)) {
      if (!enough_clients(until)) return;
      phase_ = Phase::running;
      rejoining_ = false;
      progress_.started = true;
      base_record_ = current_->capture_time;
      base_now_ = until;
      match_clients(until, out);
    }
    if (phase_ == Phase::running && (due_time(*current_) > until || out.is_full())) return;
    if (phase_ == Phase::running && awaits_request(*current_, until)) return;
    process(*current_, until, out);
    read_next();
  }
  if (current_ != nullptr || phase_ == Phase::ended) return;
  for (auto& [id, stream] : streams_.all()) {
    if (stream->waits_for_question) return;
  }
  phase_ = Phase::ended;
  progress_.ended = true;
  next_beat_ = until + Nanoseconds(kNanosPerSecond);
  match_clients(until, out);
}

void ReplayedExchange::process(const Record& record, UnixNanos now, VenueOutbox& out) {
  ++progress_.records;
  progress_.at = std::max(progress_.at, record.capture_time);
  switch (record.type) {
    case RecordType::connect:
      recorded_[record.connection] = {};
      recorded_[record.connection].streams.merge(streams_asked_by(record));
      return;
    case RecordType::send:
      recorded_[record.connection].streams.merge(streams_asked_by(record));
      return;
    case RecordType::http:
      return process_body(record, now, out);
    case RecordType::recv:
      return process_frame(record, now, out);
    case RecordType::disconnect:
      return close_fed_by(record.connection, now, out);
    case RecordType::start: {
      std::vector<int64_t> open;
      for (const auto& [id, recorded] : recorded_) open.push_back(id);
      for (const int64_t id : open) close_fed_by(id, now, out);
      return;
    }
    default:
      return;
  }
}

void ReplayedExchange::begin_connection(RecordedConnection& recorded, int64_t id) {
  recorded.begun = true;
  for (auto& [client_id, client] : clients_) {
    // Who stands for no recorded connection is acknowledged by us.
    if (client->stands_for == id) client->unacknowledged.clear();
  }
}

/// Frames that the recorder missed are missed again.
void ReplayedExchange::repeat_number_gap(int64_t id, RecordedConnection& recorded, int64_t number) {
  const int64_t missing = recorded.last_number ? number - *recorded.last_number - 1 : 0;
  recorded.last_number = number;
  if (missing <= 0) return;
  for (auto& [client_id, client] : clients_) {
    if (client->fed_by.contains(id)) client->connection->next_number += missing;
  }
}

void ReplayedExchange::process_frame(const Record& record, UnixNanos now, VenueOutbox& out) {
  ++progress_.frames;
  RecordedConnection& recorded = recorded_[record.connection];
  if (!recorded.begun) begin_connection(recorded, record.connection);
  const FrameReading& reading = streams_.read_frame(record.payload, record.connection);
  if (reading.number) repeat_number_gap(record.connection, recorded, *reading.number);
  if (!reading.books.empty()) {
    ReplayStream& stream = *reading.books.front().stream;
    if (stream.waits_for_question) {
      return hold(stream, {false, record.connection, record.payload});
    }
  }
  deliver(reading, record.connection, record.payload, now, out);
}

void ReplayedExchange::deliver(const FrameReading& reading, int64_t recorded_connection,
                               std::string_view payload, UnixNanos now, VenueOutbox& out) {
  ++frame_count_;
  if (reading.streams.empty()) {
    return deliver_control(reading, recorded_connection, payload, now, out);
  }
  const int64_t sent_before = progress_.frames_sent;
  for (ReplayStream* stream : reading.streams) {
    const auto book = std::find_if(reading.books.begin(), reading.books.end(),
                                   [&](const auto& entry) { return entry.stream == stream; });
    const bool is_image = book != reading.books.end() && book->is_snapshot;
    deliver_to_stream(*stream, recorded_connection, payload, is_image, now, out);
  }
  if (progress_.frames_sent > sent_before) return;
  const bool has_listeners =
      std::any_of(reading.streams.begin(), reading.streams.end(),
                  [](const auto* stream) { return !stream->listeners.empty(); });
  if (has_listeners) {
    ++progress_.frames_without_image;
    return;
  }
  ++progress_.frames_unserved;
  ++reading.streams.front()->unserved_frames;
}

void ReplayedExchange::deliver_to_stream(ReplayStream& stream, int64_t recorded_connection,
                                         std::string_view payload, bool is_image, UnixNanos now,
                                         VenueOutbox& out) {
  const bool in_band_book = stream.book != nullptr && wording_.in_band_snapshots();
  for (ReplayClient* client : stream.listeners) {
    if (in_band_book) {
      if (is_image) client->has_images.insert(stream.id.symbol_native);
      if (!client->has_images.contains(stream.id.symbol_native)) continue;
    }
    give(*client, recorded_connection, payload, now, out);
  }
}

/// Heartbeats, acknowledgements, channels without columns, and what nobody can read.
void ReplayedExchange::deliver_control(const FrameReading& reading, int64_t recorded_connection,
                                       std::string_view payload, UnixNanos now, VenueOutbox& out) {
  bool sent = false;
  for (auto& [id, client] : clients_) {
    const auto& asked = client->connection->streams;
    const bool stands = client->stands_for == recorded_connection;
    bool wanted = reading.is_acknowledgement && stands && wording_.in_band_snapshots();
    if (reading.is_unreadable) {
      wanted = stands || (!asked.empty() && client->fed_by.contains(recorded_connection));
    }
    for (const AskedStream& stream : asked) {
      if (reading.is_heartbeat && stream.id.kind == StreamKind::heartbeats) {
        wanted = stands || client->fed_by.contains(recorded_connection);
      }
      if (stream.id.kind != StreamKind::other) continue;
      const auto& channels = reading.other_channels;
      if (std::find(channels.begin(), channels.end(), stream.name) != channels.end()) wanted = true;
    }
    if (wanted) sent = give(*client, recorded_connection, payload, now, out) || sent;
  }
  if (sent || reading.is_acknowledgement || reading.is_heartbeat) return;
  ++progress_.frames_unserved;
  const std::string channel =
      reading.other_channels.empty() ? "unreadable" : reading.other_channels.front();
  ++streams_.get({StreamKind::other, channel}).unserved_frames;
}

bool ReplayedExchange::give(ReplayClient& client, int64_t recorded_connection,
                            std::string_view payload, UnixNanos now, VenueOutbox& out) {
  if (client.last_frame == frame_count_) return false;
  client.last_frame = frame_count_;
  client.fed_by.insert(recorded_connection);
  send(client, payload, now, out);
  return true;
}

void ReplayedExchange::process_body(const Record& record, UnixNanos now, VenueOutbox& out) {
  if (record.status != 0 && record.status != 200) return;
  const auto symbol = wording_.exchange().snapshot_symbol(record.url);
  if (!symbol) {
    documents_[std::string(path_of(record.url))] = record.payload;
    return;
  }
  ReplayStream& stream = streams_.get({StreamKind::book, *symbol});
  const bool was_synced = streams_.read_book_body(stream, record.payload, record.url);
  if (stream.waits_for_question) return hold(stream, {true, 0, record.payload});
  if (!stream.questions.empty()) {
    for (const auto& [request, asked_at] : stream.questions) {
      out.answer(request, 200, record.payload, now);
      ++progress_.images_recorded;
    }
    stream.questions.clear();
    return;
  }
  if (was_synced || stream.listeners.empty()) return;
  stream.waits_for_question = true;
  stream.waits_since = now;
  stream.lured = false;
  hold(stream, {true, 0, record.payload});
}

void ReplayedExchange::hold(ReplayStream& stream, HeldBack item) {
  held_bytes_ += item.payload.size();
  stream.held.push_back(std::move(item));
  if (held_bytes_ < options_.held_limit_bytes) return;
  stream.waits_since = UnixNanos{0};  // Too much is held back: the next look lets it go.
}

/// Sends what was held, up to the next image that nobody asked for.
void ReplayedExchange::release(ReplayStream& stream, UnixNanos now, VenueOutbox& out) {
  stream.waits_for_question = false;
  while (!stream.held.empty() && !stream.held.front().is_body) {
    const HeldBack item = std::move(stream.held.front());
    stream.held.pop_front();
    held_bytes_ -= item.payload.size();
    ++frame_count_;
    deliver_to_stream(stream, item.recorded_connection, item.payload, false, now, out);
  }
  if (stream.held.empty()) return;
  stream.waits_for_question = true;
  stream.waits_since = now;
}

/// What has waited long enough is given up: frames go out without their image, questions are
/// answered from the replayed book. A client that asks only once it has a delta is sent one.
void ReplayedExchange::look_after_waiting(UnixNanos now, VenueOutbox& out) {
  last_look_ = now;
  if (phase_ == Phase::ended && now >= next_beat_) beat(now, out);
  for (auto& [id, stream] : streams_.all()) {
    while (!stream->questions.empty() && phase_ != Phase::waiting &&
           now - stream->questions.front().second > options_.question_patience) {
      const int64_t request = stream->questions.front().first;
      stream->questions.erase(stream->questions.begin());
      answer_from_book(*stream, request, 0, now, out);
    }
    if (!stream->waits_for_question) continue;
    const bool given_up = now - stream->waits_since > options_.patience;
    if (given_up || stream->listeners.empty()) {
      held_bytes_ -= stream->held.front().payload.size();
      stream->held.pop_front();
      release(*stream, now, out);
    } else if (!stream->lured && stream->held.size() > 1 && !stream->held[1].is_body &&
               now - stream->waits_since > options_.patience / 5) {
      stream->lured = true;
      const HeldBack item = std::move(stream->held[1]);
      stream->held.erase(stream->held.begin() + 1);
      held_bytes_ -= item.payload.size();
      ++frame_count_;
      deliver_to_stream(*stream, item.recorded_connection, item.payload, false, now, out);
    }
  }
}

void ReplayedExchange::beat(UnixNanos now, VenueOutbox& out) {
  next_beat_ = now + Nanoseconds(kNanosPerSecond);
  for (auto& [id, client] : clients_) {
    for (const AskedStream& stream : client->connection->streams) {
      if (stream.id.kind != StreamKind::heartbeats) continue;
      const std::string frame = wording_.heartbeat(stream.id.symbol_native, 0, now);
      if (!frame.empty()) send(*client, frame, now, out);
    }
  }
}

std::map<std::string, int64_t> ReplayedExchange::unserved() const {
  std::map<std::string, int64_t> counts;
  for (const auto& [id, stream] : streams_.all()) {
    if (stream->unserved_frames > 0) counts[stream->title] += stream->unserved_frames;
  }
  return counts;
}

}  // namespace daedalus
