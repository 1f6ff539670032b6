#include "daedalus/simulate/replayed_exchange.hpp"

#include <gtest/gtest.h>

#include "daedalus/simulate/played_venue_for_test.hpp"
#include "daedalus/simulate/recorded_market_for_test.hpp"

namespace daedalus {
namespace {

constexpr UnixNanos kNow{1'800'000'000'000'000'000};

UnixNanos at(double seconds) {
  return kNow + Nanoseconds(static_cast<int64_t>(seconds * 1e9));
}

/// A client of a replay in simulated time.
struct Player {
  Player(const Recorded& recording, ReplayOptions options)
      : recorded(recording), server(recording.replay(options)) {}

  void connect(int64_t connection, double when, std::vector<Subscription> wanted) {
    server->on_open(connection, "/stream", at(when), out);
    const auto frames = recorded.exchange.subscribe(wanted, {});
    ASSERT_TRUE(frames.has_value()) << frames.error().message;
    for (const SubscribeFrame& frame : *frames) {
      server->on_frame(connection, frame.text, at(when), out);
    }
  }
  void connect(int64_t connection, double when) { connect(connection, when, recorded.wanted); }
  void ask(int64_t request, const std::string& symbol, double when) {
    server->on_http(request, recorded.exchange.snapshot_path(symbol, {}), at(when), out);
  }
  void play(double from, double until, double step = 0.01) {
    for (double time = from; time <= until; time += step) server->advance(at(time), out);
  }
  /// What a connection got, without acknowledgements.
  std::vector<std::string> data(int64_t connection) {
    std::vector<std::string> frames;
    for (const std::string& frame : out.frames[connection]) {
      if (!frame.starts_with("{\"result\"")) frames.push_back(frame);
    }
    return frames;
  }
  std::vector<std::string> recorded_data() const {
    std::vector<std::string> frames;
    for (const std::string& frame : recorded.payloads) {
      if (!frame.starts_with("{\"result\"")) frames.push_back(frame);
    }
    return frames;
  }

