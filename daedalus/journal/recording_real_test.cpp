// Real recordings give exactly the messages that realdata/README.md states.

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "daedalus/base/file.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/journal/recording_reading.hpp"

namespace daedalus {
namespace {

struct Expected {
  std::string format;
  std::string file;
  std::string exchange;
  std::map<std::string, int64_t> received;  ///< By what the frame says it is.
  std::map<RecordType, int64_t> types;
  std::string first_time;  ///< Of a frame or body, to the second.
  double span_seconds;     ///< From there to the last record.
};

/// The text behind `"key":"` in a frame.
std::string text_of(const std::string& frame, const std::string& key) {
  const size_t at = frame.find("\"" + key + "\":\"");
  if (at == std::string::npos) return "";
  const size_t from = at + key.size() + 4;
  return frame.substr(from, frame.find('"', from) - from);
}

std::string kind_of(const Record& record, const std::string& exchange) {
  if (record.type == RecordType::http) return "REST";
  if (exchange == "coinbase") return text_of(record.payload, "channel");
  if (exchange == "coinbase_exchange") return text_of(record.payload, "type");
  const std::string stream = text_of(record.payload, "stream");
  return stream.substr(stream.find('@') + 1);
}

class RealRecording : public testing::TestWithParam<Expected> {};

TEST_P(RealRecording, GivesItsMessagesWithTheirTimes) {
  const Expected& expected = GetParam();
  const std::string path =
      std::string(DAEDALUS_SOURCE_DIR) + "/../shared/realdata/" + expected.file;
  if (!path_exists(path)) {
    if (std::getenv("CI") != nullptr) FAIL() << path << " is absent";
    GTEST_SKIP() << path << " is absent";
  }
  const Exchange* exchange = *find_exchange(expected.exchange);

  const Reading reading = read_recording(expected.format, path, {.exchange = exchange});

  EXPECT_TRUE(reading.errors.empty());
  std::map<std::string, int64_t> received;
  std::map<RecordType, int64_t> types;
  for (const Record& record : reading.records) {
    ++types[record.type];
    EXPECT_EQ(record.connection, record.type == RecordType::http ? 0 : 1);
    EXPECT_EQ(record.status, record.type == RecordType::http ? 200 : 0);
    if (record.type == RecordType::recv || record.type == RecordType::http) {
      ++received[kind_of(record, expected.exchange)];
      EXPECT_EQ(record.payload.front(), '{');
    }
  }
  EXPECT_EQ(received, expected.received);
  EXPECT_EQ(types, expected.types);
  ASSERT_FALSE(reading.records.empty());
  const UnixNanos first = reading.records.front().capture_time;
  const Nanoseconds span = reading.records.back().capture_time - first;
  EXPECT_EQ(format_rfc3339(floor_to(first, kNanosPerSecond)), expected.first_time);
  EXPECT_NEAR(static_cast<double>(span.count()) / 1e9, expected.span_seconds, 0.051);
}

constexpr auto kConnect = RecordType::connect;
constexpr auto kSend = RecordType::send;
constexpr auto kRecv = RecordType::recv;
constexpr auto kHttp = RecordType::http;

INSTANTIATE_TEST_SUITE_P(
    Cryptofeed, RealRecording,
    testing::Values(
        Expected{"cryptofeed",
                 "coinbase/cryptofeed_v3_COINBASE.jsonl.zst",
                 "coinbase",
                 {{"l2_data", 775},
                  {"ticker", 160},
                  {"market_trades", 59},
                  {"heartbeats", 25},
                  {"candles", 6},
                  {"subscriptions", 5},
                  {"REST", 1}},
                 {{kConnect, 1}, {kSend, 5}, {kRecv, 1030}, {kHttp, 1}},
                 "2026-08-09T21:05:48Z",
                 24.85},
        Expected{"cryptofeed",
                 "coinbase/cryptofeed_master_COINBASE.ws.28.0_20210417.zst",
                 "coinbase_exchange",
                 {{"l2update", 9719},
                  {"ticker", 107},
                  {"match", 97},
                  {"snapshot", 10},
                  {"last_match", 10},
                  {"subscriptions", 3}},
                 {{kConnect, 1}, {kSend, 3}, {kRecv, 9946}},
                 "2021-04-17T16:43:36Z",
                 31.0},
        Expected{"cryptofeed",
                 "binance/cryptofeed_hist_BINANCE-b38f7c.0.zst",
                 "binance",
                 {{"bookTicker", 5408}, {"depth@100ms", 4709}, {"aggTrade", 1240}, {"REST", 10}},
                 {{kConnect, 1}, {kRecv, 11357}, {kHttp, 10}},
                 "2021-04-05T18:33:22Z",
                 119.99},
        Expected{"cryptofeed",
                 "binance/cryptofeed_hist_BINANCE_FUTURES-1125a2.0.zst",
                 "binance_usdm",
                 {{"depth@100ms", 4423}, {"bookTicker", 3424}, {"aggTrade", 574}, {"REST", 5}},
                 {{kConnect, 1}, {kRecv, 8421}, {kHttp, 5}},
                 "2021-04-05T18:36:36Z",
                 120.01},
        Expected{"cryptofeed",
                 "binanceus/cryptofeed_hist_BINANCE_US-63b290.0.zst",
                 "binanceus",
                 {{"depth@100ms", 3196}, {"bookTicker", 2624}, {"aggTrade", 188}, {"REST", 10}},
                 {{kConnect, 1}, {kRecv, 6008}, {kHttp, 10}},
                 "2021-04-05T17:18:11Z",
                 119.97}));

INSTANTIATE_TEST_SUITE_P(
    Hftbacktest, RealRecording,
    testing::Values(
        Expected{"hftbacktest",
                 "binance/hftbacktest/usdm_btcusdt_20240718.gz",
                 "binance_usdm",
                 {{"bookTicker", 7113}, {"depth@0ms", 3326}, {"trade", 974}, {"REST", 1}},
                 {{kConnect, 1}, {kRecv, 11413}, {kHttp, 1}},
                 "2024-07-18T23:57:00Z",
                 178.0},
        Expected{"hftbacktest",
                 "binance/hftbacktest/usdm_btcusdt_20240719.gz",
                 "binance_usdm",
                 {{"bookTicker", 45147}, {"trade", 9727}, {"depth@0ms", 5696}},
                 {{kConnect, 1}, {kRecv, 60570}},
                 "2024-07-19T00:00:00Z",
                 300.7},
        Expected{"hftbacktest",
                 "binance/nexousdt_34h/nexousdt_20240723.dat.gz",
                 "binance",
                 {{"depth@100ms", 1188}, {"bookTicker", 437}, {"trade", 178}, {"REST", 1}},
                 {{kConnect, 1}, {kRecv, 1803}, {kHttp, 1}},
                 "2024-07-23T15:39:42Z",
                 1217.1},
        Expected{"hftbacktest",
                 "binance/nexousdt_34h/nexousdt_20240724.dat.gz",
                 "binance",
                 {{"depth@100ms", 66994}, {"bookTicker", 33000}, {"trade", 12280}},
                 {{kConnect, 1}, {kRecv, 112274}},
                 "2024-07-23T16:00:01Z",
                 86397.7}));

}  // namespace
}  // namespace daedalus
