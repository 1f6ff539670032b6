#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "daedalus/book/order_book.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/simulate/venue_server.hpp"

namespace daedalus {

/// Keeps all that a played venue says.
class RecordingOutbox final : public VenueOutbox {
 public:
  struct Answer {
    int status = 0;
    std::string body;
  };

  void send(int64_t connection, std::string frame, UnixNanos time) override {
    times[connection].push_back(time);
    frames[connection].push_back(std::move(frame));
  }
  void close(int64_t connection, std::string_view why, UnixNanos) override {
    closed[connection] = std::string(why);
  }
  void answer(int64_t request, int status, std::string body, UnixNanos) override {
    answers[request] = {status, std::move(body)};
  }
  bool is_full() const override { return full; }

  std::map<int64_t, std::vector<std::string>> frames;
  std::map<int64_t, std::vector<UnixNanos>> times;
  std::map<int64_t, std::string> closed;
  std::map<int64_t, Answer> answers;
  bool full = false;
};

/// Where two lists of frames differ first; empty: nowhere.
inline std::string first_difference(const std::vector<std::string>& got,
                                    const std::vector<std::string>& expected) {
  for (size_t i = 0; i < std::min(got.size(), expected.size()); ++i) {
    if (got[i] != expected[i]) {
      return "frame " + std::to_string(i) + ": got " + got[i].substr(0, 200) + ", expected " +
             expected[i].substr(0, 200);
    }
  }
  if (got.size() == expected.size()) return {};
  return std::to_string(got.size()) + " frames instead of " + std::to_string(expected.size());
}

/// Reads a venue's frames with the real parser, and keeps books as a client would.
class ReadingClient final : public EventSink {
 public:
  explicit ReadingClient(std::string_view exchange) : exchange_(**find_exchange(exchange)) {}

  void read(std::string_view payload, std::string_view url = {}) {
    const auto parsed = exchange_.parse({.payload = payload, .url = url}, state_, *this);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message << "\n" << payload.substr(0, 400);
  }

  void on_connection_sequence(int64_t sequence) override { sequences.push_back(sequence); }
  void on_book(const BookMessage& message) override {
    ++book_messages;
    OrderBook& book = books[message.symbol_native];
    if (message.from_rest) {
      ASSERT_TRUE(book.apply(message).has_value());
      last_ids[message.symbol_native] = *message.last_sequence;
      return splice(message.symbol_native);
    }
    if (!message.is_snapshot && message.first_sequence) {
      deltas[message.symbol_native].push_back(message);
      if (last_ids.contains(message.symbol_native)) splice(message.symbol_native);
      return;
    }
    if (message.is_snapshot) ++snapshots[message.symbol_native];
    if (!message.is_snapshot && !snapshots.contains(message.symbol_native)) ++orphans;
    ASSERT_TRUE(book.apply(message).has_value());
    if (book.state() == BookState::crossed) ++crossed;
  }
  void on_trade(const Trade& trade) override { trades.push_back(trade); }
  void on_ticker(const Ticker& ticker) override { tickers.push_back(ticker); }
  void on_other(const OtherMessage& message) override { others.push_back(message); }
  void on_instrument(const Instrument& instrument) override { instruments.push_back(instrument); }
  void on_control(const ControlMessage& message) override { controls.push_back(message); }

  int count(ControlMessage::Kind kind) const {
    int found = 0;
    for (const ControlMessage& message : controls) found += message.kind == kind;
    return found;
  }

  std::vector<int64_t> sequences;
  std::map<std::string, OrderBook> books;
  std::map<std::string, int> snapshots;
  std::map<std::string, int64_t> last_ids;
  std::map<std::string, std::deque<BookMessage>> deltas;  ///< Not yet spliced.
  std::vector<Trade> trades;
  std::vector<Ticker> tickers;
  std::vector<OtherMessage> others;
  std::vector<Instrument> instruments;
  std::vector<ControlMessage> controls;
  int book_messages = 0;
  int crossed = 0;
  int gaps = 0;     ///< Deltas that do not follow the one before.
  int orphans = 0;  ///< Deltas before any image.

 private:
  void splice(const std::string& symbol) {
    int64_t& last = last_ids[symbol];
    for (std::deque<BookMessage>& waiting = deltas[symbol]; !waiting.empty(); waiting.pop_front()) {
      const BookMessage& delta = waiting.front();
      if (*delta.last_sequence <= last) continue;
      const bool joins = *delta.first_sequence <= last + 1;
      const bool chained = delta.previous_sequence && *delta.previous_sequence == last;
      if (!joins && !chained) ++gaps;
      ASSERT_TRUE(books[symbol].apply(delta).has_value());
      if (books[symbol].state() == BookState::crossed) ++crossed;
      last = *delta.last_sequence;
    }
  }

  const Exchange& exchange_;
  ConnectionState state_;
};

}  // namespace daedalus
