#pragma once

#include <string>
#include <vector>

#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// A sink that keeps copies of all it is given, for tests.
struct EventRecorder : EventSink {
  std::vector<int64_t> sequences;
  std::vector<BookMessage> books;
  std::vector<Trade> trades;
  std::vector<Ticker> tickers;
  std::vector<OtherMessage> others;
  std::vector<Instrument> instruments;
  std::vector<ControlMessage> controls;
  std::string order;  ///< One letter an event: S B T K O I C.

  void on_connection_sequence(int64_t sequence) override { keep(sequences, sequence, 'S'); }
  void on_book(const BookMessage& message) override { keep(books, message, 'B'); }
  void on_trade(const Trade& trade) override { keep(trades, trade, 'T'); }
  void on_ticker(const Ticker& ticker) override { keep(tickers, ticker, 'K'); }
  void on_other(const OtherMessage& message) override { keep(others, message, 'O'); }
  void on_instrument(const Instrument& instrument) override { keep(instruments, instrument, 'I'); }
  void on_control(const ControlMessage& message) override { keep(controls, message, 'C'); }

 private:
  template <class T>
  void keep(std::vector<T>& into, const T& event, char letter) {
    into.push_back(event);
    order += letter;
  }
};

/// Parses one frame; the failure's message, or "" on success.
inline std::string parse_into(const Exchange& exchange, const RawFrame& frame, EventSink& out) {
  ConnectionState state;
  const Result<void> parsed = exchange.parse(frame, state, out);
  return parsed ? "" : parsed.error().message;
}

}  // namespace daedalus
