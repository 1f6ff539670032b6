#include "daedalus/simulate/simulated_network.hpp"

#include <algorithm>

#include "daedalus/base/check.hpp"

namespace daedalus {
namespace {

/// "/path?query" of a URL.
std::string_view target_of(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t path = url.find('/', host);
  return path == std::string_view::npos ? std::string_view("/") : url.substr(path);
}

}  // namespace

/// What is under way to the client.
class SimulatedNetwork::Wire final : public VenueOutbox {
 public:
  explicit Wire(Nanoseconds latency) : latency_(latency) {}

  void send(int64_t connection, std::string frame, UnixNanos time) override {
    const auto opened = opened_.find(connection);
    if (opened == opened_.end()) return;
    put({.time = std::max(time + latency_, opened->second),
         .connection = connection,
         .kind = VenueEvent::Kind::frame,
         .text = std::move(frame)});
  }
  void close(int64_t connection, std::string_view why, UnixNanos time) override {
    if (opened_.erase(connection) == 0) return;
    put({.time = time + latency_,
         .connection = connection,
         .kind = VenueEvent::Kind::closed,
         .text = std::string(why)});
  }
  void answer(int64_t request, int status, std::string body, UnixNanos) override {
    answers_[request] = {.status = status, .body = std::move(body)};
  }

  void opened(int64_t connection, UnixNanos when) { opened_[connection] = when; }
  bool is_open(int64_t connection) const { return opened_.contains(connection); }
  void forget(int64_t connection) {
    opened_.erase(connection);
    std::erase_if(under_way_,
                  [&](const VenueEvent& event) { return event.connection == connection; });
  }
  std::optional<HttpAnswer> take_answer(int64_t request) {
    const auto found = answers_.find(request);
    if (found == answers_.end()) return std::nullopt;
    HttpAnswer answer = std::move(found->second);
    answers_.erase(found);
    return answer;
  }
  std::optional<UnixNanos> next_time() const {
    if (under_way_.empty()) return std::nullopt;
    return under_way_.front().time;
  }
  std::vector<VenueEvent> take_until(UnixNanos until) {
    std::vector<VenueEvent> taken;
    while (!under_way_.empty() && under_way_.front().time <= until) {
      taken.push_back(std::move(under_way_.front()));
      under_way_.pop_front();
    }
    return taken;
  }

 private:
  /// Arrival times never go back, so that the queue stays sorted.
  void put(VenueEvent event) {
    if (!under_way_.empty()) event.time = std::max(event.time, under_way_.back().time);
    under_way_.push_back(std::move(event));
  }

  Nanoseconds latency_;
  std::map<int64_t, UnixNanos> opened_;
  std::map<int64_t, HttpAnswer> answers_;
  std::deque<VenueEvent> under_way_;
};

SimulatedNetwork::SimulatedNetwork(std::unique_ptr<VenueServer> server,
                                   const SimulatedNetworkOptions& options)
    : server_(std::move(server)),
      options_(options),
      random_(options.seed),
      wire_(std::make_unique<Wire>(options.latency)) {}

SimulatedNetwork::~SimulatedNetwork() = default;

ConnectAnswer SimulatedNetwork::on_connect(int64_t connection, std::string_view url,
                                           UnixNanos now) {
  wire_->opened(connection, now + options_.connect_delay);
  server_->on_open(connection, target_of(url), now, *wire_);
  if (options_.mean_connection_life.count() > 0) {
    const double life =
        random_.exponential() * static_cast<double>(options_.mean_connection_life.count());
    drop(connection, now + options_.connect_delay + Nanoseconds(1 + static_cast<int64_t>(life)));
  }
  return {.delay = options_.connect_delay};
}

void SimulatedNetwork::on_frame_sent(int64_t connection, std::string_view text, UnixNanos now) {
  if (wire_->is_open(connection)) server_->on_frame(connection, text, now, *wire_);
}

void SimulatedNetwork::on_client_closed(int64_t connection, UnixNanos) {
  wire_->forget(connection);
  server_->on_closed(connection);
}

HttpAnswer SimulatedNetwork::on_http(std::string_view url, UnixNanos now) {
  const int64_t request = next_request_++;
  server_->on_http(request, target_of(url), now, *wire_);
  auto answer = wire_->take_answer(request);
  DAEDALUS_CHECK(answer.has_value());
  const auto least = options_.least_http_delay.count();
  const auto span = std::max<int64_t>(1, options_.greatest_http_delay.count() - least);
  answer->delay =
      Nanoseconds(least + static_cast<int64_t>(random_.below(static_cast<uint64_t>(span))));
  return *std::move(answer);
}

void SimulatedNetwork::drop(int64_t connection, UnixNanos when) {
  while (falls_.contains(when)) ++when.value;
  falls_[when] = connection;
}

std::optional<UnixNanos> SimulatedNetwork::next_event_time() {
  std::optional<UnixNanos> next = wire_->next_time();
  const auto consider = [&](std::optional<UnixNanos> time) {
    if (time && (!next || *time < *next)) next = time;
  };
  if (const auto due = server_->next_time()) consider(*due + options_.latency);
  if (!falls_.empty()) consider(falls_.begin()->first + options_.latency);
  return next;
}

std::vector<VenueEvent> SimulatedNetwork::take_until(UnixNanos until) {
  const UnixNanos at_venue = until - options_.latency;
  while (!falls_.empty() && falls_.begin()->first <= at_venue) {
    const auto [when, connection] = *falls_.begin();
    falls_.erase(falls_.begin());
    server_->advance(when, *wire_);
    if (!wire_->is_open(connection)) continue;
    wire_->close(connection, "connection reset by peer", when);
    server_->on_closed(connection);
  }
  server_->advance(at_venue, *wire_);
  return wire_->take_until(until);
}

}  // namespace daedalus
