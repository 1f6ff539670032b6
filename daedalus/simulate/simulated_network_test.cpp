#include "daedalus/simulate/simulated_network.hpp"

#include <gtest/gtest.h>

#include "daedalus/simulate/played_venue_for_test.hpp"
#include "daedalus/simulate/simulated_exchange.hpp"

namespace daedalus {
namespace {

constexpr UnixNanos kStart{1'700'000'000'000'000'000};

UnixNanos after(double seconds) {
  return kStart + Nanoseconds(static_cast<int64_t>(seconds * 1e9));
}

std::unique_ptr<SimulatedNetwork> network(std::string_view exchange,
                                          const SimulatedNetworkOptions& options) {
  return std::make_unique<SimulatedNetwork>(
      *SimulatedExchange::create(**find_exchange(exchange),
                                 {.symbols = {"BTC-USD", "ETH-USD"}, .start = kStart}),
      options);
}

constexpr std::string_view kUrl = "ws://venue:80/stream?streams=btcusd@depth@100ms/btcusd@trade";

/// Runs as the capture core does: from event to event.
std::vector<VenueEvent> run(SimulatedNetwork& venue, UnixNanos until) {
  std::vector<VenueEvent> all;
  for (auto next = venue.next_event_time(); next && *next <= until;
       next = venue.next_event_time()) {
    for (VenueEvent& event : venue.take_until(*next)) all.push_back(std::move(event));
  }
  return all;
}

TEST(SimulatedNetwork, FramesArriveInOrderAfterTheLatencyAndNeverBeforeTheConnectionStands) {
  const auto venue = network("binance", {.latency = Nanoseconds(30'000'000)});
  const ConnectAnswer answer = venue->on_connect(1, kUrl, kStart);
  EXPECT_EQ(answer.refused_status, 0);
  const std::vector<VenueEvent> events = run(*venue, after(10));
  ASSERT_GT(events.size(), 50u);
  UnixNanos last = kStart + answer.delay;
  for (const VenueEvent& event : events) {
    EXPECT_GE(event.time, last);
    EXPECT_EQ(event.connection, 1);
    last = event.time;
  }
}

TEST(SimulatedNetwork, AnswersHaveTheBookOfTheMomentOfTheQuestionAndADelayWithinItsBounds) {
  const auto venue = network("binance", {.least_http_delay = Nanoseconds(kNanosPerSecond),
                                         .greatest_http_delay = Nanoseconds(10 * kNanosPerSecond)});
  for (int i = 0; i < 50; ++i) {
    const HttpAnswer answer =
        venue->on_http("http://venue/api/v3/depth?symbol=BTCUSD&limit=1000", after(i));
    EXPECT_EQ(answer.status, 200);
    EXPECT_GE(answer.delay.count(), kNanosPerSecond);
    EXPECT_LE(answer.delay.count(), 10 * kNanosPerSecond);
  }
  EXPECT_EQ(venue->on_http("http://venue/api/v3/depth?symbol=NOPEUSD", after(60)).status, 400);
}

TEST(SimulatedNetwork, ConnectionsFallWhereThatIsAskedForAndNothingFollows) {
  const auto venue = network("binance", {});
  venue->on_connect(1, kUrl, kStart);
  venue->drop(1, after(5));
  const std::vector<VenueEvent> events = run(*venue, after(10));
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().kind, VenueEvent::Kind::closed);
  EXPECT_EQ(events.back().time, after(5) + SimulatedNetworkOptions{}.latency);
}

TEST(SimulatedNetwork, ConnectionsFallAtRandomOnceALifeIsGiven) {
  const auto venue =
      network("binance", {.mean_connection_life = Nanoseconds(10 * kNanosPerSecond)});
  int falls = 0;
  for (int connection = 1; connection <= 30; ++connection) {
    venue->on_connect(connection, kUrl, after(20.0 * connection));
    for (const VenueEvent& event : run(*venue, after(20.0 * connection + 19))) {
      falls += event.kind == VenueEvent::Kind::closed;
    }
  }
  EXPECT_GT(falls, 10);
}

TEST(SimulatedNetwork, NothingArrivesOnceTheClientClosed) {
  const auto venue = network("binance", {});
  venue->on_connect(1, kUrl, kStart);
  run(*venue, after(3));
  venue->on_client_closed(1, after(3));
  EXPECT_TRUE(run(*venue, after(10)).empty());
}

TEST(SimulatedNetwork, TheSameSeedGivesTheSameRun) {
  const auto transcript = [](uint64_t seed) {
    const auto venue = network(
        "coinbase", {.seed = seed, .mean_connection_life = Nanoseconds(20 * kNanosPerSecond)});
    venue->on_connect(1, "ws://venue/", kStart);
    venue->on_frame_sent(1, R"({"type":"subscribe","product_ids":["BTC-USD"],"channel":"level2"})",
                         after(0.1));
    std::string text;
    for (const VenueEvent& event : run(*venue, after(30))) {
      text += fmt::format("{} {} {}\n", event.time.value, event.connection, event.text);
    }
    return text;
  };
  EXPECT_EQ(transcript(4), transcript(4));
  EXPECT_NE(transcript(4), transcript(5));
}

}  // namespace
}  // namespace daedalus
