#pragma once

#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "daedalus/base/time.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// One market's part of a recording, in the order received: what tests and benchmarks of books and
/// features need and no more (the exchanges' own parsers stand above these modules).
struct RecordedEvent {
  UnixNanos capture_time;
  std::optional<BookMessage> book;
  std::vector<Trade> trades;
};

inline std::string recording_path(std::string_view file) {
  return std::string(DAEDALUS_SOURCE_DIR "/../shared/realdata/").append(file);
}

/// The lines of a .gz or .zst file; none if it is absent.
inline std::vector<std::string> recorded_lines(const std::string& path) {
  std::vector<std::string> lines;
  const bool is_gzip = path.ends_with(".gz");
  FILE* pipe = popen(((is_gzip ? "zcat '" : "zstd -dcq '") + path + "' 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return lines;
  char* text = nullptr;
  size_t capacity = 0;
  while (getline(&text, &capacity, pipe) > 0) lines.emplace_back(text);
  free(text);
  pclose(pipe);
  return lines;
}

inline Decimal recorded_decimal(simdjson::dom::element text) {
  return parse_decimal(text.get_string().value()).value();
}

inline std::vector<PriceLevel> binance_levels(simdjson::dom::array levels) {
  std::vector<PriceLevel> out;
  for (const simdjson::dom::element level : levels) {
    out.push_back({recorded_decimal(level.at(0)), recorded_decimal(level.at(1))});
  }
  return out;
}

/// Of one stream-wrapped frame or REST body of Binance's `<time> <frame>` recordings.
inline RecordedEvent binance_event(const std::string& line, simdjson::dom::parser& parser) {
  const size_t space = line.find(' ');
  const auto time = parse_unix_integer(std::string_view(line).substr(0, space));
  RecordedEvent event{.capture_time = time.value(), .book = {}, .trades = {}};
  const simdjson::dom::element frame = parser.parse(line.substr(space + 1));
  simdjson::dom::element data = frame;
  if (frame["lastUpdateId"].error() == simdjson::SUCCESS) {
    event.book = BookMessage{.is_snapshot = true,
                             .last_sequence = int64_t(frame["lastUpdateId"]),
                             .bids = binance_levels(frame["bids"]),
                             .asks = binance_levels(frame["asks"])};
  } else if (frame["data"].get(data) == simdjson::SUCCESS && data["e"].error() == 0) {
    const std::string_view type = data["e"];
    if (type == "depthUpdate") {
      event.book = BookMessage{.last_sequence = int64_t(data["u"]),
                               .bids = binance_levels(data["b"]),
                               .asks = binance_levels(data["a"])};
    } else if (type == "trade") {
      event.trades.push_back({.taker_side = bool(data["m"]) ? Side::sell : Side::buy,
                              .price = recorded_decimal(data["p"]),
                              .amount = recorded_decimal(data["q"])});
    }
  }
  return event;
}

/// Deltas before the REST snapshot or older than it are left out.
inline std::vector<RecordedEvent> read_binance(std::initializer_list<std::string_view> files) {
  std::vector<RecordedEvent> events;
  std::optional<int64_t> synced;
  simdjson::dom::parser parser;
  for (const std::string_view file : files) {
    for (const std::string& line : recorded_lines(recording_path(file))) {
      RecordedEvent event = binance_event(line, parser);
      if (event.book && event.book->is_snapshot) synced = event.book->last_sequence;
      if (event.book && (!synced || *event.book->last_sequence < *synced)) event.book.reset();
      if (event.book || !event.trades.empty()) events.push_back(std::move(event));
    }
  }
  return events;
}

/// Coinbase Advanced Trade: one product of a cryptofeed recording.
inline void add_coinbase_frame(UnixNanos time, simdjson::dom::element frame,
                               std::string_view product, std::vector<RecordedEvent>& out) {
  const std::string_view channel = frame["channel"];
  if (channel != "l2_data" && channel != "market_trades") return;
  for (const simdjson::dom::element part : frame["events"]) {
    RecordedEvent event{.capture_time = time, .book = {}, .trades = {}};
    const bool is_snapshot = std::string_view(part["type"]) == "snapshot";
    if (channel == "l2_data" && std::string_view(part["product_id"]) == product) {
      event.book = BookMessage{.is_snapshot = is_snapshot};
      for (const simdjson::dom::element update : part["updates"]) {
        const bool is_bid = std::string_view(update["side"]) == "bid";
        (is_bid ? event.book->bids : event.book->asks)
            .push_back({recorded_decimal(update["price_level"]),
                        recorded_decimal(update["new_quantity"])});
      }
    } else if (channel == "market_trades" && !is_snapshot) {
      for (const simdjson::dom::element trade : part["trades"]) {
        if (std::string_view(trade["product_id"]) != product) continue;
        const bool maker_sells = std::string_view(trade["side"]) == "SELL";
        event.trades.push_back({.taker_side = maker_sells ? Side::buy : Side::sell,
                                .price = recorded_decimal(trade["price"]),
                                .amount = recorded_decimal(trade["size"])});
      }
      std::reverse(event.trades.begin(), event.trades.end());
    }
    if (event.book || !event.trades.empty()) out.push_back(std::move(event));
  }
}

inline std::vector<RecordedEvent> read_coinbase(std::string_view product) {
  std::vector<RecordedEvent> events;
  simdjson::dom::parser line_parser;
  simdjson::dom::parser frame_parser;
  for (const std::string& line :
       recorded_lines(recording_path("coinbase/cryptofeed_v3_COINBASE.jsonl.zst"))) {
    const simdjson::dom::element record = line_parser.parse(line);
    if (std::string_view(record["t"]) != "recv") continue;
    const UnixNanos time{static_cast<int64_t>(double(record["ts"]) * 1e6) * 1000};
    add_coinbase_frame(time, frame_parser.parse(std::string(std::string_view(record["data"]))),
                       product, events);
  }
  return events;
}

inline std::vector<RecordedEvent> read_usdm() {
  return read_binance({"binance/hftbacktest/usdm_btcusdt_20240718.gz",
                       "binance/hftbacktest/usdm_btcusdt_20240719.gz"});
}

}  // namespace daedalus
