#include "daedalus/bronze/interpreter.hpp"

#include <gmock/gmock.h>

#include "daedalus/bronze/journal_story_for_test.hpp"

namespace daedalus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::string kUrl =
    "wss://stream.binance.com:9443/stream?streams=btcusdt@depth@100ms/btcusdt@trade";

TEST(Splice, WritesDeltasThatWaitedBehindTheirImageAtItsTimeAndNumber) {
  Story story("binance");
  story.start();
  story.connect(1, kUrl);
  EXPECT_THAT(story.recv(1, depth(5, 7)), IsEmpty());
  EXPECT_THAT(story.recv(1, depth(8, 9)), IsEmpty());
  EXPECT_THAT(story.recv(1, depth(10, 12)), IsEmpty());
  EXPECT_THAT(story.http(image_url(), image(8)),
              ElementsAre("6.0 BTC-USDT snapshot u=8 levels=2", "6.1 BTC-USDT delta u=9 levels=1",
                          "6.2 BTC-USDT delta u=12 levels=1"));
  EXPECT_THAT(story.recv(1, depth(13, 13)), ElementsAre("7.0 BTC-USDT delta u=13 levels=1"));
  EXPECT_THAT(story.interpreter.frame_counts(),
              UnorderedElementsAre(Pair("rows", 4), Pair("before_snapshot", 1)));
  EXPECT_THAT(story.wishes.take(), ElementsAre("live BTCUSDT"));
}

TEST(Splice, ImageBeforeAllDeltasIsLiveAtOnceAndDropsWhatItHolds) {
  Story story("binance");
  EXPECT_THAT(story.http(image_url(), image(20)),
              ElementsAre("1.0 BTC-USDT snapshot u=20 levels=2"));
  EXPECT_TRUE(story.interpreter.book_hash("BTCUSDT").has_value());
  EXPECT_THAT(story.recv(1, depth(18, 20)), IsEmpty());
  EXPECT_THAT(story.recv(1, depth(19, 22)), ElementsAre("3.0 BTC-USDT delta u=22 levels=1"));
  EXPECT_EQ(story.interpreter.frame_counts().at("before_snapshot"), 1);
}

TEST(Splice, ImageOlderThanTheDeltasKeptIsNoRowAndAskedForAgain) {
  Story story("binance");
  story.recv(1, depth(50, 51));
  EXPECT_THAT(story.http(image_url(), image(40)),
              ElementsAre("2.0 BTC-USDT gap open orderbook snapshot_late id=2.0 expected=41 "
                          "received=50 (the snapshot is older than the deltas kept)"));
  EXPECT_THAT(story.wishes.take(), ElementsAre("resync BTCUSDT snapshot_late"));
  EXPECT_THAT(
      story.http(image_url(), image(50)),
      ElementsAre("3.0 BTC-USDT gap close orderbook snapshot_late id=2.0 lost=0 by=snapshot",
                  "3.1 BTC-USDT snapshot u=50 levels=2", "3.2 BTC-USDT delta u=51 levels=1"));
  EXPECT_THAT(story.interpreter.frame_counts(),
              UnorderedElementsAre(Pair("rows", 2), Pair("stale_snapshot", 1)));
}

TEST(Splice, TooManyWaitingDeltasAreAGapOnceAndTheBufferBeginsAnew) {
  Story story("binance", {.buffered_deltas_per_book = 2});
  story.recv(1, depth(1, 1));
  story.recv(1, depth(2, 2));
  EXPECT_THAT(story.recv(1, depth(3, 3)), testing::SizeIs(1));
  story.recv(1, depth(4, 4));
  EXPECT_THAT(story.recv(1, depth(5, 5)), IsEmpty());
  EXPECT_THAT(
      story.http(image_url(), image(4)),
      ElementsAre("6.0 BTC-USDT gap close orderbook snapshot_late id=3.0 lost=4 by=snapshot",
                  "6.1 BTC-USDT snapshot u=4 levels=2", "6.2 BTC-USDT delta u=5 levels=1"));
  EXPECT_THAT(story.interpreter.frame_counts(),
              UnorderedElementsAre(Pair("rows", 2), Pair("unsynced", 4)));
}

