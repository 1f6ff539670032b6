// The clients' side of a replay: who is there, what they asked for, and what they are owed.
#include <algorithm>
#include <charconv>

#include "daedalus/simulate/replayed_exchange.hpp"

namespace daedalus {
namespace {

/// How long a replay waits for clients that its recording disconnected.
constexpr Nanoseconds kRejoinPatience{15 * kNanosPerSecond};

int limit_in(std::string_view target) {
  constexpr std::string_view kKey = "limit=";
  const size_t at = target.find(kKey);
  int limit = 0;
  if (at == std::string_view::npos) return limit;
  std::from_chars(target.data() + at + kKey.size(), target.data() + target.size(), limit);
  return limit;
}

bool has_columns(StreamKind kind) {
  return kind != StreamKind::heartbeats && kind != StreamKind::other;
}

/// Requests for these are waited for; candles and the like few clients ask for.
bool is_awaited(StreamKind kind) {
  return kind != StreamKind::other;
}

/// True if the client asked for all streams with columns that the connection carried.
bool covers(const std::set<AskedStream>& asked, const std::set<StreamId>& recorded) {
  std::set<StreamId> wanted;
  for (const AskedStream& stream : asked) wanted.insert(stream.id);
  return std::all_of(recorded.begin(), recorded.end(), [&](const StreamId& id) {
    return !has_columns(id.kind) || wanted.contains(id);
  });
}

}  // namespace

void ReplayedExchange::send(ReplayClient& client, std::string_view frame, UnixNanos now,
                            VenueOutbox& out) {
  ++progress_.frames_sent;
  progress_.bytes_sent += static_cast<int64_t>(frame.size());
  connections_.send(*client.connection, frame, now, out);
}

void ReplayedExchange::on_open(int64_t connection, std::string_view target, UnixNanos now,
                               VenueOutbox& out) {
  auto client = std::make_unique<ReplayClient>();
  client->connection = &connections_.open(connection, target);
  ReplayClient& opened = *client;
  clients_[connection] = std::move(client);
  take_outcome(opened, connections_.read_target(*opened.connection, target, nullptr), now, out);
}

void ReplayedExchange::on_frame(int64_t connection, std::string_view text, UnixNanos now,
                                VenueOutbox& out) {
  const auto found = clients_.find(connection);
  if (found == clients_.end()) return;
  ReplayClient& client = *found->second;
  RequestOutcome outcome = connections_.read_frame(*client.connection, text, nullptr);
  if (outcome.understood) return take_outcome(client, std::move(outcome), now, out);
  const std::string answer = wording_.not_understood(text);
  if (!answer.empty()) send(client, answer, now, out);
}

void ReplayedExchange::take_outcome(ReplayClient& client, RequestOutcome outcome, UnixNanos now,
                                    VenueOutbox& out) {
  if (!outcome.understood) return;
  last_subscription_ = now;
  for (const AskedStream& stream : outcome.removed) remove_listener(client, stream.id);
  for (const AskedStream& stream : outcome.added) {
    std::vector<ReplayClient*>& listeners = streams_.get(stream.id).listeners;
    if (std::find(listeners.begin(), listeners.end(), &client) == listeners.end()) {
      listeners.push_back(&client);
    }
  }
  const bool awaited =
      std::any_of(outcome.added.begin(), outcome.added.end(),
                  [&](const AskedStream& stream) { return awaited_.contains(stream.id); });
  if (awaited && client.stands_for != 0 && wording_.in_band_snapshots()) return;
  client.unacknowledged.push_back(std::move(outcome.request));
  // Where acknowledgements take a place in what is recorded, it shows at the start whether the
  // recorded ones will do.
  if (phase_ == Phase::waiting && wording_.in_band_snapshots()) return;
  acknowledge(client, now, out);
}

void ReplayedExchange::acknowledge(ReplayClient& client, UnixNanos now, VenueOutbox& out) {
  const std::vector<ClientRequest> requests = std::move(client.unacknowledged);
  client.unacknowledged.clear();
  for (const ClientRequest& request : requests) {
    for (size_t i = 0; i < request.subscriptions.size() && !request.unsubscribe; ++i) {
      give_first_image(client,
                       wording_.asked_stream(request.subscriptions[i], request.stream_names[i]),
                       now, out);
    }
    const std::string text = wording_.acknowledgement(request, client.connection->streams, now);
    if (!text.empty()) send(client, text, now, out);
  }
}

void ReplayedExchange::give_first_image(ReplayClient& client, const AskedStream& stream,
                                        UnixNanos now, VenueOutbox& out) {
  if (!wording_.in_band_snapshots()) return;
  ReplayStream* known = streams_.find(stream.id);
  if (known == nullptr) return;
  const std::string& symbol = stream.id.symbol_native;
  if (known->book != nullptr && known->book->is_synced()) {
    client.has_images.insert(symbol);
    ++progress_.images_made;
    send(client, wording_.book(known->book->image(symbol), stream.name, now), now, out);
  } else if (stream.id.kind == StreamKind::trades && !known->last_trades.empty()) {
    std::vector<Trade> history(known->last_trades.begin(), known->last_trades.end());
    for (Trade& trade : history) trade.is_history = true;
    for (const std::string& frame : wording_.trades(history, stream.name, now)) {
      send(client, frame, now, out);
    }
  }
}

void ReplayedExchange::remove_listener(ReplayClient& client, const StreamId& id) {
  ReplayStream* stream = streams_.find(id);
  if (stream != nullptr) std::erase(stream->listeners, &client);
}

void ReplayedExchange::on_closed(int64_t connection) {
  const auto found = clients_.find(connection);
  if (found == clients_.end()) return;
  for (const AskedStream& stream : found->second->connection->streams) {
    remove_listener(*found->second, stream.id);
  }
  clients_.erase(found);
  connections_.close(connection);
}

void ReplayedExchange::on_http(int64_t request, std::string_view target, UnixNanos now,
                               VenueOutbox& out) {
  const Exchange& exchange = wording_.exchange();
  if (const auto symbol = exchange.snapshot_symbol(target)) {
    return answer_book(streams_.get({StreamKind::book, *symbol}), request, target, now, out);
  }
  const std::string_view path = target.substr(0, target.find('?'));
  const auto document = documents_.find(path);
  if (document != documents_.end()) return out.answer(request, 200, document->second, now);
  const std::string instruments = exchange.instruments_path();
  if (path != std::string_view(instruments).substr(0, instruments.find('?'))) {
    return out.answer(request, 404, "not recorded", now);
  }
  std::map<std::string, Instrument> listed;
  const auto list = [&](const StreamId& id) {
    const auto instrument = exchange.instrument_of(id.symbol_native);
    if (has_columns(id.kind) && instrument) listed[id.symbol_native] = *instrument;
  };
  for (const auto& [id, stream] : streams_.all()) list(id);
  for (const auto& [id, recorded] : recorded_) {
    for (const StreamId& stream : recorded.streams) list(stream);
  }
  std::vector<Instrument> all;
  for (auto& [symbol, instrument] : listed) all.push_back(instrument);
  out.answer(request, 200, wording_.rest_instruments(all), now);
}

void ReplayedExchange::answer_book(ReplayStream& stream, int64_t request, std::string_view target,
                                   UnixNanos now, VenueOutbox& out) {
  if (stream.waits_for_question) {
    const HeldBack body = std::move(stream.held.front());
    stream.held.pop_front();
    held_bytes_ -= body.payload.size();
    ++progress_.images_recorded;
    out.answer(request, 200, body.payload, now);
    return release(stream, now, out);
  }
  if (stream.book->is_synced())
    return answer_from_book(stream, request, limit_in(target), now, out);
  if (phase_ == Phase::ended) return answer_from_book(stream, request, 0, now, out);
  stream.questions.emplace_back(request, now);
}

void ReplayedExchange::answer_from_book(ReplayStream& stream, int64_t request, int limit,
                                        UnixNanos now, VenueOutbox& out) {
  if (!stream.book->is_synced()) {
    if (stream.is_recorded || phase_ != Phase::ended) {
      return out.answer(request, 503, "the recording has no book image yet", now);
    }
    return out.answer(request, 400, wording_.rest_unknown_symbol(), now);
  }
  ++progress_.images_made;
  out.answer(request, 200, wording_.rest_book(stream.book->image(stream.id.symbol_native), limit),
             now);
}

int ReplayedExchange::subscribed_clients() const {
  int clients = 0;
  for (const auto& [id, client] : clients_) clients += !client->connection->streams.empty();
  return clients;
}

bool ReplayedExchange::enough_clients(UnixNanos now) const {
  if (rejoining_ && now - waiting_since_ > kRejoinPatience) return true;
  if (subscribed_clients() < clients_wanted_) return false;
  return all_recorded_streams_are_asked_for() || now - last_subscription_ >= options_.settle;
}

/// Of the streams that the recording's own requests name; false where it names none.
bool ReplayedExchange::all_recorded_streams_are_asked_for() const {
  std::set<StreamId> all;
  for (const auto& [id, recorded] : recorded_) {
    all.insert(recorded.streams.begin(), recorded.streams.end());
  }
  std::erase_if(all, [](const StreamId& id) { return !is_awaited(id.kind); });
  return !all.empty() && are_asked_for(all);
}

bool ReplayedExchange::are_asked_for(const std::set<StreamId>& streams) const {
  return std::all_of(streams.begin(), streams.end(), [&](const StreamId& id) {
    if (!is_awaited(id.kind)) return true;
    const auto found = streams_.all().find(id);
    return found != streams_.all().end() && !found->second->listeners.empty();
  });
}

std::set<StreamId> ReplayedExchange::streams_asked_by(const Record& record) const {
  const auto request = record.type == RecordType::send
                           ? wording_.exchange().read_request(record.payload)
                           : wording_.exchange().read_connect_path(record.url);
  std::set<StreamId> streams;
  if (!request || request->unsubscribe) return streams;
  for (size_t i = 0; i < request->subscriptions.size(); ++i) {
    streams.insert(wording_.asked_stream(request->subscriptions[i], request->stream_names[i]).id);
  }
  return streams;
}

bool ReplayedExchange::awaits_request(const Record& record, UnixNanos now) {
  if (record.type != RecordType::send && record.type != RecordType::connect) return false;
  std::set<StreamId> streams = streams_asked_by(record);
  if (!are_asked_for(streams) && now - last_subscription_ < options_.settle) {
    awaited_ = std::move(streams);
    return true;
  }
  if (!awaited_.empty()) {
    base_record_ = record.capture_time;
    base_now_ = now;
  }
  awaited_.clear();
  return false;
}

/// A client that subscribes to what a recorded connection carried stands for it: it gets the
/// recorded acknowledgements and, where the venue counts frames, the recorded count.
void ReplayedExchange::match_clients(UnixNanos now, VenueOutbox& out) {
  std::set<int64_t> taken;
  for (auto& [id, client] : clients_) taken.insert(client->stands_for);
  for (auto& [id, client] : clients_) {
    if (client->unacknowledged.empty() || client->stands_for != 0) continue;
    for (auto& [recorded_id, recorded] : recorded_) {
      if (recorded.begun || taken.contains(recorded_id) || recorded.streams.empty()) continue;
      if (!covers(client->connection->streams, recorded.streams)) continue;
      client->stands_for = recorded_id;
      taken.insert(recorded_id);
      break;
    }
    if (client->stands_for == 0) acknowledge(*client, now, out);
  }
}

/// What the recorder's connection suffered, its clients suffer; then the replay waits for them.
void ReplayedExchange::close_fed_by(int64_t recorded_connection, UnixNanos now, VenueOutbox& out) {
  streams_.forget_connection(recorded_connection);
  recorded_.erase(recorded_connection);
  std::vector<int64_t> closed;
  for (const auto& [id, client] : clients_) {
    if (client->fed_by.contains(recorded_connection)) closed.push_back(id);
  }
  for (const int64_t id : closed) {
    out.close(id, "the recorded connection ended here", now);
    on_closed(id);
  }
  if (closed.empty()) return;
  phase_ = Phase::waiting;
  clients_wanted_ = subscribed_clients() + static_cast<int>(closed.size());
  waiting_since_ = last_subscription_ = now;
  rejoining_ = true;
}

void ReplayedExchange::restart(std::unique_ptr<ReplaySource> source, UnixNanos now,
                               VenueOutbox& out) {
  std::vector<int64_t> open;
  for (const auto& [id, client] : clients_) open.push_back(id);
  for (const int64_t id : open) {
    out.close(id, "the recording begins again", now);
    on_closed(id);
  }
  for (auto& [id, stream] : streams_.all()) {
    if (stream->book != nullptr) stream->book->clear();
    stream->last_trades.clear();
  }
  recorded_.clear();
  source_ = std::move(source);
  phase_ = Phase::waiting;
  clients_wanted_ = std::max<int>(options_.wait_clients, static_cast<int>(open.size()));
  waiting_since_ = last_subscription_ = now;
  rejoining_ = true;
  progress_.ended = false;
  read_next();
}

}  // namespace daedalus
