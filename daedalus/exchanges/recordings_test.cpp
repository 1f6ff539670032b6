#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "daedalus/exchanges/event_recorder.hpp"
#include "daedalus/exchanges/recorded_frames.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

const std::string kRecordings = DAEDALUS_SOURCE_DIR "/../shared/realdata/";

/// What a recording holds, counted twice: by the parser, and by searching its text.
struct Counts {
  size_t books = 0;
  size_t snapshots = 0;
  size_t rest_books = 0;
  size_t levels = 0;
  size_t trades = 0;
  size_t history = 0;
  size_t tickers = 0;
  size_t others = 0;
  size_t heartbeats = 0;
  size_t acknowledged = 0;
  size_t instruments = 0;
  bool operator==(const Counts&) const = default;
};

void PrintTo(const Counts& c, std::ostream* out) {
  *out << fmt::format(
      "books {} snapshots {} rest {} levels {} trades {} history {} tickers {} others {} "
      "heartbeats {} acknowledged {} instruments {}",
      c.books, c.snapshots, c.rest_books, c.levels, c.trades, c.history, c.tickers, c.others,
      c.heartbeats, c.acknowledged, c.instruments);
}

struct CountingSink : EventSink {
  Counts counts;
  std::vector<int64_t> sequences;
  size_t refused = 0;

  void on_connection_sequence(int64_t sequence) override { sequences.push_back(sequence); }
  void on_book(const BookMessage& message) override {
    ++counts.books;
    counts.snapshots += message.is_snapshot;
    counts.rest_books += message.from_rest;
    counts.levels += message.bids.size() + message.asks.size();
    EXPECT_FALSE(message.symbol_native.empty());
  }
  void on_trade(const Trade& trade) override {
    ++counts.trades;
    counts.history += trade.is_history;
    EXPECT_TRUE(trade.taker_side && trade.time.exchange_us && !trade.trade_id.empty());
  }
  void on_ticker(const Ticker& ticker) override {
    ++counts.tickers;
    EXPECT_TRUE(ticker.bid && ticker.ask);
  }
  void on_other(const OtherMessage&) override { ++counts.others; }
  void on_instrument(const Instrument&) override { ++counts.instruments; }
  void on_control(const ControlMessage& message) override {
    counts.heartbeats += message.kind == ControlMessage::Kind::heartbeat;
    counts.acknowledged += message.kind == ControlMessage::Kind::acknowledged;
    refused += message.kind == ControlMessage::Kind::refused;
  }
};

class Recordings : public ::testing::Test {
 protected:
  /// Parses all frames of a recording; every one must be understood.
  void read(std::string_view exchange, const std::string& file, const std::string& url = "") {
    frames = read_recording(kRecordings + file, url);
    if (frames.empty()) {
      ASSERT_EQ(std::getenv("CI"), nullptr) << "the recording is missing: " << file;
      GTEST_SKIP() << "the recording is not on this machine: " << file;
    }
    const Exchange& venue = **find_exchange(exchange);
    ConnectionState state;
    for (const RecordedFrame& frame : frames) {
      const auto parsed = venue.parse({.payload = frame.payload, .url = frame.url}, state, sink);
      ASSERT_TRUE(parsed) << parsed.error().message << "\n" << frame.payload.substr(0, 300);
    }
    EXPECT_EQ(sink.refused, 0u);
  }

  /// How often a text occurs in all frames.
  size_t occurrences(std::string_view text) const {
    size_t count = 0;
    for (const RecordedFrame& frame : frames) {
      for (size_t at = frame.payload.find(text); at != std::string::npos;
           at = frame.payload.find(text, at + 1)) {
        ++count;
      }
    }
    return count;
  }

  /// Levels of frames with `[["price","size"],...]`: brackets that open a pair.
  size_t pairs() const {
    size_t count = 0;
    for (const RecordedFrame& frame : frames) {
      for (size_t at = 1; at + 1 < frame.payload.size(); ++at) {
        count += frame.payload[at] == '[' && frame.payload[at + 1] == '"' &&
                 (frame.payload[at - 1] == '[' || frame.payload[at - 1] == ',' ||
                  frame.payload[at - 1] == ' ');
      }
    }
    return count;
  }

  std::vector<RecordedFrame> frames;
  CountingSink sink;
};

