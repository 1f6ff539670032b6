#include <gmock/gmock.h>

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/bronze/journal_story_for_test.hpp"

namespace daedalus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const std::string kUrl = "wss://advanced-trade-ws.coinbase.com";

std::string frame(const std::string& channel, int64_t sequence, const std::string& events) {
  return fmt::format(
      R"({{"channel":"{}","timestamp":"2026-08-09T21:05:48.228568804Z","sequence_num":{},)"
      R"("events":[{}]}})",
      channel, sequence, events);
}

std::string book(int64_t sequence, const std::string& type, const std::string& product = "BTC-USD",
                 const std::string& price = "10.0") {
  return frame("l2_data", sequence,
               fmt::format(R"({{"type":"{}","product_id":"{}","updates":[{{"side":"bid",)"
                           R"("event_time":"2026-08-09T21:05:48.2Z","price_level":"{}",)"
                           R"("new_quantity":"1"}}]}})",
                           type, product, price));
}

std::string trades(int64_t sequence, const std::string& type, const std::string& ids,
                   const std::string& product = "BTC-USD") {
  std::string list;
  for (const char id : ids) {
    list += list.empty() ? "" : ",";
    list += fmt::format(R"({{"product_id":"{}","trade_id":"{}","price":"10.0","size":"1",)"
                        R"("time":"2026-08-09T21:05:48.1Z","side":"BUY"}})",
                        product, id);
  }
  return frame("market_trades", sequence,
               fmt::format(R"({{"type":"{}","trades":[{}]}})", type, list));
}

std::string subscriptions(int64_t sequence) {
  return frame("subscriptions", sequence,
               R"({"subscriptions":{"level2":["BTC-USD"],"market_trades":["BTC-USD"]}})");
}

/// A source with a live book and trades on connection 1, whose next frame is `sequence_num` 3.
Story live_story() {
  Story story("coinbase");
  story.start();
  story.connect(1, kUrl);
  story.recv(1, book(0, "snapshot"));
  story.recv(1, trades(1, "update", "1"));
  story.recv(1, subscriptions(2));
  return story;
}

TEST(ConnectionCount, AMissingFrameIsAGapOfAllStreamsOfTheConnection) {
  Story story = live_story();
  EXPECT_THAT(story.recv(1, trades(5, "update", "2")),
              ElementsAre("6.0 BTC-USD gap open orderbook sequence id=6.0 expected=3 received=5",
                          "6.1 BTC-USD gap open trades sequence id=6.1 expected=3 received=5",
                          "6.2 BTC-USD gap close trades sequence id=6.1 lost=0 by=data",
                          "6.3 BTC-USD trade 2 live"));
  EXPECT_THAT(story.wishes.take(), ElementsAre("live BTC-USD", "reconnect 1 sequence"));
  EXPECT_THAT(story.recv(1, book(6, "update")), IsEmpty());
  EXPECT_EQ(story.interpreter.frame_counts().at("unsynced"), 1);
  EXPECT_THAT(story.disconnect(1),
              ElementsAre("8.0 BTC-USD gap open trades disconnect id=8.0 (closed)"));
  story.connect(2, kUrl);
  EXPECT_THAT(story.recv(2, book(0, "snapshot")),
              ElementsAre("10.0 BTC-USD gap close orderbook sequence id=6.0 lost=1 by=snapshot",
                          "10.1 BTC-USD snapshot u=-1 levels=1"));
  EXPECT_THAT(story.recv(2, subscriptions(1)),
              ElementsAre("11.0 BTC-USD gap close trades disconnect id=8.0 lost=0 by=resubscribe"));
}

TEST(ConnectionCount, OtherConnectionsFlowOn) {
  Story story = live_story();
  story.connect(2, kUrl);
  story.recv(2, book(0, "snapshot", "ETH-USD"));
  story.recv(1, book(9, "update"));
  EXPECT_THAT(story.recv(2, book(1, "update", "ETH-USD")), SizeIs(1));
}

TEST(ConnectionCount, AFrameThatCameAlreadyIsADuplicateAsAWhole) {
  Story story = live_story();
  EXPECT_THAT(story.recv(1, trades(1, "update", "9")), IsEmpty());
  EXPECT_THAT(story.recv(1, trades(3, "update", "2")), SizeIs(1));
  EXPECT_EQ(story.interpreter.frame_counts().at("duplicate"), 1);
}

TEST(ConnectionCount, AFirstFrameAboveZeroIsALossWhereTheConnectWasSeen) {
  Story story = live_story();
  story.connect(2, kUrl);
  story.recv(2, book(1, "snapshot", "ETH-USD"));
  EXPECT_THAT(story.wishes.take(),
              ElementsAre("live BTC-USD", "reconnect 2 sequence", "live ETH-USD"));
}