TEST(Splice, FuturesJoinByTheChain) {
  Story story("binance_usdm");
  story.recv(1, futures_depth(100, 110, 90));
  story.recv(1, futures_depth(115, 120, 110));
  const std::string url = "https://fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=1000";
  EXPECT_THAT(story.http(url, image(110)), ElementsAre("3.0 BTC-USDT snapshot u=110 levels=2",
                                                       "3.1 BTC-USDT delta u=110 levels=1",
                                                       "3.2 BTC-USDT delta u=120 levels=1"));
  EXPECT_THAT(story.recv(1, futures_depth(125, 130, 120)), testing::SizeIs(1));
  EXPECT_THAT(
      story.recv(1, futures_depth(135, 140, 131)),
      ElementsAre("5.0 BTC-USDT gap open orderbook sequence id=5.0 expected=130 received=131"));
}

TEST(Continuity, AMissingDeltaIsAGapOfThatBookOnly) {
  Story story("binance");
  story.start();
  story.connect(1, kUrl);
  story.http(image_url(), image(10));
  story.http(image_url("ETHUSDT"), image(10));
  story.recv(1, depth(11, 12));
  EXPECT_THAT(
      story.recv(1, depth(14, 15)),
      ElementsAre("6.0 BTC-USDT gap open orderbook sequence id=6.0 expected=13 received=14"));
  EXPECT_FALSE(story.interpreter.book_hash("BTCUSDT").has_value());
  EXPECT_THAT(story.recv(1, depth(11, 12, "ETHUSDT")), testing::SizeIs(1));
  EXPECT_THAT(story.recv(1, depth(16, 16)), IsEmpty());
  EXPECT_THAT(story.http(image_url(), image(14)),
              ElementsAre("9.0 BTC-USDT gap close orderbook sequence id=6.0 lost=0 by=snapshot",
                          "9.1 BTC-USDT snapshot u=14 levels=2", "9.2 BTC-USDT delta u=15 levels=1",
                          "9.3 BTC-USDT delta u=16 levels=1"));
}

TEST(Continuity, ADeltaThatCameAlreadyIsADuplicate) {
  Story story("binance");
  story.http(image_url(), image(10));
  story.recv(1, depth(11, 12));
  EXPECT_THAT(story.recv(1, depth(11, 12)), IsEmpty());
  EXPECT_THAT(story.recv(1, depth(13, 13)), testing::SizeIs(1));
  EXPECT_EQ(story.interpreter.frame_counts().at("duplicate"), 1);
}

TEST(Connections, ADisconnectIsAGapOfEachStreamThatHadBegun) {
  Story story("binance");
  story.start();
  EXPECT_THAT(story.connect(1, kUrl), IsEmpty());
  story.http(image_url(), image(10));
  story.recv(1, binance_trade(1));
  EXPECT_THAT(story.disconnect(1),
              ElementsAre("5.0 BTC-USDT gap open orderbook disconnect id=5.0 (closed)",
                          "5.1 BTC-USDT gap open trades disconnect id=5.1 (closed)"));
  EXPECT_THAT(story.connect(2, kUrl),
              ElementsAre("6.0 BTC-USDT gap close trades disconnect id=5.1 lost=0 by=connect"));
  EXPECT_THAT(story.http(image_url(), image(30)),
              ElementsAre("7.0 BTC-USDT gap close orderbook disconnect id=5.0 lost=0 by=snapshot",
                          "7.1 BTC-USDT snapshot u=30 levels=2"));
}

TEST(Connections, AnAcknowledgementOfARequestClosesTheGap) {
  Story story("binance");
  const std::string request = R"({"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":7})";
  story.start();
  story.connect(1, "wss://stream.binance.com:9443/stream");
  story.send(1, request);
  EXPECT_THAT(story.recv(1, R"({"result":null,"id":7})"), IsEmpty());
  EXPECT_THAT(story.disconnect(1), testing::SizeIs(1));
  story.connect(2, "wss://stream.binance.com:9443/stream");
  story.send(2, request);
  EXPECT_THAT(story.recv(2, R"({"result":null,"id":7})"),
              ElementsAre("8.0 BTC-USDT gap close trades disconnect id=5.0 lost=0 by=resubscribe"));
  EXPECT_THAT(story.interpreter.frame_counts(), UnorderedElementsAre(Pair("acknowledged", 2)));
}

TEST(Connections, ANewProcessIsAGapButAnImportGoesOn) {
  Story story("binance");
  story.start("import");
  story.http(image_url(), image(10));
  story.recv(1, binance_trade(1));
  EXPECT_THAT(story.start("import"), IsEmpty());
  EXPECT_THAT(story.recv(2, depth(11, 11)), ElementsAre("5.0 BTC-USDT delta u=11 levels=1"));
  EXPECT_THAT(story.start("live"), ElementsAre("6.0 BTC-USDT gap open orderbook process id=6.0",
                                               "6.1 BTC-USDT gap open trades process id=6.1"));
}

