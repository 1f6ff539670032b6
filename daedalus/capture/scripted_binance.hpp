#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "daedalus/book/order_book.hpp"
#include "daedalus/capture/simulated_venue.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {

/// For tests: a venue with Binance spot's protocol whose books change evenly, that remembers every
/// state of every book, and fails as it is told.
class ScriptedBinance : public SimulatedVenue {
 public:
  ScriptedBinance(std::vector<std::string> symbols, UnixNanos start, uint64_t seed)
      : exchange_(*find_exchange("binance").value()), random_(seed) {
    int64_t offset = 0;
    for (const std::string& name : symbols) {
      Market& market = markets_[name];
      market.next_update = start + Nanoseconds(++offset * 1'000'000);
      for (int i = 0; i < 20; ++i) change_level(market, nullptr);
      remember(name, market);
    }
  }

  // What a test asks for.
  std::function<Nanoseconds(const std::string& symbol)> snapshot_delay;
  std::function<ConnectAnswer(int connect)> answer_connect;  ///< `connect` counts from 1.
  std::function<int(int snapshot)> snapshot_status;          ///< `snapshot` counts from 1.
  std::function<std::string(const std::string& frame)>
      answer_frame;                   ///< Instead of the plain answer.
  std::vector<std::string> delisted;  ///< Never deliver.
  std::optional<int64_t> retry_after_s;
  Nanoseconds update_every = std::chrono::milliseconds(100);

  void lose_next_update(const std::string& symbol) { markets_.at(symbol).lose_next = true; }
  void close_all(UnixNanos at, const std::string& why) {
    for (const auto& [id, streams] : connections_) {
      events_.push_back(
          {.time = at, .connection = id, .kind = VenueEvent::Kind::closed, .text = why});
    }
    connections_.clear();
  }
  void say_to_all(UnixNanos at, const std::string& text) {
    for (const auto& [id, streams] : connections_) {
      events_.push_back({.time = at, .connection = id, .text = text});
    }
  }

  // What it saw.
  std::vector<UnixNanos> connects;
  std::vector<std::pair<UnixNanos, std::string>> snapshots_asked;  ///< Time and symbol.
  std::vector<std::pair<UnixNanos, std::string>> frames_received;
  /// Hash of a symbol's whole book after an update id.
  uint64_t true_hash(const std::string& symbol, int64_t update_id) const {
    return hashes_.at({symbol, update_id});
  }

  ConnectAnswer on_connect(int64_t connection, std::string_view, UnixNanos now) override {
    connects.push_back(now);
    ConnectAnswer answer{.delay = std::chrono::milliseconds(20)};
    if (answer_connect) answer = answer_connect(static_cast<int>(connects.size()));
    if (answer.refused_status == 0 && answer.message.empty()) connections_[connection] = {};
    return answer;
  }

