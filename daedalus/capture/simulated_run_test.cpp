#include "daedalus/capture/simulated_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "daedalus/capture/rebuilt_books.hpp"
#include "daedalus/capture/scripted_binance.hpp"
#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr UnixNanos kStart{1'700'000'000 * kNanosPerSecond};

struct Simulated {
  explicit Simulated(int symbols) : names(make_names(symbols)), venue(names, kStart, 5) {
    options.config.data_root = folder / "data";
    options.config.journal.journal_retention = "forever";
    options.source = {.name = "binance",
                      .exchange = "binance",
                      .symbols = names,
                      .channels = {"orderbook"},
                      .endpoint = "ws://venue",
                      .rest_endpoint = "http://venue"};
    options.start = kStart;
  }
  static std::vector<std::string> make_names(int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back(fmt::format("S{:02}USDT", i));
    return names;
  }
  void open() { run = SimulatedRun::open(options, venue).value(); }

  /// What a reader makes of all journals, in order.
  RebuiltBooks rebuild() const {
    return rebuild_books(kept_records(DataRoot{options.config.data_root}, "binance"), venue);
  }

  TemporaryFolder folder;
  std::vector<std::string> names;
  ScriptedBinance venue;
  SimulatedRunOptions options;
  std::unique_ptr<SimulatedRun> run;
};

TEST(SimulatedRun, LateSnapshotsARotationAndAKillBetweenDeltaAndSnapshotLoseNoDelta) {
  Simulated simulated(50);
  std::mt19937_64 random(9);
  simulated.venue.snapshot_delay = [&](const std::string&) {
    return milliseconds(random() % 10'000);
  };
  simulated.options.config.journal.segment_max_age_seconds = 7;
  simulated.options.flush_every = seconds(1);
  simulated.open();
  ASSERT_TRUE(simulated.run->run_until(kStart + seconds(16)));
  EXPECT_GE(simulated.run->sealed().size(), 2u);
  simulated.run.reset();  // The kill.
  simulated.venue.close_all(kStart + seconds(16), "killed");
  simulated.options.start = kStart + seconds(17);
  simulated.options.config.journal.segment_max_age_seconds = 900;
  simulated.open();
  ASSERT_EQ(simulated.run->sealed().size(), 1u);
  ASSERT_TRUE(simulated.run->run_until(kStart + seconds(110)));
  ASSERT_TRUE(simulated.run->finish());
  const RebuiltBooks books = simulated.rebuild();
  EXPECT_EQ(books.wrong, 0);
  EXPECT_EQ(books.missing, 0);
  EXPECT_EQ(books.out_of_order, 0);
  EXPECT_EQ(books.last_update.size(), 50u);
  EXPECT_GT(books.snapshots, 50);
  for (const auto& [symbol, gap] : books.gaps) EXPECT_EQ(gap.kind, GapKind::process);
}

TEST(SimulatedRun, SegmentsFormOneChainOverAKill) {
  Simulated simulated(3);
  simulated.options.config.journal.segment_max_age_seconds = 5;
  simulated.open();
  ASSERT_TRUE(simulated.run->run_until(kStart + seconds(12)));
  std::vector<SegmentRecord> all = simulated.run->sealed();
  simulated.run.reset();
  simulated.options.start = kStart + seconds(20);
  simulated.open();
  ASSERT_TRUE(simulated.run->run_until(kStart + seconds(40)));
  ASSERT_TRUE(simulated.run->finish());
  for (const SegmentRecord& record : simulated.run->sealed()) all.push_back(record);
  ASSERT_GE(all.size(), 5u);
  EXPECT_EQ(all[0].previous_segment, "");
  for (size_t i = 1; i < all.size(); ++i) {
    EXPECT_EQ(all[i].previous_segment, all[i - 1].segment);
    EXPECT_GE(all[i].opened_ns, all[i - 1].closed_ns);
    EXPECT_GT(all[i].first_frame_seq, all[i - 1].last_frame_seq);
  }
}

TEST(SimulatedRun, TheSameSeedGivesTheSameSegments) {
  const auto sealed = [] {
    Simulated simulated(4);
    simulated.open();
    EXPECT_TRUE(simulated.run->run_until(kStart + seconds(60)));
    EXPECT_TRUE(simulated.run->finish());
    std::string text;
    for (const SegmentRecord& record : simulated.run->sealed()) text += to_json(record);
    return text;
  };
  EXPECT_EQ(sealed(), sealed());
}

TEST(SimulatedRun, TenMinutesTakeSeconds) {
  Simulated simulated(5);
  const auto began = std::chrono::steady_clock::now();
  simulated.open();
  ASSERT_TRUE(simulated.run->run_until(kStart + seconds(600)));
  ASSERT_TRUE(simulated.run->finish());
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(20));
  EXPECT_GT(simulated.run->simulation().core().statistics().frames, 25'000);
}

}  // namespace
}  // namespace daedalus