  const Recorded& recorded;
  std::unique_ptr<ReplayedExchange> server;
  RecordingOutbox out;
};

constexpr ReplayOptions kMax{.speed = 0, .settle = Nanoseconds(0)};

TEST(ReplayedExchange, CoinbaseDeliversTheRecordedPayloadsToWhoIsThereFromTheStart) {
  const Recorded recorded("coinbase", 20);
  Player player(recorded, kMax);
  player.connect(1, 0);
  player.play(0.1, 3);
  EXPECT_TRUE(player.server->progress().ended);
  ASSERT_EQ(player.out.frames[1].size() >= recorded.payloads.size(), true);
  player.out.frames[1].resize(recorded.payloads.size());  // Behind them heartbeats go on.
  EXPECT_EQ(first_difference(player.out.frames[1], recorded.payloads), "");
  EXPECT_TRUE(player.server->unserved().empty());
}

TEST(ReplayedExchange, TheOlderCoinbaseFeedIsDeliveredAsRecorded) {
  const Recorded recorded("coinbase_exchange", 20);
  Player player(recorded, kMax);
  player.connect(1, 0);
  player.play(0.1, 1);
  EXPECT_EQ(first_difference(player.out.frames[1], recorded.payloads), "");
}

TEST(ReplayedExchange, BinanceWaitsForTheQuestionAndAnswersAsRecorded) {
  for (const char* name : {"binance", "binance_usdm", "binanceus"}) {
    const Recorded recorded(name, 20);
    Player player(recorded, kMax);
    player.connect(1, 0);
    player.play(0.1, 1);
    const auto deltas_of = [&](const std::string& symbol) {
      int count = 0;
      for (const std::string& frame : player.data(1)) {
        count += frame.find("\"depthUpdate\"") != std::string::npos &&
                 frame.find(symbol) != std::string::npos;
      }
      return count;
    };
    EXPECT_LE(deltas_of("BTCUSD"), 10) << "held behind the image";
    const int before = deltas_of("BTCUSD");
    player.ask(1, "BTCUSD", 1);
    EXPECT_EQ(player.out.answers[1].body, recorded.bodies.at("BTCUSD"));
    EXPECT_GT(deltas_of("BTCUSD"), before + 50);
    EXPECT_LE(deltas_of("ETHUSD"), 30);
    player.ask(2, "ETHUSD", 1.1);
    EXPECT_EQ(player.out.answers[2].body, recorded.bodies.at("ETHUSD"));
    player.play(1.2, 2);
    EXPECT_TRUE(player.server->progress().ended);
    std::vector<std::string> got = player.data(1), expected = player.recorded_data();
    std::sort(got.begin(), got.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(first_difference(got, expected), "");
    ReadingClient client(name);
    for (const std::string symbol : {"BTCUSD", "ETHUSD"}) {
      client.read(recorded.bodies.at(symbol),
                  "https://rest" + recorded.exchange.snapshot_path(symbol, {}));
    }
    for (const std::string& frame : player.out.frames[1]) client.read(frame);
    EXPECT_EQ(client.gaps + client.crossed, 0);
  }
}

TEST(ReplayedExchange, AQuestionBeforeTheImageWaitsForIt) {
  const Recorded recorded("binance", 20, 5.0);
  Player player(recorded, {.speed = 1, .settle = Nanoseconds(0)});
  player.connect(1, 0);
  player.ask(1, "BTCUSD", 0.01);
  player.play(0.02, 4.5);
  EXPECT_FALSE(player.out.answers.contains(1));
  player.play(4.5, 5.5);
  ASSERT_TRUE(player.out.answers.contains(1));
  EXPECT_EQ(player.out.answers[1].body, recorded.bodies.at("BTCUSD"));
}

TEST(ReplayedExchange, AClientThatNeverAsksGetsItsDeltasInTheEnd) {
  const Recorded recorded("binance", 10);
  Player player(recorded, kMax);
  player.connect(1, 0);
  player.play(0.1, 70, 0.06);
  EXPECT_TRUE(player.server->progress().ended);
  EXPECT_EQ(player.data(1).size(), player.recorded_data().size());
}

TEST(ReplayedExchange, WhoAsksOnlyAfterADeltaIsSentOne) {
  // The image is the first record, before any delta.
  const Recorded recorded("binance", 10, 0.0);
  Player player(recorded, kMax);
  player.connect(1, 0, {{"BTCUSD", Channel::orderbook}});
  player.play(0.1, 1);
  EXPECT_TRUE(player.data(1).empty());
  player.play(1, 10, 0.06);
  EXPECT_EQ(player.data(1).size(), 1u);
  player.ask(1, "BTCUSD", 10);
  EXPECT_EQ(player.out.answers[1].body, recorded.bodies.at("BTCUSD"));
  EXPECT_GT(player.data(1).size(), 50u);
}

class LateJoin : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(ReplayedExchange, LateJoin,
                         testing::Values("coinbase", "coinbase_exchange", "binance", "binanceus",
                                         "binance_usdm"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(LateJoin, AClientThatComesLateOrAgainHasTheBookOfOneFromTheStart) {
  const Recorded recorded(GetParam(), 30);
  Player player(recorded, {.speed = 1, .settle = Nanoseconds(0)});
  const bool rest = !recorded.exchange.snapshot_path("X", {}).empty();
  ReadingClient first(GetParam()), second(GetParam());
  const auto ask = [&](ReadingClient& client, double when) {
    for (const std::string symbol : {"BTCUSD", "ETHUSD"}) {
      player.ask(9, symbol, when);
      client.read(player.out.answers[9].body,
                  "https://rest" + recorded.exchange.snapshot_path(symbol, {}));
    }
  };
  player.connect(1, 0);
  player.play(0, 4);
  if (rest) ask(first, 4);
  player.play(4, 15);
  player.connect(2, 15.123);
  player.play(15.123, 15.5);
  if (rest) ask(second, 15.5);
  player.play(15.5, 40);
  EXPECT_TRUE(player.server->progress().ended);
  for (const std::string& frame : player.out.frames[1]) first.read(frame);
  for (const std::string& frame : player.out.frames[2]) second.read(frame);
  EXPECT_EQ(second.gaps + second.orphans + second.crossed, 0);
  EXPECT_EQ(first.gaps + first.orphans + first.crossed, 0);
  EXPECT_GE(second.count(ControlMessage::Kind::acknowledged), 1);
  EXPECT_LT(second.book_messages, first.book_messages);
  ASSERT_EQ(second.books.size(), 2u);
  for (const auto& [symbol, book] : first.books) {
    EXPECT_EQ(second.books[symbol].hash(), book.hash()) << symbol;
    EXPECT_GT(book.levels(Side::buy), 100u);
  }
  for (size_t i = 0; i < second.sequences.size(); ++i) {
    ASSERT_EQ(second.sequences[i], static_cast<int64_t>(i)) << "a fresh count";
  }
}

TEST(ReplayedExchange, WhoSubscribesToLessGetsOnlyThatWithACountOfItsOwn) {
  const Recorded recorded("coinbase", 20);
  Player player(recorded, kMax);
  player.connect(1, 0, {{"ETH-USD", Channel::orderbook}, {"ETH-USD", Channel::trades}});
  player.play(0.1, 2);
  ReadingClient client("coinbase");
  for (const std::string& frame : player.out.frames[1]) client.read(frame);
  EXPECT_EQ(client.books.size(), 1u);
  EXPECT_EQ(client.orphans + client.crossed, 0);
  EXPECT_TRUE(client.tickers.empty());
  for (size_t i = 0; i < client.sequences.size(); ++i) {
    ASSERT_EQ(client.sequences[i], static_cast<int64_t>(i));
  }
  const auto unserved = player.server->unserved();
  EXPECT_TRUE(unserved.contains("BTC-USD orderbook"));
  EXPECT_TRUE(unserved.contains("ETH-USD ticker"));
  EXPECT_FALSE(unserved.contains("ETH-USD orderbook"));
}

TEST(ReplayedExchange, AFrameThatTheRecorderMissedIsMissedAgain) {
  Recorded recorded("coinbase", 20);
  recorded.records.erase(recorded.records.begin() + 60);
  Player player(recorded, kMax);
  player.connect(1, 0);
  player.play(0.1, 0.5);
  ReadingClient client("coinbase");
  for (const std::string& frame : player.out.frames[1]) client.read(frame);
  int jumps = 0;
  for (size_t i = 1; i < client.sequences.size(); ++i) {
    jumps += client.sequences[i] != client.sequences[i - 1] + 1;
  }
  EXPECT_EQ(jumps, 1);
}

TEST(ReplayedExchange, DeltasOfABookWhoseImageWasNotRecordedAreNotSent) {
  Recorded recorded("coinbase", 20);
  std::erase_if(recorded.records, [](const Record& record) {
    return record.payload.find(R"("type":"snapshot","product_id":"ETH-USD","updates")") !=
           std::string::npos;
  });
  Player player(recorded, kMax);
  player.connect(1, 0);
  player.play(0.1, 0.5);
  ReadingClient client("coinbase");
  for (const std::string& frame : player.out.frames[1]) client.read(frame);
  EXPECT_EQ(client.orphans, 0);
  EXPECT_EQ(client.books.size(), 1u);
  EXPECT_GT(player.server->progress().frames_without_image, 50);
}

TEST(ReplayedExchange, ARecordedDisconnectIsOneForTheClientsAndTheyAreWaitedFor) {
  Recorded recorded("coinbase", 10);
  const Recorded again("coinbase", 8);
  recorded.records.push_back(
      {.capture_time = recorded_at(10), .type = RecordType::disconnect, .connection = 1});
  for (Record record : again.records) {
    record.connection = 2;
    record.capture_time = record.capture_time + Nanoseconds(11 * kNanosPerSecond);
    recorded.records.push_back(record);
  }
  Player player(recorded, kMax);
  player.connect(1, 0);
  player.play(0.1, 2);
  ASSERT_TRUE(player.out.closed.contains(1));
  player.server->on_closed(1);
  EXPECT_EQ(first_difference(player.out.frames[1], recorded.payloads), "");
  EXPECT_FALSE(player.server->progress().ended);
  player.connect(2, 3);
  player.play(3.1, 4);
  EXPECT_TRUE(player.server->progress().ended);
  player.out.frames[2].resize(again.payloads.size());
  EXPECT_EQ(first_difference(player.out.frames[2], again.payloads), "");
}

TEST(ReplayedExchange, TimeRunsAtTheSpeedAskedFor) {
  const Recorded recorded("coinbase", 20);
  Player player(recorded, {.speed = 4, .settle = Nanoseconds(0)});
  player.connect(1, 0);
  player.play(0, 2.5);
  const double passed =
      static_cast<double>((player.server->progress().at - kRecorded).count()) / 1e9;
  EXPECT_NEAR(passed, 10.0, 0.5);
}

TEST(ReplayedExchange, WaitsForTheClientsAskedForAndUntilTheySettled) {
  const Recorded recorded("coinbase", 5);
  Player player(recorded, {.speed = 0, .wait_clients = 2, .settle = Nanoseconds(kNanosPerSecond)});
  player.connect(1, 0, {{"BTC-USD", Channel::orderbook}});
  player.play(0, 3);
  EXPECT_FALSE(player.server->progress().started);
  player.connect(2, 3, {{"ETH-USD", Channel::orderbook}});
  player.play(3, 3.9);
  EXPECT_FALSE(player.server->progress().started);
  player.play(3.9, 5);
  EXPECT_TRUE(player.server->progress().ended);
  EXPECT_GT(player.out.frames[2].size(), 20u);
}

TEST(ReplayedExchange, StartsAtOnceWhenAllThatWasRecordedIsAskedFor) {
  const Recorded recorded("binance_usdm", 5);
  Player player(recorded, {.speed = 0, .settle = Nanoseconds(3600 * kNanosPerSecond)});
  player.connect(1, 0,
                 {{"BTCUSD", Channel::orderbook},
                  {"BTCUSD", Channel::ticker},
                  {"ETHUSD", Channel::orderbook},
                  {"ETHUSD", Channel::ticker}});
  player.play(0, 5);
  EXPECT_FALSE(player.server->progress().started);
  player.connect(2, 5, {{"BTCUSD", Channel::trades}, {"ETHUSD", Channel::trades}});
  player.play(5, 5.1);
  EXPECT_TRUE(player.server->progress().started);
}

TEST(ReplayedExchange, FramesBehindARecordedRequestWaitUntilAClientMadeIt) {
  Recorded recorded("coinbase", 10);
  // As a capture with paced requests records it: the first answer comes before the other requests.
  std::vector<Record>& records = recorded.records;
  const auto is_send = [](const Record& record) { return record.type == RecordType::send; };
  const auto first_send = std::find_if(records.begin(), records.end(), is_send);
  const auto first_frame = std::find_if(first_send, records.end(), [](const Record& record) {
    return record.type == RecordType::recv;
  });
  std::rotate(first_send + 1, first_frame, first_frame + 2);
  Player player(recorded, {.speed = 0});
  player.server->on_open(1, "/", at(0), player.out);
  const auto frames = recorded.exchange.subscribe(recorded.wanted, {});
  for (size_t i = 0; i < frames->size(); ++i) {
    const double when = 0.3 * static_cast<double>(i);
    player.server->on_frame(1, (*frames)[i].text, at(when), player.out);
    player.play(when, when + 0.29);
    EXPECT_EQ(player.server->progress().ended, i + 1 == frames->size()) << i;
  }
  player.out.frames[1].resize(recorded.payloads.size());
  EXPECT_EQ(first_difference(player.out.frames[1], recorded.payloads), "");
}

TEST(ReplayedExchange, HoldsBackWhileClientsDoNotRead) {
  const Recorded recorded("coinbase", 20);
  Player player(recorded, kMax);
  player.connect(1, 0);
  player.out.full = true;
  player.play(0.1, 1);
  EXPECT_TRUE(player.out.frames[1].empty());
  player.out.full = false;
  player.play(1, 2);
  EXPECT_TRUE(player.server->progress().ended);
}

TEST(ReplayedExchange, ServesRecordedDocumentsAndElseMakesTheInstrumentsList) {
  Recorded recorded("coinbase", 2);
  const std::string path = recorded.exchange.instruments_path();
  Player without(recorded, kMax);
  without.play(0, 0.1);
  without.server->on_http(1, path, at(0.1), without.out);
  ReadingClient client("coinbase");
  client.read(without.out.answers[1].body, "https://rest" + path);
  EXPECT_EQ(client.instruments.size(), 2u);
  recorded.records.insert(recorded.records.begin(), {.capture_time = kRecorded,
                                                     .type = RecordType::http,
                                                     .status = 200,
                                                     .url = "https://api.coinbase.com" + path,
                                                     .payload = "{\"products\":[]}"});
  Player with(recorded, kMax);
  with.play(0, 0.1);
  with.server->on_http(1, path, at(0.1), with.out);
  EXPECT_EQ(with.out.answers[1].body, "{\"products\":[]}");
}

TEST(ReplayedExchange, CanBeginAgain) {
  const Recorded recorded("coinbase", 5);
  Player player(recorded, kMax);
  player.connect(1, 0);
  player.play(0.1, 1);
  ASSERT_TRUE(player.server->progress().ended);
  player.server->restart(std::make_unique<ListedRecords>(recorded.records), at(1), player.out);
  EXPECT_TRUE(player.out.closed.contains(1));
  player.connect(2, 2);
  player.play(2.1, 3);
  player.out.frames[2].resize(recorded.payloads.size());
  EXPECT_EQ(first_difference(player.out.frames[2], recorded.payloads), "");
}

}  // namespace
}  // namespace daedalus
