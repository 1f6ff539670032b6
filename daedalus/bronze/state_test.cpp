#include <gmock/gmock.h>

#include <random>

#include "daedalus/bronze/journal_story_for_test.hpp"
#include "daedalus/bronze/recordings_for_test.hpp"

namespace daedalus {
namespace {

/// The rows of records [0, limit), the state saved and restored before each place in `cuts`.
std::vector<std::string> rows_with_cuts(const std::vector<Record>& records,
                                        std::string_view exchange,
                                        const std::vector<bool>& cut_before) {
  InterpreterOptions options{.buffered_deltas_per_book = 50, .crossed_events = 3};
  Interpreter interpreter(**find_exchange(exchange), options);
  RowLines lines;
  StreamObserver nobody;
  for (size_t i = 0; i < records.size(); ++i) {
    if (cut_before[i]) {
      auto restored = Interpreter::restore(**find_exchange(exchange), options, interpreter.save());
      EXPECT_TRUE(restored) << restored.error().message;
      interpreter = *std::move(restored);
    }
    interpreter.apply(records[i], lines, nobody);
  }
  std::vector<std::string> rows = lines.take();
  for (const auto& [name, count] : interpreter.frame_counts()) {
    rows.push_back(fmt::format("{}={}", name, count));
  }
  return rows;
}

/// Records of all kinds, with losses, repetitions, reconnects and images at random places.
std::vector<Record> random_records(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Record> records;
  int64_t id = 100;
  int64_t trade = 0;
  int64_t connection = 1;
  const std::string url = "wss://x/stream?streams=btcusdt@depth@100ms/btcusdt@trade";
  const auto add = [&](Record record) {
    record.frame_seq = static_cast<int64_t>(records.size()) + 1;
    record.capture_time = {1'600'000'000'000'000'000 + record.frame_seq * 1'000'000};
    records.push_back(std::move(record));
  };
  add({.type = RecordType::start, .detail = "live"});
  add({.type = RecordType::connect, .connection = 1, .url = url});
  for (int i = 0; i < 400; ++i) {
    const auto chance = random() % 100;
    if (chance < 60) {
      const int64_t last = id + static_cast<int64_t>(random() % 3);
      const bool crosses = random() % 4 == 0;
      add({.connection = connection,
           .payload = depth(id, last, "BTCUSDT",
                            crosses ? R"([["12.0","1.0"]])" : R"([["12.0","0"],["9.5","2"]])")});
      id = last + 1 + (random() % 25 == 0 ? 5 : 0);
    } else if (chance < 80) {
      trade += random() % 3;
      add({.connection = connection, .payload = binance_trade(trade)});
    } else if (chance < 95) {
      add({.type = RecordType::http,
           .status = 200,
           .url = image_url(),
           .payload = image(id - static_cast<int64_t>(random() % 20))});
    } else if (chance < 98) {
      add({.type = RecordType::disconnect, .connection = connection, .detail = "closed"});
      add({.type = RecordType::connect, .connection = ++connection, .url = url});
    } else {
      add({.type = RecordType::start, .detail = random() % 2 == 0 ? "live" : "import"});
    }
  }
  return records;
}

TEST(SealState, CutAnywhereGivesTheSameRowsAndCounts) {
  for (uint32_t seed = 1; seed <= 50; ++seed) {
    const std::vector<Record> records = random_records(seed);
    std::vector<bool> cuts(records.size(), false);
    const auto whole = rows_with_cuts(records, "binance", cuts);
    EXPECT_THAT(whole, testing::Contains(testing::HasSubstr("gap open orderbook sequence")));
    std::mt19937 random(seed);
    for (size_t i = 0; i < cuts.size(); ++i) cuts[i] = random() % 4 == 0;
    ASSERT_EQ(rows_with_cuts(records, "binance", cuts), whole) << "seed " << seed;
  }
}

TEST(SealState, CutsInARecordingGiveTheSameRows) {
  for (const Recording& recording : {kCoinbaseRecording, kBinanceRecording}) {
    DAEDALUS_NEED_RECORDING(recording);
    std::vector<Record> records;
    read_records(recording, [&](const Record& record) { records.push_back(record); });
    std::vector<bool> cuts(records.size(), false);
    const auto whole = rows_with_cuts(records, recording.exchange, cuts);
    for (const size_t cut : {size_t{1}, size_t{3}, size_t{9}, size_t{20}, records.size() / 2}) {
      cuts[cut] = true;
    }
    EXPECT_EQ(rows_with_cuts(records, recording.exchange, cuts), whole);
  }
}

TEST(SealState, DamageIsRefusedNotBelieved) {
  Story story("binance");
  story.http(image_url(), image(10));
  story.recv(1, depth(11, 12));
  const std::string state = story.interpreter.save();
  for (size_t size = 0; size < state.size(); size += 7) {
    EXPECT_FALSE(Interpreter::restore(**find_exchange("binance"), {}, state.substr(0, size)));
  }
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = state;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto restored = Interpreter::restore(**find_exchange("binance"), {}, damaged);
    (void)restored;  // It may be refused or not; it must not crash.
  }
}

TEST(SealState, CountsOfASegmentAddUpToItsFrames) {
  const std::vector<Record> records = random_records(3);
  Interpreter interpreter(**find_exchange("binance"), {});
  RowLines lines;
  StreamObserver nobody;
  int64_t frames = 0;
  for (size_t i = 0; i < records.size(); ++i) {
    frames += records[i].type == RecordType::recv || records[i].type == RecordType::http;
    interpreter.apply(records[i], lines, nobody);
    if (i % 37 != 0) continue;
    int64_t counted = 0;
    for (const auto& [name, count] : interpreter.frame_counts()) counted += count;
    EXPECT_EQ(counted, frames) << "record " << i;
    interpreter.reset_frame_counts();
    frames = 0;
  }
}

}  // namespace
}  // namespace daedalus
