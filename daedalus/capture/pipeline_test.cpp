#include "daedalus/capture/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "daedalus/capture/rebuilt_books.hpp"
#include "daedalus/capture/scripted_binance.hpp"
#include "daedalus/capture/scripted_coinbase.hpp"
#include "daedalus/capture/scripted_server.hpp"
#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

bool wait_until(const std::function<bool()>& holds, seconds patience = seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

/// A data root, its config and a pipeline that starts and stops on it.
struct Capture {
  Capture(const std::string& exchange, const std::vector<std::string>& symbols,
          const ScriptedServer& server) {
    config.data_root = folder / "data";
    config.journal.min_free_mb = 1;
    config.journal.flush_interval_seconds = 0.2;
    config.sources = {{.name = exchange,
                       .exchange = exchange,
                       .symbols = symbols,
                       .channels = {"orderbook"},
                       .endpoint = server.websocket(),
                       .rest_endpoint = server.http()}};
  }

  void start() {
    pipeline = Pipeline::start(config, {plan_source(config.sources[0]).value()}).value();
  }
  void stop() {
    pipeline->stop("the test ends");
    ASSERT_TRUE(wait_until([&] { return pipeline->finished(); }));
    EXPECT_FALSE(pipeline->failed());
    pipeline.reset();
  }
  CoreStatistics statistics() const { return pipeline->source(0).status().core; }
  bool wait_for_frames(int64_t more) const {
    const int64_t before = statistics().frames;
    return wait_until([&] { return statistics().frames >= before + more; });
  }
  std::vector<Record> records() const {
    return kept_records(DataRoot{config.data_root}, config.sources[0].name);
  }
  std::vector<std::string> left_active() const {
    return list_files(DataRoot{config.data_root}.active(config.sources[0].name)).value();
  }

  TemporaryFolder folder;
  Config config;
  std::unique_ptr<Pipeline> pipeline;
};

int64_t count(const std::vector<Record>& records, RecordType type) {
  return std::ranges::count(records, type, &Record::type);
}

TEST(Pipeline, BinanceOverSocketsGivesTrueBooksInSealedSegmentsAndNothingLeftActive) {
  ScriptedBinance venue({"BTCUSDT", "ETHUSDT"}, wall_clock_now(), 1);
  venue.update_every = milliseconds(5);
  ScriptedServer server(venue);
  Capture capture("binance", {"BTC-USDT", "ETH-USDT"}, server);
  capture.start();
  ASSERT_TRUE(capture.wait_for_frames(500));
  capture.stop();
  EXPECT_THAT(capture.left_active(), testing::IsEmpty());
  const auto records = capture.records();
  EXPECT_EQ(records.front().type, RecordType::segment);
  EXPECT_EQ(records.back().type, RecordType::close);
  EXPECT_EQ(records[records.size() - 2].type, RecordType::stop);
  const RebuiltBooks books = server.with([&] { return rebuild_books(records, venue); });
  EXPECT_EQ(books.wrong, 0);
  EXPECT_EQ(books.missing, 0);
  EXPECT_EQ(books.last_update.size(), 2u);
  EXPECT_TRUE(books.gaps.empty());
  EXPECT_GT(books.deltas, 300);
  EXPECT_FALSE(
      list_files(DataRoot{capture.config.data_root}.ready_records("binance")).value().empty());
}

TEST(Pipeline, ALostUpdateAndALostConnectionAreGapsThatClose) {
  ScriptedBinance venue({"BTCUSDT", "ETHUSDT"}, wall_clock_now(), 2);
  venue.update_every = milliseconds(5);
  ScriptedServer server(venue);
  Capture capture("binance", {"BTCUSDT", "ETHUSDT"}, server);
  capture.start();
  ASSERT_TRUE(capture.wait_for_frames(200));
  server.with([&] { venue.lose_next_update("BTCUSDT"); });
  ASSERT_TRUE(wait_until([&] { return capture.statistics().gaps_opened == 1; }));
  ASSERT_TRUE(wait_until([&] { return capture.statistics().gaps_open == 0; }));
  server.with([&] { venue.close_all(wall_clock_now(), "cut"); });
  ASSERT_TRUE(wait_until([&] { return capture.statistics().gaps_opened == 3; }));
  ASSERT_TRUE(wait_until([&] { return capture.statistics().gaps_open == 0; }));
  ASSERT_TRUE(capture.wait_for_frames(50));
  capture.stop();
  const auto records = capture.records();
  EXPECT_EQ(count(records, RecordType::connect), 2);
  const RebuiltBooks books = server.with([&] { return rebuild_books(records, venue); });
  EXPECT_EQ(books.wrong, 0);
  EXPECT_EQ(books.missing, 0);
  ASSERT_EQ(books.gaps.size(), 6u);
  EXPECT_EQ(books.gaps[0].second.kind, GapKind::sequence);
  EXPECT_EQ(books.gaps[2].second.kind, GapKind::disconnect);
}

TEST(Pipeline, A429OnASnapshotIsWaitedOutAndJournaled) {
  ScriptedBinance venue({"BTCUSDT"}, wall_clock_now(), 3);
  venue.snapshot_status = [](int snapshot) { return snapshot == 1 ? 429 : 200; };
  venue.retry_after_s = 1;
  venue.update_every = milliseconds(20);
  ScriptedServer server(venue);
  Capture capture("binance", {"BTCUSDT"}, server);
  capture.start();
  ASSERT_TRUE(
      wait_until([&] { return server.with([&] { return venue.snapshots_asked.size(); }) == 2; }));
  ASSERT_TRUE(capture.wait_for_frames(20));
  capture.stop();
  EXPECT_GE(venue.snapshots_asked[1].first - venue.snapshots_asked[0].first, milliseconds(950));
  const auto records = capture.records();
  EXPECT_EQ(std::ranges::count(records, 429, &Record::status), 1);
  EXPECT_EQ(server.with([&] { return rebuild_books(records, venue).last_update.size(); }), 1u);
}

TEST(Pipeline, CoinbaseIsAskedAtOnceAndAMissingFrameReopensTheConnection) {
  ScriptedCoinbase venue({"BTC-USD", "ETH-USD"}, wall_clock_now());
  ScriptedServer server(venue);
  Capture capture("coinbase", {"BTC-USD", "ETH-USD"}, server);
  capture.start();
  ASSERT_TRUE(capture.wait_for_frames(100));
  server.with([&] { venue.lose_next_frame = true; });
  ASSERT_TRUE(wait_until([&] { return server.with([&] { return venue.connects.size(); }) == 2; }));
  ASSERT_TRUE(capture.wait_for_frames(100));
  ASSERT_TRUE(wait_until([&] { return capture.statistics().gaps_open == 0; }));
  capture.stop();
  EXPECT_LT(venue.subscribes[0] - venue.connects[0], seconds(1));
  const auto records = capture.records();
  EXPECT_EQ(count(records, RecordType::connect), 2);
  EXPECT_THAT(std::ranges::find(records, RecordType::disconnect, &Record::type)->detail,
              HasSubstr("sequence"));
}

TEST(Pipeline, ARestartGoesOnWithNumbersSegmentsAndAProcessGap) {
  ScriptedBinance venue({"BTCUSDT"}, wall_clock_now(), 4);
  venue.update_every = milliseconds(5);
  ScriptedServer server(venue);
  Capture capture("binance", {"BTCUSDT"}, server);
  for (int i = 0; i < 3; ++i) {
    capture.start();
    ASSERT_TRUE(capture.wait_for_frames(100));
    ASSERT_TRUE(wait_until([&] { return capture.statistics().gaps_open <= 0; }));
    capture.stop();
  }
  const auto records = capture.records();
  EXPECT_EQ(count(records, RecordType::start), 3);
  EXPECT_EQ(count(records, RecordType::segment), 3);
  for (size_t i = 1; i < records.size(); ++i) {
    EXPECT_GT(records[i].frame_seq, records[i - 1].frame_seq);
    EXPECT_GE(records[i].capture_time, records[i - 1].capture_time);
  }
  const RebuiltBooks books = server.with([&] { return rebuild_books(records, venue); });
  EXPECT_EQ(books.wrong, 0);
  ASSERT_EQ(books.gaps.size(), 4u);
  for (const auto& [symbol, gap] : books.gaps) EXPECT_EQ(gap.kind, GapKind::process);
}

TEST(Pipeline, AQueueThatIsFullStopsReadingAndLosesNothing) {
  ScriptedCoinbase venue({"BTC-USD"}, wall_clock_now());
  venue.frames_per_update = 200;
  venue.update_every = milliseconds(20);
  ScriptedServer server(venue);
  Capture capture("coinbase", {"BTC-USD"}, server);
  capture.config.journal.queue_mb = 0;  // Takes one frame at a time.
  capture.start();
  ASSERT_TRUE(
      wait_until([&] { return capture.pipeline->source(0).status().backpressure_count > 3; }));
  ASSERT_TRUE(capture.wait_for_frames(1000));
  capture.stop();
  const auto records = capture.records();
  EXPECT_GT(count(records, RecordType::backpressure), 3);
  EXPECT_EQ(count(records, RecordType::connect), 1);
  EXPECT_EQ(count(records, RecordType::disconnect), 0);
}

TEST(Pipeline, ASecondCaptureOnTheDataRootIsRefusedNamingTheProcess) {
  ScriptedCoinbase venue({"BTC-USD"}, wall_clock_now());
  ScriptedServer server(venue);
  Capture capture("coinbase", {"BTC-USD"}, server);
  capture.start();
  const auto second =
      Pipeline::start(capture.config, {plan_source(capture.config.sources[0]).value()});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(::getpid())));
  capture.stop();
}

