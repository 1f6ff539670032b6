#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {

/// Rows as short lines: "<frame>.<place> <table> <symbol> ...".
class RowLines final : public RowSink {
 public:
  void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) override {
    constexpr const char* kKinds[] = {"snapshot", "delta", "checkpoint"};
    add(key,
        fmt::format("{} u={} levels={}", kKinds[static_cast<int>(kind)],
                    message.last_sequence.value_or(-1), message.bids.size() + message.asks.size()));
  }
  void on_trade_row(const RowKey& key, const Trade& trade) override {
    add(key, fmt::format("trade {} {}", trade.trade_id, trade.is_history ? "history" : "live"));
  }
  void on_ticker_row(const RowKey& key, const Ticker&) override { add(key, "ticker"); }
  void on_gap_row(const RowKey& key, const GapRow& gap) override {
    std::string text =
        fmt::format("gap {} {} {} id={}.{}", gap.edge == GapEdge::open ? "open" : "close",
                    channel_name(gap.channel), gap_kind_name(gap.kind), gap.gap_id / kRowsPerFrame,
                    gap.gap_id % kRowsPerFrame);
    if (gap.expected) text += fmt::format(" expected={}", *gap.expected);
    if (gap.received) text += fmt::format(" received={}", *gap.received);
    if (gap.frames_affected) text += fmt::format(" lost={}", *gap.frames_affected);
    if (!gap.recovered_by.empty()) text += " by=" + gap.recovered_by;
    if (!gap.detail.empty()) text += " (" + gap.detail + ")";
    add(key, text);
  }
  void on_other_row(const RowKey& key, const OtherMessage& message) override {
    add(key, "other " + message.channel);
  }
  void on_instrument_row(const RowKey& key, const Instrument& instrument) override {
    add(key, "instrument " + instrument.symbol_native);
  }

  /// Those since the last call.
  std::vector<std::string> take() { return std::exchange(lines_, {}); }

 private:
  void add(const RowKey& key, const std::string& text) {
    lines_.push_back(fmt::format("{}.{} {} {}", key.recv_seq / kRowsPerFrame,
                                 key.recv_seq % kRowsPerFrame, key.symbol, text));
  }
  std::vector<std::string> lines_;
};

/// What the interpreter asked a capture for.
class Wishes final : public StreamObserver {
 public:
  void on_resync_needed(int64_t, const Subscription& stream, GapKind kind) override {
    said.push_back(fmt::format("resync {} {}", stream.symbol_native, gap_kind_name(kind)));
  }
  void on_connection_broken(int64_t connection, GapKind kind) override {
    said.push_back(fmt::format("reconnect {} {}", connection, gap_kind_name(kind)));
  }
  void on_book_live(int64_t, const Subscription& stream) override {
    said.push_back("live " + stream.symbol_native);
  }
  void on_unparsable(int64_t, const Error&) override { said.push_back("unparsable"); }
  std::vector<std::string> take() { return std::exchange(said, {}); }

  std::vector<std::string> said;
};

/// Feeds an interpreter records numbered from 1, a millisecond apart.
class Story {
 public:
  explicit Story(std::string_view exchange, InterpreterOptions options = {})
      : interpreter(**find_exchange(exchange), options) {}

  std::vector<std::string> tell(Record record) {
    record.frame_seq = next_seq_++;
    record.capture_time = {time_ns};
    time_ns += 1'000'000;
    interpreter.apply(record, lines, wishes);
    return lines.take();
  }
  std::vector<std::string> start(const std::string& detail = "live") {
    return tell({.type = RecordType::start, .detail = detail});
  }
  std::vector<std::string> connect(int64_t connection, const std::string& url) {
    return tell({.type = RecordType::connect, .connection = connection, .url = url});
  }
  std::vector<std::string> disconnect(int64_t connection) {
    return tell({.type = RecordType::disconnect, .connection = connection, .detail = "closed"});
  }
  std::vector<std::string> send(int64_t connection, const std::string& payload) {
    return tell({.type = RecordType::send, .connection = connection, .payload = payload});
  }
  std::vector<std::string> recv(int64_t connection, const std::string& payload) {
    return tell({.connection = connection, .payload = payload});
  }
  std::vector<std::string> http(const std::string& url, const std::string& payload,
                                int64_t status = 200) {
    return tell({.type = RecordType::http, .status = status, .url = url, .payload = payload});
  }

  Interpreter interpreter;
  RowLines lines;
  Wishes wishes;
  int64_t time_ns = 1'600'000'000'000'000'000;

 private:
  int64_t next_seq_ = 1;
};

/// Frames in Binance's words.
inline std::string depth(int64_t first, int64_t last, const std::string& symbol = "BTCUSDT",
                         const std::string& bids = R"([["10.0","1.0"]])",
                         const std::string& asks = "[]") {
  std::string stream = symbol;
  for (char& c : stream) c = static_cast<char>(std::tolower(c));
  return fmt::format(
      R"({{"stream":"{}@depth@100ms","data":{{"e":"depthUpdate","E":1600000000000,"s":"{}",)"
      R"("U":{},"u":{},"b":{},"a":{}}}}})",
      stream, symbol, first, last, bids, asks);
}

inline std::string futures_depth(int64_t first, int64_t last, int64_t previous) {
  return fmt::format(
      R"({{"stream":"btcusdt@depth@0ms","data":{{"e":"depthUpdate","E":1600000000000,)"
      R"("T":1600000000000,"s":"BTCUSDT","U":{},"u":{},"pu":{},"b":[["10.0","1.0"]],"a":[]}}}})",
      first, last, previous);
}

inline std::string image(int64_t id) {
  return fmt::format(R"({{"lastUpdateId":{},"bids":[["9.0","1.0"]],"asks":[["11.0","2.0"]]}})", id);
}

inline std::string image_url(const std::string& symbol = "BTCUSDT") {
  return "https://api.binance.com/api/v3/depth?symbol=" + symbol + "&limit=1000";
}

inline std::string binance_trade(int64_t id) {
  return fmt::format(
      R"({{"stream":"btcusdt@trade","data":{{"e":"trade","E":1600000000001,"s":"BTCUSDT","t":{},)"
      R"("p":"10.5","q":"0.5","T":1600000000000,"m":true,"M":true}}}})",
      id);
}

}  // namespace daedalus