  void on_frame_sent(int64_t connection, std::string_view text, UnixNanos now) override {
    frames_received.emplace_back(now, text);
    const auto request = exchange_.read_request(text);
    std::string answer = fmt::format(R"({{"result":null,"id":{}}})", request->id.value_or(0));
    if (answer_frame) {
      if (const std::string other = answer_frame(std::string(text)); !other.empty()) answer = other;
    }
    events_.push_back(
        {.time = now + std::chrono::milliseconds(10), .connection = connection, .text = answer});
    if (!answer.starts_with(R"({"result)")) return;
    for (const Subscription& stream : request->subscriptions)
      connections_[connection].push_back(stream);
  }

  void on_client_closed(int64_t connection, UnixNanos) override { connections_.erase(connection); }

  HttpAnswer on_http(std::string_view url, UnixNanos now) override {
    const auto symbol = exchange_.snapshot_symbol(url);
    if (!symbol) return {.delay = std::chrono::milliseconds(50), .body = instruments_body()};
    snapshots_asked.emplace_back(now, *symbol);
    HttpAnswer answer{.delay = std::chrono::milliseconds(50),
                      .body = book_body(markets_.at(*symbol))};
    if (snapshot_delay) answer.delay = snapshot_delay(*symbol);
    if (snapshot_status) answer.status = snapshot_status(static_cast<int>(snapshots_asked.size()));
    if (answer.status != 200) {
      answer.body = R"({"code":-1003,"msg":"Too many requests"})";
      answer.retry_after_s = retry_after_s;
    }
    return answer;
  }

  std::optional<UnixNanos> next_event_time() override {
    std::optional<UnixNanos> next;
    for (const auto& [name, market] : markets_) {
      if (!next || market.next_update < *next) next = market.next_update;
    }
    for (const VenueEvent& event : events_) {
      if (!next || event.time < *next) next = event.time;
    }
    return next;
  }

  std::vector<VenueEvent> take_until(UnixNanos until) override {
    for (auto& [name, market] : markets_) {
      while (market.next_update <= until) update(name, market);
    }
    std::ranges::stable_sort(events_, {}, &VenueEvent::time);
    std::vector<VenueEvent> due;
    while (!events_.empty() && events_.front().time <= until) {
      due.push_back(std::move(events_.front()));
      events_.erase(events_.begin());
    }
    return due;
  }

 private:
  struct Market {
    OrderBook book;
    std::map<int64_t, std::string> bids, asks;  ///< Price to size.
    int64_t update_id = 1000;
    UnixNanos next_update;
    bool lose_next = false;
  };

  /// Bids lie under 1000, asks over it: never crossed.
  void change_level(Market& market, BookMessage* message) {
    for (const bool is_bid : {true, false}) {
      const int64_t price =
          is_bid ? 990 + static_cast<int64_t>(random_() % 10) : 1000 + random_() % 10;
      const std::string size = fmt::format("{}.5", random_() % 5);
      (is_bid ? market.bids : market.asks)[price] = size;
      BookMessage one;
      (is_bid ? one.bids : one.asks).push_back({{price, 0}, *parse_decimal(size)});
      (void)market.book.apply(one);
      if (message != nullptr) {
        for (const auto& level : one.bids) message->bids.push_back(level);
        for (const auto& level : one.asks) message->asks.push_back(level);
      }
    }
  }

  void remember(const std::string& name, const Market& market) {
    hashes_[{name, market.update_id}] = market.book.hash();
  }

  static std::string levels_json(const std::vector<PriceLevel>& levels) {
    std::string json;
    for (const PriceLevel& level : levels) {
      json += fmt::format(R"({}["{}","{}"])", json.empty() ? "" : ",", to_text(level.price),
                          to_text(level.size));
    }
    return json;
  }

  void update(const std::string& name, Market& market) {
    BookMessage message;
    const int64_t first = market.update_id + 1;
    change_level(market, &message);
    market.update_id += 2;
    remember(name, market);
    const UnixNanos at = market.next_update;
    market.next_update = market.next_update + update_every;
    if (std::exchange(market.lose_next, false)) return;
    if (std::ranges::find(delisted, name) != delisted.end()) return;
    const std::string text =
        fmt::format(R"({{"e":"depthUpdate","E":{},"s":"{}","U":{},"u":{},"b":[{}],"a":[{}]}})",
                    at.value / 1'000'000, name, first, market.update_id, levels_json(message.bids),
                    levels_json(message.asks));
    for (const auto& [id, streams] : connections_) {
      for (const Subscription& stream : streams) {
        if (stream.symbol_native == name && stream.channel == Channel::orderbook) {
          events_.push_back({.time = at, .connection = id, .text = text});
        }
      }
    }
  }

  static std::string book_body(const Market& market) {
    const auto side = [](const std::map<int64_t, std::string>& levels) {
      std::string json;
      for (const auto& [price, size] : levels) {
        if (size == "0.0") continue;
        json += fmt::format(R"({}["{}","{}"])", json.empty() ? "" : ",", price, size);
      }
      return json;
    };
    return fmt::format(R"({{"lastUpdateId":{},"bids":[{}],"asks":[{}]}})", market.update_id,
                       side(market.bids), side(market.asks));
  }

  std::string instruments_body() const {
    std::string symbols;
    for (const auto& [name, market] : markets_) {
      if (std::ranges::find(delisted, name) != delisted.end()) continue;
      symbols += fmt::format(
          R"({}{{"symbol":"{}","status":"TRADING","baseAsset":"{}","quoteAsset":"USDT","filters":[]}})",
          symbols.empty() ? "" : ",", name, name.substr(0, name.size() - 4));
    }
    return R"({"timezone":"UTC","symbols":[)" + symbols + "]}";
  }

  const Exchange& exchange_;
  std::mt19937_64 random_;
  std::map<std::string, Market> markets_;
  std::map<std::pair<std::string, int64_t>, uint64_t> hashes_;
  std::map<int64_t, std::vector<Subscription>> connections_;
  std::vector<VenueEvent> events_;
};

}  // namespace daedalus
