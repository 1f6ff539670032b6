#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daedalus/simulate/played_venue_for_test.hpp"
#include "daedalus/simulate/replayed_exchange.hpp"
#include "daedalus/simulate/simulated_exchange.hpp"

namespace daedalus {

inline constexpr UnixNanos kRecorded{1'700'000'000'000'000'000};

inline UnixNanos recorded_at(double seconds) {
  return kRecorded + Nanoseconds(static_cast<int64_t>(seconds * 1e9));
}

class ListedRecords final : public ReplaySource {
 public:
  explicit ListedRecords(std::vector<Record> records) : records_(std::move(records)) {}
  Result<const Record*> next() override {
    return next_ < records_.size() ? &records_[next_++] : nullptr;
  }

 private:
  std::vector<Record> records_;
  size_t next_ = 0;
};

/// A recording of a simulated venue: one connection with all streams, made as a capture would.
struct Recorded {
  Recorded(const std::string& name, double seconds, double rest_after = 1.0)
      : exchange(**find_exchange(name)) {
    const auto venue = *SimulatedExchange::create(exchange, {.symbols = {"BTC-USD", "ETH-USD"},
                                                             .market = {.events_per_second = 40},
                                                             .start = kRecorded});
    RecordingOutbox out;
    records.push_back({.capture_time = kRecorded,
                       .type = RecordType::connect,
                       .connection = 1,
                       .url = "wss://recorded/stream"});
    venue->on_open(1, "/stream", kRecorded, out);
    for (const char* symbol : {"BTC-USD", "ETH-USD"}) {
      for (const Channel channel : {Channel::orderbook, Channel::trades, Channel::ticker}) {
        wanted.push_back({exchange.native_symbol(symbol), channel});
      }
    }
    const auto subscribe = exchange.subscribe(wanted, {});
    for (const SubscribeFrame& frame : *subscribe) {
      records.push_back({.capture_time = kRecorded,
                         .type = RecordType::send,
                         .connection = 1,
                         .payload = frame.text});
      venue->on_frame(1, frame.text, kRecorded, out);
    }
    const std::string path = exchange.snapshot_path("BTCUSD", {});
    if (!path.empty()) {
      add_frames(*venue, rest_after, out);
      add_body(*venue, "BTCUSD", rest_after, out);
      add_frames(*venue, rest_after + 1.5, out);
      add_body(*venue, "ETHUSD", rest_after + 1.5, out);
    }
    add_frames(*venue, seconds, out);
  }

  void add_frames(SimulatedExchange& venue, double until, RecordingOutbox& out) {
    venue.advance(recorded_at(until), out);
    for (size_t i = 0; i < out.frames[1].size(); ++i) {
      records.push_back({.capture_time = out.times[1][i],
                         .type = RecordType::recv,
                         .connection = 1,
                         .payload = out.frames[1][i]});
      payloads.push_back(out.frames[1][i]);
    }
    out.frames[1].clear();
    out.times[1].clear();
  }
  void add_body(SimulatedExchange& venue, const std::string& symbol, double when,
                RecordingOutbox& out) {
    const std::string path = exchange.snapshot_path(symbol, {});
    venue.on_http(1, path, recorded_at(when), out);
    records.push_back({.capture_time = recorded_at(when),
                       .type = RecordType::http,
                       .status = 200,
                       .url = "https://rest" + path,
                       .payload = out.answers[1].body});
    bodies[symbol] = out.answers[1].body;
  }

  std::unique_ptr<ReplayedExchange> replay(const ReplayOptions& options) const {
    return *ReplayedExchange::create(exchange, std::make_unique<ListedRecords>(records), options);
  }

  const Exchange& exchange;
  std::vector<Subscription> wanted;
  std::vector<Record> records;
  std::vector<std::string> payloads;
  std::map<std::string, std::string> bodies;
};

}  // namespace daedalus
