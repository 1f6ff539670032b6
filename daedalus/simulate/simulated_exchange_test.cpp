#include "daedalus/simulate/simulated_exchange.hpp"

#include <gtest/gtest.h>

#include "daedalus/simulate/played_venue_for_test.hpp"

namespace daedalus {
namespace {

constexpr UnixNanos kStart{1'700'000'000'000'000'000};

UnixNanos after(double seconds) {
  return kStart + Nanoseconds(static_cast<int64_t>(seconds * 1e9));
}

const std::vector<std::string> kSymbols = {"BTC-USD", "ETH-USD", "DOGE-USD"};

struct PlayedVenue {
  explicit PlayedVenue(const std::string& name, uint64_t seed = 1)
      : exchange(**find_exchange(name)),
        server(
            *SimulatedExchange::create(exchange, {.symbols = kSymbols,
                                                  .market = {.seed = seed, .events_per_second = 40},
                                                  .start = kStart})) {}

  void connect(int64_t connection, double at, const std::vector<std::string>& symbols = kSymbols) {
    std::vector<Subscription> wanted;
    for (const std::string& symbol : symbols) {
      for (const Channel channel : {Channel::orderbook, Channel::trades, Channel::ticker}) {
        wanted.push_back({exchange.native_symbol(symbol), channel});
      }
    }
    const auto target = exchange.name.starts_with("binance") ? "/stream" : "/";
    server->on_open(connection, target, after(at), out);
    const auto frames = exchange.subscribe(wanted, {});
    ASSERT_TRUE(frames.has_value()) << frames.error().message;
    for (const SubscribeFrame& frame : *frames) {
      server->on_frame(connection, frame.text, after(at), out);
    }
  }

  /// Asks for the book over REST where the venue wants that; the client reads it.
  void ask_snapshots(ReadingClient& client, double at) {
    if (exchange.snapshot_path("X", {}).empty()) return;
    for (const std::string& symbol : kSymbols) {
      const std::string path = exchange.snapshot_path(exchange.native_symbol(symbol), {});
      server->on_http(99, path, after(at), out);
      ASSERT_EQ(out.answers[99].status, 200);
      client.read(out.answers[99].body, "https://venue" + path);
    }
  }

  uint64_t hash_of_truth(const std::string& native) const {
    OrderBook truth;
    EXPECT_TRUE(truth.apply(*server->book_image(native)).has_value());
    return truth.hash();
  }

