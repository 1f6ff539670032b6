#include "daedalus/simulate/replayed_streams.hpp"

#include <algorithm>

#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

constexpr size_t kTradesRemembered = 20;

std::string_view kind_title(StreamKind kind) {
  switch (kind) {
    case StreamKind::book:
      return "orderbook";
    case StreamKind::trades:
      return "trades";
    case StreamKind::aggregate_trades:
      return "aggregate trades";
    case StreamKind::best:
      return "ticker";
    case StreamKind::statistics:
      return "24 h ticker";
    case StreamKind::heartbeats:
      return "heartbeats";
    case StreamKind::other:
      return "other";
  }
  return "other";
}

}  // namespace

/// Files what the parser finds in a frame under the streams that it belongs to.
class ReplayStreams::Sink final : public EventSink {
 public:
  explicit Sink(ReplayStreams& streams) : streams_(streams), reading_(streams.reading_) {}

  void on_connection_sequence(int64_t sequence) override { reading_.number = sequence; }
  void on_book(const BookMessage& message) override {
    ReplayStream& stream = streams_.of_symbol(StreamKind::book, message.symbol_native);
    stream.book->apply(message);
    reading_.books.push_back({&stream, message.is_snapshot});
    add(stream);
  }
  void on_trade(const Trade& trade) override {
    const StreamKind kind = trade.is_aggregate ? StreamKind::aggregate_trades : StreamKind::trades;
    ReplayStream& stream = streams_.of_symbol(kind, trade.symbol_native);
    add(stream);
    if (!streams_.wording_.in_band_snapshots()) return;
    stream.last_trades.push_back(trade);
    if (stream.last_trades.size() > kTradesRemembered) stream.last_trades.pop_front();
  }
  void on_ticker(const Ticker& ticker) override {
    const bool best = ticker.kind == TickerKind::bbo;
    add(streams_.of_symbol(best ? StreamKind::best : StreamKind::statistics, ticker.symbol_native));
  }
  void on_other(const OtherMessage& message) override {
    if (message.channel == "unknown") {
      reading_.is_unreadable = true;
    } else {
      reading_.other_channels.push_back(message.channel);
    }
  }
  void on_instrument(const Instrument&) override {}
  void on_control(const ControlMessage& message) override {
    if (message.kind == ControlMessage::Kind::heartbeat) {
      reading_.is_heartbeat = true;
    } else {
      reading_.is_acknowledgement = true;
    }
  }

 private:
  void add(ReplayStream& stream) {
    std::vector<ReplayStream*>& found = reading_.streams;
    if (std::find(found.begin(), found.end(), &stream) == found.end()) found.push_back(&stream);
  }

  ReplayStreams& streams_;
  FrameReading& reading_;
};

ReplayStreams::ReplayStreams(const VenueWording& wording) : wording_(wording) {
  const ChannelRule* rule = find_channel_rule(wording.exchange(), Channel::orderbook);
  rule_ = rule == nullptr ? SnapshotSource::in_band : rule->snapshot;
}

ReplayStream& ReplayStreams::get(const StreamId& id) {
  std::unique_ptr<ReplayStream>& stream = streams_[id];
  if (!stream) {
    stream = std::make_unique<ReplayStream>();
    stream->id = id;
    stream->title = fmt::format("{} {}", id.symbol_native, kind_title(id.kind));
    if (id.kind == StreamKind::book) stream->book = std::make_unique<ReplayedBook>(rule_);
  }
  return *stream;
}

ReplayStream* ReplayStreams::find(const StreamId& id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

ReplayStream& ReplayStreams::of_symbol(StreamKind kind, const std::string& symbol_native) {
  auto& known = by_symbol_[static_cast<size_t>(kind)];
  const auto found = known.find(symbol_native);
  if (found != known.end()) return *found->second;
  ReplayStream& stream = get({kind, symbol_native});
  stream.is_recorded = true;
  known.emplace(symbol_native, &stream);
  return stream;
}

ReplayStream* ReplayStreams::named_at_front(std::string_view payload) {
  constexpr std::string_view kFront = "{\"stream\":\"";
  if (!payload.starts_with(kFront)) return nullptr;
  const size_t end = payload.find('"', kFront.size());
  if (end == std::string_view::npos) return nullptr;
  const std::string_view name = payload.substr(kFront.size(), end - kFront.size());
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) return found->second;
  const std::string path = "/ws/" + std::string(name);
  const auto request = wording_.exchange().read_connect_path(path);
  ReplayStream* stream = nullptr;
  if (request && request->subscriptions.size() == 1) {
    const AskedStream asked = wording_.asked_stream(request->subscriptions[0], name);
    if (asked.id.kind != StreamKind::other) stream = &get(asked.id);
    if (stream != nullptr) stream->is_recorded = true;
  }
  by_name_.emplace(std::string(name), stream);
  return stream;
}

const FrameReading& ReplayStreams::read_frame(std::string_view payload,
                                              int64_t recorded_connection) {
  reading_.streams.clear();
  reading_.books.clear();
  reading_.other_channels.clear();
  reading_.is_heartbeat = reading_.is_acknowledgement = reading_.is_unreadable = false;
  reading_.number.reset();
  ReplayStream* named = named_at_front(payload);
  if (named != nullptr && named->id.kind != StreamKind::book) {
    reading_.streams.push_back(named);
    return reading_;
  }
  Sink sink(*this);
  const auto parsed =
      wording_.exchange().parse({.payload = payload}, states_[recorded_connection], sink);
  if (!parsed) reading_.is_unreadable = true;
  return reading_;
}

bool ReplayStreams::read_book_body(ReplayStream& stream, std::string_view payload,
                                   std::string_view url) {
  const bool was_synced = stream.book->is_synced();
  Sink sink(*this);
  ConnectionState state;
  const auto parsed = wording_.exchange().parse({.payload = payload, .url = url}, state, sink);
  return was_synced && parsed.has_value();
}

void ReplayStreams::forget_connection(int64_t recorded_connection) {
  states_.erase(recorded_connection);
}

}  // namespace daedalus