TEST_F(Recordings, coinbase_of_2026_parses_whole_with_an_unbroken_sequence) {
  ASSERT_NO_FATAL_FAILURE(read("coinbase", "coinbase/cryptofeed_v3_COINBASE.jsonl.zst"));
  if (IsSkipped()) return;
  const Counts expected{.books = 775,
                        .snapshots = 2,
                        .levels = 74'193,
                        .trades = occurrences("\"trade_id\""),
                        .history = sink.counts.history,
                        .tickers = 160,
                        .others = 6,
                        .heartbeats = 25,
                        .acknowledged = 5,
                        .instruments = occurrences("\"base_currency_id\"")};
  EXPECT_EQ(sink.counts, expected);
  EXPECT_EQ(occurrences("\"price_level\""), 74'193u);
  EXPECT_GT(sink.counts.history, 100u);
  std::vector<int64_t> all(1030);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(sink.sequences, all);
}

TEST_F(Recordings, coinbase_exchange_of_2021_parses_whole) {
  ASSERT_NO_FATAL_FAILURE(
      read("coinbase_exchange", "coinbase/cryptofeed_master_COINBASE.ws.28.0_20210417.zst"));
  if (IsSkipped()) return;
  const size_t changes = occurrences("[\"buy\",") + occurrences("[\"sell\",");
  EXPECT_EQ(sink.counts.books, 9729u);
  EXPECT_EQ(sink.counts.snapshots, 10u);
  EXPECT_EQ(sink.counts.trades, 107u);
  EXPECT_EQ(sink.counts.history, 10u);
  EXPECT_EQ(sink.counts.tickers, 107u);
  EXPECT_EQ(sink.counts.acknowledged, 3u);
  EXPECT_EQ(sink.counts.others, 0u);
  EXPECT_GT(sink.counts.levels, changes);
}

TEST_F(Recordings, binance_spot_parses_whole) {
  ASSERT_NO_FATAL_FAILURE(read("binance", "binance/cryptofeed_hist_BINANCE-b38f7c.0.zst"));
  if (IsSkipped()) return;
  const Counts expected{.books = 4719,
                        .snapshots = 10,
                        .rest_books = 10,
                        .levels = pairs(),
                        .trades = 1240,
                        .tickers = 5408};
  EXPECT_EQ(sink.counts, expected);
}

TEST_F(Recordings, binance_us_parses_whole) {
  ASSERT_NO_FATAL_FAILURE(read("binanceus", "binanceus/cryptofeed_hist_BINANCE_US-63b290.0.zst"));
  if (IsSkipped()) return;
  const Counts expected{.books = 3206,
                        .snapshots = 10,
                        .rest_books = 10,
                        .levels = pairs(),
                        .trades = 188,
                        .tickers = 2624};
  EXPECT_EQ(sink.counts, expected);
}

TEST_F(Recordings, binance_usdm_of_2021_parses_whole) {
  ASSERT_NO_FATAL_FAILURE(
      read("binance_usdm", "binance/cryptofeed_hist_BINANCE_FUTURES-1125a2.0.zst"));
  if (IsSkipped()) return;
  const Counts expected{.books = 4428,
                        .snapshots = 5,
                        .rest_books = 5,
                        .levels = pairs(),
                        .trades = 574,
                        .tickers = 3424};
  EXPECT_EQ(sink.counts, expected);
}

TEST_F(Recordings, binance_usdm_of_2024_parses_whole) {
  ASSERT_NO_FATAL_FAILURE(read("binance_usdm", "binance/hftbacktest/usdm_btcusdt_20240718.gz",
                               "/fapi/v1/depth?symbol=BTCUSDT&limit=1000"));
  if (IsSkipped()) return;
  const Counts expected{.books = 3327,
                        .snapshots = 1,
                        .rest_books = 1,
                        .levels = pairs(),
                        .trades = 974,
                        .tickers = 7113};
  EXPECT_EQ(sink.counts, expected);
}

TEST_F(Recordings, binance_nexousdt_of_two_days_parses_whole) {
  const std::string url = "/api/v3/depth?symbol=NEXOUSDT&limit=1000";
  ASSERT_NO_FATAL_FAILURE(read("binance", "binance/nexousdt_34h/nexousdt_20240723.dat.gz", url));
  if (IsSkipped()) return;
  EXPECT_EQ(sink.counts.levels, pairs());
  ASSERT_NO_FATAL_FAILURE(read("binance", "binance/nexousdt_34h/nexousdt_20240724.dat.gz", url));
  if (IsSkipped()) return;
  EXPECT_EQ(sink.counts.books, 1188u + 66'994u + 1u);
  EXPECT_EQ(sink.counts.rest_books, 1u);
  EXPECT_EQ(sink.counts.trades, 178u + 12'280u);
  EXPECT_EQ(sink.counts.tickers, 437u + 33'000u);
  EXPECT_EQ(sink.counts.others, 0u);
}

}  // namespace
}  // namespace daedalus