TEST(Trades, OneThatComesTwiceIsOneRow) {
  Story story("binance");
  EXPECT_THAT(story.recv(1, binance_trade(1)), ElementsAre("1.0 BTC-USDT trade 1 live"));
  EXPECT_THAT(story.recv(1, binance_trade(1)), IsEmpty());
  EXPECT_THAT(story.recv(1, binance_trade(2)), ElementsAre("3.0 BTC-USDT trade 2 live"));
}

TEST(Trades, TheMemoryOfIdsIsBounded) {
  Story story("binance", {.duplicate_trade_ids = 2});
  for (int id = 1; id <= 3; ++id) story.recv(1, binance_trade(id));
  EXPECT_THAT(story.recv(1, binance_trade(2)), IsEmpty());
  EXPECT_THAT(story.recv(1, binance_trade(1)), testing::SizeIs(1));
}

std::string crossing(int64_t id) {
  return depth(id, id, "BTCUSDT", R"([["12.0","1.0"]])");
}
std::string uncrossing(int64_t id) {
  return depth(id, id, "BTCUSDT", R"([["12.0","0"]])");
}

TEST(Crossed, ABookThatStaysCrossedForSoManyEventsResyncs) {
  Story story("binance", {.crossed_events = 3});
  story.start();
  story.http(image_url(), image(10));
  story.recv(1, crossing(11));
  story.recv(1, crossing(12));
  EXPECT_THAT(story.recv(1, crossing(13)),
              ElementsAre("5.0 BTC-USDT delta u=13 levels=1",
                          "5.1 BTC-USDT gap open orderbook crossed id=5.1"));
  EXPECT_FALSE(story.interpreter.book_hash("BTCUSDT").has_value());
  EXPECT_THAT(story.wishes.take(), ElementsAre("live BTCUSDT", "resync BTCUSDT crossed"));
}

TEST(Crossed, ABookThatStaysCrossedForASecondIsAGap) {
  Story story("binance");
  story.start();
  story.http(image_url(), image(10));
  story.recv(1, crossing(11));
  story.time_ns += kNanosPerSecond;
  EXPECT_THAT(story.recv(1, crossing(12)), testing::SizeIs(2));
}

TEST(Crossed, AShortMomentIsNoGap) {
  Story story("binance", {.crossed_events = 3});
  story.start();
  story.http(image_url(), image(10));
  for (int64_t id = 11; id < 40; id += 2) {
    EXPECT_THAT(story.recv(1, crossing(id)), testing::SizeIs(1));
    EXPECT_THAT(story.recv(1, uncrossing(id + 1)), testing::SizeIs(1));
  }
}

TEST(Crossed, AnImportedBookGoesOnAndItsGapEndsWhenItIsUncrossed) {
  Story story("binance", {.crossed_events = 2});
  story.start("import");
  story.http(image_url(), image(10));
  story.recv(1, crossing(11));
  story.recv(1, crossing(12));
  EXPECT_THAT(story.recv(1, crossing(13)), ElementsAre("5.0 BTC-USDT delta u=13 levels=1"));
  EXPECT_THAT(story.recv(1, uncrossing(14)),
              ElementsAre("6.0 BTC-USDT gap close orderbook crossed id=4.1 lost=0 by=uncrossed",
                          "6.1 BTC-USDT delta u=14 levels=1"));
}

TEST(BadInput, IsCountedAndStopsNothing) {
  Story story("binance");
  story.http(image_url(), image(10));
  EXPECT_THAT(story.recv(1, "not json"), IsEmpty());
  EXPECT_THAT(story.recv(1, depth(11, 11, "BTCUSDT", R"([["NaN","1"]])")), IsEmpty());
  EXPECT_THAT(story.recv(1, depth(11, 11, "../X")), IsEmpty());
  EXPECT_THAT(story.http(image_url(), "<html>busy</html>", 429), IsEmpty());
  EXPECT_THAT(story.http(image_url(), "<html>oops</html>"), IsEmpty());
  EXPECT_THAT(story.recv(1, depth(11, 11)), testing::SizeIs(1));
  const FrameCounts& counts = story.interpreter.frame_counts();
  EXPECT_EQ(counts.at("rows"), 2);
  EXPECT_EQ(counts.at("http_error"), 1);
  EXPECT_EQ(counts.at("unparsable") + counts.at("unknown_symbol"), 4);
}

}  // namespace
}  // namespace daedalus