TEST(ConnectionCount, ARecordingThatBeginsInTheMiddleHasNoLoss) {
  Story story("coinbase");
  story.start("import");
  EXPECT_THAT(story.recv(1, book(700, "snapshot")), SizeIs(1));
  EXPECT_THAT(story.recv(1, book(701, "update")), SizeIs(1));
  EXPECT_THAT(story.wishes.take(), ElementsAre("live BTC-USD"));
}

TEST(ConnectionCount, ACountThatRestartsIsAConnectionUnseen) {
  Story story("coinbase");
  story.start("import");
  story.recv(1, book(700, "snapshot"));
  EXPECT_THAT(story.recv(1, book(0, "snapshot")),
              ElementsAre("3.0 BTC-USD gap open orderbook disconnect id=3.0 (count restarted)",
                          "3.1 BTC-USD gap close orderbook disconnect id=3.0 lost=0 by=snapshot",
                          "3.2 BTC-USD snapshot u=-1 levels=1"));
}

TEST(Trades, AreRowsInTheirOrderAndOnceOverHistoryAndLive) {
  Story story = live_story();
  story.disconnect(1);
  story.connect(2, kUrl);
  // Coinbase sends the newest first.
  EXPECT_THAT(story.recv(2, trades(0, "snapshot", "321")),
              ElementsAre("8.0 BTC-USD gap close trades disconnect id=6.1 lost=0 by=data",
                          "8.1 BTC-USD trade 2 history", "8.2 BTC-USD trade 3 history"));
  EXPECT_THAT(story.recv(2, trades(1, "update", "43")), ElementsAre("9.0 BTC-USD trade 4 live"));
}

TEST(Images, AnotherImageOfALiveBookIsNoGap) {
  Story story = live_story();
  EXPECT_THAT(story.recv(1, book(3, "snapshot")),
              ElementsAre("6.0 BTC-USD snapshot u=-1 levels=1"));
}

TEST(BadFrames, ConcernOnlyTheStreamsOfSymbolsThatTheyName) {
  Story story = live_story();
  story.recv(1, book(3, "snapshot", "ETH-USD"));
  EXPECT_THAT(story.recv(1, "not JSON"), IsEmpty());
  EXPECT_THAT(story.recv(1, book(4, "update", "BTC-USD", "NaN")),
              ElementsAre("8.0 BTC-USD gap open orderbook sequence id=8.0 (unparsable frame)",
                          "8.1 BTC-USD gap open trades sequence id=8.1 (unparsable frame)"));
  EXPECT_THAT(story.recv(1, book(5, "update", "ETH-USD")), SizeIs(1));
  EXPECT_EQ(story.interpreter.frame_counts().at("unparsable"), 2);
}

TEST(BadFrames, AMessageThatNoBookCanHoldIsAGapOfThatBook) {
  Story story = live_story();
  EXPECT_THAT(story.recv(1, book(3, "update", "BTC-USD", "-5")), SizeIs(testing::Ge(1u)));
  EXPECT_FALSE(story.interpreter.book_hash("BTC-USD").has_value());
  EXPECT_EQ(story.interpreter.frame_counts().at("unparsable"), 1);
}

TEST(Instruments, AreRowsOfSymbolsThatHaveDataOnly) {
  Story story("coinbase");
  const std::string list =
      R"({"products":[{"product_id":"BTC-USD","base_currency_id":"BTC","quote_currency_id":"USD",)"
      R"("base_increment":"0.00000001","quote_increment":"0.01","price_increment":"0.01"},)"
      R"({"product_id":"ETH-USD","base_currency_id":"ETH","quote_currency_id":"USD",)"
      R"("base_increment":"0.00000001","quote_increment":"0.01","price_increment":"0.01"}]})";
  const std::string url = "https://api.coinbase.com/api/v3/brokerage/market/products";
  story.start();
  EXPECT_THAT(story.http(url, list), IsEmpty());
  EXPECT_THAT(story.recv(1, book(0, "snapshot")),
              ElementsAre("3.0 BTC-USD instrument BTC-USD", "3.1 BTC-USD snapshot u=-1 levels=1"));
  EXPECT_THAT(story.http(url, list), IsEmpty());
  story.start();
  EXPECT_THAT(story.http(url, list), ElementsAre("6.0 BTC-USD instrument BTC-USD"));
  EXPECT_THAT(story.interpreter.frame_counts(),
              UnorderedElementsAre(Pair("rows", 2), Pair("instruments", 2)));
}

}  // namespace
}  // namespace daedalus
