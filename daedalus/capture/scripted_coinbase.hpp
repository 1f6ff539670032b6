#pragma once

#include <map>
#include <string>
#include <vector>

#include "daedalus/capture/simulated_venue.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {

/// For tests: a venue with Coinbase Advanced's protocol. Its frames are counted per connection, and
/// each book update of a product carries the next whole number as its size, so that a missing one
/// shows.
class ScriptedCoinbase : public SimulatedVenue {
 public:
  ScriptedCoinbase(std::vector<std::string> products, UnixNanos start)
      : exchange_(*find_exchange("coinbase").value()),
        products_(std::move(products)),
        next_(start) {}

  Nanoseconds update_every = std::chrono::milliseconds(10);
  size_t frames_per_update = 1;
  bool lose_next_frame = false;
  std::vector<UnixNanos> connects;
  std::vector<UnixNanos> subscribes;

  void close_all(UnixNanos at, const std::string& why) {
    for (const auto& [id, connection] : connections_) {
      events_.push_back(
          {.time = at, .connection = id, .kind = VenueEvent::Kind::closed, .text = why});
    }
    connections_.clear();
  }

  ConnectAnswer on_connect(int64_t connection, std::string_view, UnixNanos now) override {
    connects.push_back(now);
    connections_[connection] = {};
    return {.delay = std::chrono::milliseconds(5)};
  }

  void on_frame_sent(int64_t id, std::string_view text, UnixNanos now) override {
    subscribes.push_back(now);
    const auto request = exchange_.read_request(text);
    Connection& connection = connections_[id];
    say(id, connection, now, "subscriptions", R"({"subscriptions":{}})");
    if (!request) return;
    for (const Subscription& stream : request->subscriptions) {
      if (stream.channel != Channel::orderbook) continue;
      connection.books.push_back(stream.symbol_native);
      say(id, connection, now, "l2_data", book_event("snapshot", stream.symbol_native, now));
    }
  }

  void on_client_closed(int64_t connection, UnixNanos) override { connections_.erase(connection); }
  HttpAnswer on_http(std::string_view, UnixNanos) override {
    return {.delay = std::chrono::milliseconds(5), .body = R"({"products":[]})"};
  }

  std::optional<UnixNanos> next_event_time() override {
    UnixNanos next = next_;
    for (const VenueEvent& event : events_) next = std::min(next, event.time);
    return next;
  }

  std::vector<VenueEvent> take_until(UnixNanos until) override {
    while (next_ <= until) {
      for (size_t i = 0; i < frames_per_update; ++i) update(next_);
      next_ = next_ + update_every;
    }
    std::vector<VenueEvent> due;
    std::vector<VenueEvent> later;
    for (VenueEvent& event : events_)
      (event.time <= until ? due : later).push_back(std::move(event));
    events_ = std::move(later);
    return due;
  }

 private:
  struct Connection {
    int64_t sequence = 0;
    std::vector<std::string> books;
  };

  void update(UnixNanos at) {
    for (const std::string& product : products_) {
      ++counters_[product];
      for (auto& [id, connection] : connections_) {
        for (const std::string& book : connection.books) {
          if (book == product)
            say(id, connection, at, "l2_data", book_event("update", product, at));
        }
      }
    }
  }

  std::string book_event(const std::string& type, const std::string& product, UnixNanos at) {
    const std::string time = format_rfc3339(at);
    return fmt::format(
        R"({{"type":"{}","product_id":"{}","updates":[)"
        R"({{"side":"bid","event_time":"{}","price_level":"99.5","new_quantity":"{}"}},)"
        R"({{"side":"offer","event_time":"{}","price_level":"100.5","new_quantity":"1"}}]}})",
        type, product, time, counters_[product] + 1, time);
  }

  void say(int64_t id, Connection& connection, UnixNanos at, const std::string& channel,
           const std::string& event) {
    const int64_t sequence = connection.sequence++;
    if (std::exchange(lose_next_frame, false)) return;
    events_.push_back(
        {.time = at,
         .connection = id,
         .text = fmt::format(
             R"({{"channel":"{}","client_id":"","timestamp":"{}","sequence_num":{},"events":[{}]}})",
             channel, format_rfc3339(at), sequence, event)});
  }

  const Exchange& exchange_;
  std::vector<std::string> products_;
  UnixNanos next_;
  std::map<std::string, int64_t> counters_;
  std::map<int64_t, Connection> connections_;
  std::vector<VenueEvent> events_;
};

}  // namespace daedalus
