#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daedalus/capture/core_simulation.hpp"
#include "daedalus/capture/scripted_coinbase.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr UnixNanos kStart{1'700'000'000 * kNanosPerSecond};

struct CoinbaseRun {
  explicit CoinbaseRun(int streams_per_connection = 0)
      : venue({"BTC-USD", "ETH-USD"}, kStart),
        simulation(options(streams_per_connection), venue, kStart, hooks()) {}

  static CoreOptions options(int streams_per_connection) {
    SourceConfig source{.name = "coinbase",
                        .exchange = "coinbase",
                        .symbols = {"BTC-USD", "ETH-USD"},
                        .channels = {"orderbook"},
                        .endpoint = "ws://venue",
                        .rest_endpoint = "http://venue",
                        .streams_per_connection = streams_per_connection};
    return {.plan = plan_source(source).value()};
  }
  SimulationHooks hooks() {
    return {
        .on_record = [this](std::string_view, const Record& record) { records.push_back(record); },
        .on_fact = [this](const CoreFact& fact) { facts.push_back(fact); }};
  }
  int64_t count(RecordType type) const { return std::ranges::count(records, type, &Record::type); }
  int64_t gaps_opened() const { return simulation.core().statistics().gaps_opened; }

  std::vector<Record> records;
  std::vector<CoreFact> facts;
  ScriptedCoinbase venue;
  CoreSimulation simulation;
};

TEST(CaptureCoreAtCoinbase, SubscribesAtOnceAndItsBooksAreLive) {
  CoinbaseRun run;
  run.simulation.run_until(kStart + seconds(5));
  EXPECT_LT(run.venue.subscribes[0] - run.venue.connects[0], milliseconds(100));
  EXPECT_EQ(run.simulation.core().statistics().streams_flowing, 2u);
  EXPECT_TRUE(run.simulation.core().interpreter().book_hash("BTC-USD").has_value());
  EXPECT_EQ(run.gaps_opened(), 0);
}

TEST(CaptureCoreAtCoinbase, AMissingFrameReopensItsConnectionAndNoOther) {
  CoinbaseRun run(1);
  run.simulation.run_until(kStart + seconds(60));
  ASSERT_EQ(run.venue.connects.size(), 2u);
  run.venue.lose_next_frame = true;
  run.simulation.run_until(kStart + seconds(70));
  EXPECT_EQ(run.venue.connects.size(), 3u);
  EXPECT_EQ(run.gaps_opened(), 1);
  EXPECT_EQ(run.simulation.core().statistics().gaps_open, 0);
  EXPECT_EQ(run.simulation.core().statistics().connections_open, 2u);
}

TEST(CaptureCoreAtCoinbase, ASteadyConnectionComesBackAtOnceAndABrokenOneWaitsLongerEachTime) {
  CoinbaseRun run;
  run.simulation.run_until(kStart + seconds(60));
  run.venue.lose_next_frame = true;
  run.simulation.run_until(kStart + seconds(61));
  ASSERT_EQ(run.venue.connects.size(), 2u);
  for (int i = 0; i < 5; ++i) {
    run.venue.lose_next_frame = true;
    const size_t connects = run.venue.connects.size();
    while (run.venue.connects.size() == connects) {
      run.simulation.run_until(run.simulation.now() + milliseconds(100));
    }
    run.simulation.run_until(run.simulation.now() + seconds(1));
  }
  const auto& at = run.venue.connects;
  EXPECT_GT(at[6] - at[5], 2 * (at[3] - at[2]));
}

TEST(CaptureCoreAtCoinbase, FramesThatComeWhileWeCloseAreStillJournaled) {
  CoinbaseRun run;
  run.simulation.run_until(kStart + seconds(10));
  run.venue.lose_next_frame = true;
  run.simulation.run_until(kStart + seconds(20));
  const auto disconnect = std::ranges::find(run.records, RecordType::disconnect, &Record::type);
  ASSERT_NE(disconnect, run.records.end());
  EXPECT_THAT(disconnect->detail, HasSubstr("resync (sequence)"));
  for (auto record = run.records.begin(); record != run.records.end(); ++record) {
    if (record->type != RecordType::recv) continue;
    EXPECT_EQ(record < disconnect, record->connection == disconnect->connection);
  }
}

}  // namespace
}  // namespace daedalus