TEST(Pipeline, LittleFreeDiskRefusesTheStart) {
  ScriptedCoinbase venue({"BTC-USD"}, wall_clock_now());
  ScriptedServer server(venue);
  Capture capture("coinbase", {"BTC-USD"}, server);
  capture.config.journal.min_free_mb = int64_t{1} << 40;
  const auto started =
      Pipeline::start(capture.config, {plan_source(capture.config.sources[0]).value()});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::io);
  EXPECT_THAT(started.error().message, HasSubstr("min_free_mb"));
}

TEST(Pipeline, ADiskThatFailsStopsTheCaptureWithAnError) {
  ScriptedCoinbase venue({"BTC-USD"}, wall_clock_now());
  ScriptedServer server(venue);
  Capture capture("coinbase", {"BTC-USD"}, server);
  capture.config.journal.segment_max_age_seconds = 1;
  capture.start();
  ASSERT_TRUE(capture.wait_for_frames(10));
  std::filesystem::remove_all(DataRoot{capture.config.data_root}.active("coinbase"));
  ASSERT_TRUE(wait_until([&] { return capture.pipeline->failed(); }));
  capture.pipeline->stop("a failure");
  EXPECT_TRUE(wait_until([&] { return capture.pipeline->finished(); }, seconds(10)));
}

TEST(Pipeline, ARefusedConnectIsTriedAgainUntilTheVenueTakesIt) {
  ScriptedCoinbase venue({"BTC-USD"}, wall_clock_now());
  ScriptedServer server(venue);
  server.refuse_with = 503;
  Capture capture("coinbase", {"BTC-USD"}, server);
  capture.start();
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(capture.statistics().connections_open, 0u);
  server.refuse_with = 0;
  ASSERT_TRUE(capture.wait_for_frames(10));
  capture.stop();
  EXPECT_EQ(count(capture.records(), RecordType::connect), 1);
}

}  // namespace
}  // namespace daedalus
