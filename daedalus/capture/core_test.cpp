#include "daedalus/capture/core.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daedalus/capture/core_simulation.hpp"
#include "daedalus/capture/rebuilt_books.hpp"
#include "daedalus/capture/scripted_binance.hpp"

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr UnixNanos kStart{1'700'000'000 * kNanosPerSecond};

std::vector<std::string> many_symbols(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(fmt::format("S{:03}USDT", i));
  return names;
}

/// A core, its venue, and what came of it.
struct CapturedRun {
  explicit CapturedRun(std::vector<std::string> symbols,
                       std::vector<std::string> channels = {"orderbook"})
      : venue(symbols, kStart, 7) {
    source.name = "binance";
    source.exchange = "binance";
    source.symbols = std::move(symbols);
    source.channels = std::move(channels);
    source.endpoint = "ws://venue";
    source.rest_endpoint = "http://venue";
  }

  void begin() {
    CoreOptions options = core_options;
    options.plan = plan_source(source).value();
    if (simulation) options.position = simulation->core().position();
    const UnixNanos at = simulation ? simulation->now() : kStart;
    simulation = std::make_unique<CoreSimulation>(
        std::move(options), venue, at,
        SimulationHooks{.on_record = [this](std::string_view,
                                            const Record& record) { records.push_back(record); },
                        .on_fact = [this](const CoreFact& fact) { facts.push_back(fact); }});
  }
  void until(Nanoseconds since_start) { simulation->run_until(kStart + since_start); }

  int64_t count(RecordType type) const { return std::ranges::count(records, type, &Record::type); }
  std::vector<std::string> texts(CoreFact::Kind kind) const {
    std::vector<std::string> found;
    for (const CoreFact& fact : facts) {
      if (fact.kind == kind) found.push_back(fact.text);
    }
    return found;
  }
  RebuiltBooks rebuild() const { return rebuild_books(records, venue); }

  SourceConfig source;
  CoreOptions core_options;
  ScriptedBinance venue;
  std::unique_ptr<CoreSimulation> simulation;
  std::vector<Record> records;
  std::vector<CoreFact> facts;
};

void expect_true(const RebuiltBooks& books) {
  EXPECT_EQ(books.wrong, 0);
  EXPECT_EQ(books.missing, 0);
  EXPECT_EQ(books.out_of_order, 0);
}

TEST(CaptureCore, WritesTheStartConnectsAndSubscribesBeforeAnythingElse) {
  CapturedRun run({"BTCUSDT"});
  run.begin();
  run.until(seconds(3));
  ASSERT_GE(run.records.size(), 5u);
  EXPECT_EQ(run.records[0].type, RecordType::segment);
  EXPECT_EQ(run.records[1].type, RecordType::start);
  EXPECT_EQ(run.records[1].detail, "live");
  EXPECT_EQ(run.records[2].type, RecordType::connect);
  EXPECT_EQ(run.records[2].connection, run.records[2].frame_seq);
  EXPECT_EQ(run.records[3].type, RecordType::send);
  EXPECT_EQ(run.records[3].connection, run.records[2].connection);
  EXPECT_THAT(run.records[3].payload, HasSubstr("btcusdt@depth@100ms"));
}

TEST(CaptureCore, NumbersAndTimesOfRecordsOnlyRise) {
  CapturedRun run(many_symbols(5));
  run.begin();
  run.until(seconds(5));
  for (size_t i = 1; i < run.records.size(); ++i) {
    EXPECT_GT(run.records[i].frame_seq, run.records[i - 1].frame_seq);
    EXPECT_GE(run.records[i].capture_time, run.records[i - 1].capture_time);
  }
}

TEST(CaptureCore, FiftySymbolsWithSnapshotsLateByUpToTenSecondsLoseNoDelta) {
  CapturedRun run(many_symbols(50));
  std::mt19937_64 random(3);
  run.venue.snapshot_delay = [&](const std::string&) { return milliseconds(random() % 10'000); };
  run.begin();
  run.until(seconds(120));
  const RebuiltBooks books = run.rebuild();
  expect_true(books);
  EXPECT_EQ(books.snapshots, 50);
  EXPECT_EQ(books.last_update.size(), 50u);
  EXPECT_GT(books.deltas, 50 * 500);
  EXPECT_TRUE(books.gaps.empty());
}

TEST(CaptureCore, AKillBetweenDeltaAndSnapshotIsAProcessGapAndNothingWrong) {
  CapturedRun run(many_symbols(50));
  std::mt19937_64 random(4);
  run.venue.snapshot_delay = [&](const std::string&) { return milliseconds(random() % 10'000); };
  run.begin();
  run.until(seconds(12));
  const size_t live_before = run.rebuild().last_update.size();
  EXPECT_GT(live_before, 0u);
  EXPECT_LT(live_before, 50u);
  run.venue.close_all(run.simulation->now(), "killed");
  run.begin();
  run.until(seconds(150));
  const RebuiltBooks books = run.rebuild();
  expect_true(books);
  EXPECT_EQ(books.last_update.size(), 50u);
  size_t process_gaps = 0;
  for (const auto& [symbol, gap] : books.gaps) {
    EXPECT_EQ(gap.kind, GapKind::process);
    process_gaps += gap.edge == GapEdge::open ? 1 : 0;
  }
  EXPECT_EQ(process_gaps, live_before);
}

TEST(CaptureCore, AMissingUpdateResyncsItsSymbolAndNoOther) {
  CapturedRun run(many_symbols(10));
  run.begin();
  run.until(seconds(20));
  const size_t asked = run.venue.snapshots_asked.size();
  run.venue.lose_next_update("S003USDT");
  run.until(seconds(40));
  const RebuiltBooks books = run.rebuild();
  expect_true(books);
  ASSERT_EQ(books.gaps.size(), 2u);
  EXPECT_EQ(books.gaps[0].first, "S003-USDT");
  EXPECT_EQ(books.gaps[0].second.kind, GapKind::sequence);
  EXPECT_EQ(books.gaps[1].second.edge, GapEdge::close);
  EXPECT_EQ(run.venue.snapshots_asked.size(), asked + 1);
  EXPECT_EQ(run.venue.connects.size(), 1u);
  EXPECT_EQ(run.simulation->core().statistics().gaps_open, 0);
}

TEST(CaptureCore, AFallenConnectionComesBackWithItsBooks) {
  CapturedRun run(many_symbols(4));
  run.begin();
  run.until(seconds(40));
  run.venue.close_all(kStart + seconds(40), "the other side went away");
  run.until(seconds(60));
  EXPECT_EQ(run.count(RecordType::disconnect), 1);
  EXPECT_EQ(run.count(RecordType::connect), 2);
  const RebuiltBooks books = run.rebuild();
  expect_true(books);
  EXPECT_EQ(books.last_update.size(), 4u);
  EXPECT_EQ(books.gaps.size(), 8u);
  EXPECT_THAT(run.texts(CoreFact::Kind::disconnected),
              testing::ElementsAre(HasSubstr("went away")));
}

TEST(CaptureCore, RefusedConnectsAreToldInWordsAndWaitLongerEachTime) {
  CapturedRun run({"BTCUSDT"});
  run.venue.answer_connect = [](int connect) {
    return connect <= 6 ? ConnectAnswer{.refused_status = 451} : ConnectAnswer{};
  };
  run.begin();
  run.until(seconds(120));
  ASSERT_EQ(run.venue.connects.size(), 7u);
  const Nanoseconds first = run.venue.connects[1] - run.venue.connects[0];
  const Nanoseconds last = run.venue.connects[6] - run.venue.connects[5];
  EXPECT_GE(first, milliseconds(250));
  EXPECT_GE(last, 8 * first / 2);
  EXPECT_THAT(run.texts(CoreFact::Kind::refused), testing::Each(HasSubstr("451")));
  EXPECT_EQ(run.rebuild().last_update.size(), 1u);
}

TEST(CaptureCore, WaitsAsLongAsRetryAfterSays) {
  CapturedRun run({"BTCUSDT"});
  run.venue.answer_connect = [](int connect) {
    return connect == 1 ? ConnectAnswer{.refused_status = 429, .retry_after_s = 17}
                        : ConnectAnswer{};
  };
  run.begin();
  run.until(seconds(30));
  ASSERT_EQ(run.venue.connects.size(), 2u);
  EXPECT_GE(run.venue.connects[1] - run.venue.connects[0], seconds(17));
}

TEST(CaptureCore, A429OnAConnectHoldsBackAllConnects) {
  CapturedRun run(many_symbols(3));
  run.source.streams_per_connection = 1;
  run.venue.answer_connect = [](int connect) {
    return ConnectAnswer{.refused_status = connect == 1 ? 429 : 0};
  };
  run.begin();
  run.until(seconds(60));
  ASSERT_EQ(run.venue.connects.size(), 4u);
  EXPECT_GE(run.venue.connects[1] - run.venue.connects[0], seconds(30));
  EXPECT_EQ(run.simulation->core().statistics().connections_open, 3u);
}

TEST(CaptureCore, A429OnASnapshotHoldsBackAllRestRequests) {
  CapturedRun run(many_symbols(8));
  run.venue.snapshot_status = [](int snapshot) { return snapshot == 3 ? 429 : 200; };
  run.venue.retry_after_s = 10;
  run.begin();
  run.until(seconds(60));
  const UnixNanos third = run.venue.snapshots_asked[2].first;
  for (const auto& [time, symbol] : run.venue.snapshots_asked) {
    EXPECT_TRUE(time <= third + milliseconds(50) || time >= third + seconds(10)) << symbol;
  }
  EXPECT_THAT(run.texts(CoreFact::Kind::refused), testing::ElementsAre(HasSubstr("429")));
  const auto refused = std::ranges::find(run.records, 429, &Record::status);
  ASSERT_NE(refused, run.records.end());
  EXPECT_EQ(refused->type, RecordType::http);
  EXPECT_EQ(run.rebuild().last_update.size(), 8u);
}

TEST(CaptureCore, ASnapshotThatNeverComesIsATimerRecordAndAskedForAgain) {
  CapturedRun run({"BTCUSDT"});
  int asked = 0;
  run.venue.snapshot_delay = [&](const std::string&) -> Nanoseconds {
    return ++asked == 1 ? Nanoseconds(seconds(3600)) : Nanoseconds(milliseconds(10));
  };
  run.begin();
  run.until(seconds(40));
  EXPECT_EQ(run.count(RecordType::timer), 1);
  EXPECT_EQ(asked, 2);
  const RebuiltBooks books = run.rebuild();
  expect_true(books);
  EXPECT_EQ(books.last_update.size(), 1u);
}

TEST(CaptureCore, SnapshotsKeepToTheVenuesWeight) {
  CapturedRun run(many_symbols(200));
  run.venue.update_every = seconds(2);
  run.begin();
  run.until(seconds(180));
  const auto& asked = run.venue.snapshots_asked;
  EXPECT_EQ(asked.size(), 200u);
  for (size_t i = 0; i + 120 < asked.size(); ++i) {
    EXPECT_GE(asked[i + 120].first - asked[i].first, seconds(60));
  }
}

TEST(CaptureCore, NamesStreamsThatNeverDelivered) {
  CapturedRun run({"BTCUSDT", "LUNAUSDT"});
  run.venue.delisted = {"LUNAUSDT"};
  run.begin();
  run.until(seconds(59));
  EXPECT_TRUE(run.texts(CoreFact::Kind::silent).empty());
  run.until(seconds(300));
  EXPECT_THAT(
      run.texts(CoreFact::Kind::silent),
      testing::ElementsAre(testing::AllOf(HasSubstr("LUNA-USDT orderbook"), HasSubstr("1 of 2"))));
  EXPECT_THAT(run.texts(CoreFact::Kind::unknown_symbol),
              testing::ElementsAre(HasSubstr("LUNA-USDT")));
  run.until(seconds(800));
  EXPECT_EQ(run.texts(CoreFact::Kind::silent).size(), 2u);
}

TEST(CaptureCore, AfterARefusedRequestTheOtherSymbolsAreAskedForAlone) {
  CapturedRun run({"BTCUSDT", "NOSUCHUSDT", "ETHUSDT"});
  run.venue.answer_frame = [](const std::string& frame) -> std::string {
    if (frame.find("nosuch") == std::string::npos) return "";
    return R"({"code":2,"msg":"Invalid request: no such symbol","id":1})";
  };
  run.begin();
  run.until(seconds(30));
  EXPECT_THAT(run.texts(CoreFact::Kind::refused), testing::Contains(HasSubstr("no such symbol")));
  EXPECT_EQ(run.simulation->core().statistics().streams_flowing, 2u);
}

TEST(CaptureCore, AFrameThatCannotBeParsedIsKeptAndToldAndHarmsNoOther) {
  CapturedRun run(many_symbols(3));
  run.begin();
  run.until(seconds(10));
  run.venue.say_to_all(kStart + seconds(10), "{not json");
  run.until(seconds(20));
  EXPECT_NE(std::ranges::find(run.records, "{not json", &Record::payload), run.records.end());
  EXPECT_EQ(run.simulation->core().statistics().unparsable, 1);
  EXPECT_THAT(run.texts(CoreFact::Kind::unparsable), testing::ElementsAre(HasSubstr("binance")));
  const RebuiltBooks books = run.rebuild();
  expect_true(books);
  EXPECT_TRUE(books.gaps.empty());
}

TEST(CaptureCore, AStepOfTheWallClockIsARecordAndTimeNeverGoesBack) {
  CapturedRun run({"BTCUSDT"});
  run.begin();
  run.until(seconds(10));
  run.simulation->step_wall_clock(-seconds(5));
  run.until(seconds(30));
  ASSERT_EQ(run.count(RecordType::clock), 1);
  EXPECT_EQ(std::ranges::find(run.records, RecordType::clock, &Record::type)->detail,
            "-5000000000");
  EXPECT_TRUE(std::ranges::is_sorted(run.records, {}, &Record::capture_time));
}

TEST(CaptureCore, StopsInGoodOrderBeforeTheDiskIsFull) {
  CapturedRun run({"BTCUSDT"});
  run.core_options.min_free_mb = 512;
  run.begin();
  run.until(seconds(5));
  run.simulation->happen(DiskReport{.free_mb = 513});
  EXPECT_FALSE(run.simulation->core().stopped());
  run.simulation->happen(DiskReport{.free_mb = 511});
  EXPECT_TRUE(run.simulation->core().stopped());
  const size_t size = run.records.size();
  EXPECT_EQ(run.records[size - 3].type, RecordType::disk);
  EXPECT_EQ(run.records[size - 2].type, RecordType::stop);
  EXPECT_EQ(run.records[size - 1].type, RecordType::close);
  EXPECT_THAT(run.texts(CoreFact::Kind::disk_low), testing::ElementsAre(HasSubstr("511 MB")));
  run.until(seconds(20));
  EXPECT_EQ(run.records.size(), size);
}

TEST(CaptureCore, TheSameSeedGivesTheSameRecords) {
  const auto lines = [] {
    CapturedRun run(many_symbols(6));
    run.venue.answer_connect = [](int n) {
      return ConnectAnswer{.refused_status = n < 4 ? 503 : 0};
    };
    run.begin();
    run.until(seconds(30));
    std::string text;
    for (const Record& record : run.records) append_record_line(text, record);
    return text;
  };
  EXPECT_EQ(lines(), lines());
}

TEST(CaptureCore, ManyStreamsAreSpreadOverConnectionsThatOpenAtTheVenuesPace) {
  CapturedRun run(many_symbols(30));
  run.source.streams_per_connection = 10;
  run.begin();
  run.until(seconds(60));
  ASSERT_EQ(run.venue.connects.size(), 3u);
  const double pace = find_exchange("binance").value()->limits.connects_per_second;
  const Nanoseconds apart = run.venue.connects[1] - run.venue.connects[0];
  EXPECT_GE(static_cast<double>(apart.count()), 1e9 / pace - 1);
  EXPECT_EQ(run.rebuild().last_update.size(), 30u);
  EXPECT_EQ(run.simulation->core().statistics().streams_flowing, 30u);
}

}  // namespace
}  // namespace daedalus