  const Exchange& exchange;
  std::unique_ptr<SimulatedExchange> server;
  RecordingOutbox out;
};

class EachVenue : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(SimulatedExchange, EachVenue,
                         testing::Values("coinbase", "coinbase_exchange", "binance", "binanceus",
                                         "binance_usdm"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(EachVenue, IsReadWithoutGapByTheRealParserAndItsBooksAreTheMarkets) {
  PlayedVenue venue(GetParam());
  venue.connect(1, 1.0);
  venue.server->advance(after(20), venue.out);
  ReadingClient client(GetParam());
  venue.ask_snapshots(client, 20);
  venue.server->advance(after(60), venue.out);
  for (const std::string& frame : venue.out.frames[1]) client.read(frame);
  EXPECT_GT(client.book_messages, 300);
  EXPECT_GT(client.trades.size(), 100u);
  EXPECT_GT(client.tickers.size(), 100u);
  EXPECT_EQ(client.crossed, 0);
  EXPECT_EQ(client.gaps, 0);
  EXPECT_EQ(client.orphans, 0);
  EXPECT_GE(client.count(ControlMessage::Kind::acknowledged), 1);
  for (size_t i = 0; i < client.sequences.size(); ++i) {
    ASSERT_EQ(client.sequences[i], static_cast<int64_t>(i));
  }
  EXPECT_EQ(client.books.size(), 3u);
}

TEST_P(EachVenue, GivesTheSameBytesForTheSameSeed) {
  const auto run = [&](uint64_t seed) {
    PlayedVenue venue(GetParam(), seed);
    venue.connect(1, 0.5);
    venue.server->advance(after(10), venue.out);
    return venue.out.frames[1];
  };
  EXPECT_EQ(run(5), run(5));
  EXPECT_NE(run(5), run(6));
}

TEST_P(EachVenue, AClientThatJoinsLateHasTheSameBookAsOneFromTheStart) {
  PlayedVenue venue(GetParam());
  ReadingClient first(GetParam()), second(GetParam());
  venue.connect(1, 0.0);
  venue.ask_snapshots(first, 0.0);
  venue.connect(2, 25.03);
  venue.ask_snapshots(second, 26.01);
  venue.server->advance(after(40), venue.out);
  for (const std::string& frame : venue.out.frames[1]) first.read(frame);
  for (const std::string& frame : venue.out.frames[2]) second.read(frame);
  EXPECT_LT(second.book_messages, first.book_messages);
  for (const std::string& symbol : kSymbols) {
    const std::string native = venue.exchange.native_symbol(symbol);
    EXPECT_EQ(second.books[native].hash(), first.books[native].hash()) << symbol;
    EXPECT_GT(second.books[native].levels(Side::buy), 100u);
  }
  EXPECT_EQ(second.gaps + second.orphans + second.crossed, 0);
  if (!second.sequences.empty()) {
    EXPECT_EQ(second.sequences.front(), 0) << "a count of its own";
  }
}

TEST_P(EachVenue, ABookThatIsUpToDateIsTheMarketsBook) {
  PlayedVenue venue(GetParam());
  venue.connect(1, 0.0);
  ReadingClient client(GetParam());
  venue.ask_snapshots(client, 0.0);
  // Until a moment at which nothing waits in a batch: just behind a flush of the first symbol.
  const std::string native = venue.exchange.native_symbol(kSymbols[0]);
  int compared = 0;
  for (int step = 0; step < 2000; ++step) {
    venue.server->advance(after(5 + step * 0.01), venue.out);
    for (const std::string& frame : venue.out.frames[1]) client.read(frame);
    venue.out.frames[1].clear();
    const int64_t truth_id = *venue.server->book_image(native)->last_sequence;
    if (client.last_ids.contains(native) && client.last_ids[native] == truth_id) {
      ASSERT_EQ(client.books[native].hash(), venue.hash_of_truth(native));
      ++compared;
    }
  }
  if (!venue.exchange.snapshot_path("X", {}).empty()) {
    EXPECT_GT(compared, 100);
  }
}

TEST_P(EachVenue, ListsItsInstruments) {
  PlayedVenue venue(GetParam());
  const std::string path = venue.exchange.instruments_path();
  venue.server->on_http(1, path, kStart, venue.out);
  ASSERT_EQ(venue.out.answers[1].status, 200);
  ReadingClient client(GetParam());
  client.read(venue.out.answers[1].body, "https://venue" + path);
  ASSERT_EQ(client.instruments.size(), 3u);
  EXPECT_EQ(client.instruments[0].symbol, "BTC-USD");
  ASSERT_TRUE(client.instruments[0].price_tick.has_value());
  EXPECT_EQ(to_double(*client.instruments[0].price_tick), 0.01);
}

TEST_P(EachVenue, TellsOfAnUnknownSymbolInItsOwnWay) {
  PlayedVenue venue(GetParam());
  venue.connect(1, 0.0, {"BTC-USD", "NOSUCH-USD"});
  venue.server->advance(after(5), venue.out);
  ReadingClient client(GetParam());
  for (const std::string& frame : venue.out.frames[1]) client.read(frame);
  if (venue.exchange.snapshot_path("X", {}).empty()) {
    ASSERT_GE(client.count(ControlMessage::Kind::refused), 1);
    for (const ControlMessage& message : client.controls) {
      if (message.kind == ControlMessage::Kind::refused) {
        EXPECT_EQ(message.symbols, std::vector<std::string>{"NOSUCH-USD"});
      }
    }
  } else {
    venue.server->on_http(7, venue.exchange.snapshot_path("NOSUCHUSD", {}), after(5), venue.out);
    EXPECT_EQ(venue.out.answers[7].status, 400);
    EXPECT_NE(venue.out.answers[7].body.find("-1121"), std::string::npos);
  }
  EXPECT_GT(client.trades.size(), 0u) << "the other symbol flows";
}

TEST(SimulatedExchange, CoinbaseBeatsEverySecondOnceAsked) {
  PlayedVenue venue("coinbase");
  venue.connect(1, 0.2);
  venue.server->advance(after(10.5), venue.out);
  ReadingClient client("coinbase");
  for (const std::string& frame : venue.out.frames[1]) client.read(frame);
  EXPECT_EQ(client.count(ControlMessage::Kind::heartbeat), 10);
}

TEST(SimulatedExchange, CoinbaseGivesHistoryTradesToALateSubscriber) {
  PlayedVenue venue("coinbase");
  venue.connect(1, 30);
  ReadingClient client("coinbase");
  for (const std::string& frame : venue.out.frames[1]) client.read(frame);
  ASSERT_FALSE(client.trades.empty());
  EXPECT_TRUE(client.trades.front().is_history);
}

TEST(SimulatedExchange, BinanceTopOfBookEqualsBookTickerOfTheSameUpdate) {
  PlayedVenue venue("binance");
  venue.server->on_open(1, "/stream?streams=btcusd@depth@0ms/btcusd@bookTicker", kStart, venue.out);
  ReadingClient client("binance");
  venue.ask_snapshots(client, 0);
  venue.server->advance(after(30), venue.out);
  int compared = 0;
  for (const std::string& frame : venue.out.frames[1]) {
    client.read(frame);
    if (client.tickers.empty()) continue;
    const Ticker ticker = client.tickers.back();
    client.tickers.clear();
    OrderBook& book = client.books["BTCUSD"];
    ASSERT_EQ(client.last_ids["BTCUSD"], *ticker.sequence);
    const int64_t bid = *mantissa_at(*ticker.bid, book.price_scale());
    const int64_t ask = *mantissa_at(*ticker.ask, book.price_scale());
    ASSERT_EQ(book.best(Side::buy)->price, bid);
    ASSERT_EQ(book.best(Side::sell)->price, ask);
    ++compared;
  }
  EXPECT_GT(compared, 50);
}

TEST(SimulatedExchange, ARawStreamHasNoWrapping) {
  PlayedVenue venue("binance");
  venue.server->on_open(1, "/ws/btcusd@trade", kStart, venue.out);
  venue.server->advance(after(30), venue.out);
  ASSERT_FALSE(venue.out.frames[1].empty());
  EXPECT_TRUE(venue.out.frames[1].front().starts_with(R"({"e":"trade",)"));
  ReadingClient client("binance");
  for (const std::string& frame : venue.out.frames[1]) client.read(frame);
  EXPECT_EQ(client.trades.size(), venue.out.frames[1].size());
}

TEST(SimulatedExchange, NothingIsSentAfterUnsubscribingOrClosing) {
  PlayedVenue venue("binance");
  venue.server->on_open(1, "/stream?streams=btcusd@depth@100ms", kStart, venue.out);
  venue.server->on_open(2, "/stream?streams=btcusd@trade", kStart, venue.out);
  venue.server->advance(after(5), venue.out);
  venue.server->on_frame(1, R"({"method":"UNSUBSCRIBE","params":["btcusd@depth@100ms"],"id":4})",
                         after(5), venue.out);
  venue.server->on_closed(2);
  EXPECT_EQ(venue.out.frames[1].back(), R"({"result":null,"id":4})");
  const size_t first = venue.out.frames[1].size(), second = venue.out.frames[2].size();
  venue.server->advance(after(10), venue.out);
  EXPECT_EQ(venue.out.frames[1].size(), first);
  EXPECT_EQ(venue.out.frames[2].size(), second);
}

TEST(SimulatedExchange, RefusesWhatItCannotBe) {
  const auto none = SimulatedExchange::create(**find_exchange("coinbase"), {.start = kStart});
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().kind, ErrorKind::config);
  const auto bad =
      SimulatedExchange::create(**find_exchange("coinbase"), {.symbols = {"x y"}, .start = kStart});
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().kind, ErrorKind::config);
}

}  // namespace
}  // namespace daedalus
