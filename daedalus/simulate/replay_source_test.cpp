#include "daedalus/simulate/replay_source.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "daedalus/exchanges/registry.hpp"
#include "daedalus/journal/segment_writer.hpp"

namespace daedalus {
namespace {

class ReplaySourceTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/daedalus_simulate_XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& folder, const std::string& segment, int64_t first_seq) {
    std::filesystem::create_directories(folder);
    auto writer = SegmentWriter::create(folder, segment);
    EXPECT_TRUE(writer.has_value());
    SegmentHeader header{.segment = segment, .source = "coinbase", .exchange = "coinbase"};
    writer->append(
        {.frame_seq = first_seq, .type = RecordType::segment, .detail = to_json(header)});
    writer->append({.frame_seq = first_seq + 1,
                    .type = RecordType::recv,
                    .connection = 1,
                    .payload = segment});
    EXPECT_TRUE(writer->close().has_value());
    return folder + "/" + segment + ".ndjson.zst";
  }
  std::vector<std::string> payloads(ReplaySource& source) {
    std::vector<std::string> found;
    for (;;) {
      const auto record = source.next();
      EXPECT_TRUE(record.has_value());
      if (!record || *record == nullptr) return found;
      if ((*record)->type == RecordType::recv) found.push_back((*record)->payload);
    }
  }

  std::string folder_;
};

TEST_F(ReplaySourceTest, ASourcesJournalsFollowEachOtherReleasedActiveOrPublished) {
  write(folder_ + "/raw/ready/coinbase", "segment_20260809T21_00001", 15);
  write(folder_ + "/raw/active/coinbase", "segment_20260809T21_00003", 30);
  write(folder_ + "/raw/journal/coinbase", "segment_20260809T21_00002", 20);
  write(folder_ + "/raw/journal/coinbase", "segment_20260809T20_00001", 10);
  const auto files = journal_files_of_source(folder_, "coinbase");
  ASSERT_TRUE(files.has_value()) << files.error().message;
  const auto source = replay_journals(*files);
  EXPECT_EQ(payloads(*source),
            (std::vector<std::string>{"segment_20260809T20_00001", "segment_20260809T21_00001",
                                      "segment_20260809T21_00002", "segment_20260809T21_00003"}));
  EXPECT_EQ(*exchange_of_journal(files->front()), "coinbase");
}

TEST_F(ReplaySourceTest, ASourceWithoutJournalIsNamed) {
  const auto files = journal_files_of_source(folder_, "nosuch");
  ASSERT_FALSE(files.has_value());
  EXPECT_EQ(files.error().kind, ErrorKind::config);
  EXPECT_NE(files.error().message.find("nosuch"), std::string::npos);
}

TEST_F(ReplaySourceTest, RecordingsFollowEachOtherAndBadLinesArePassedOver) {
  const std::string first = folder_ + "/a.gz.txt", second = folder_ + "/b.txt";
  std::ofstream(first) << "1721347020984480942 {\"stream\":\"btcusdt@trade\",\"data\":{\"a\":1}}\n"
                       << "no line at all\n"
                       << "1721347020984480943 {\"stream\":\"btcusdt@trade\",\"data\":{\"a\":2}}\n";
  std::ofstream(second)
      << "1721347020984480944 {\"stream\":\"btcusdt@trade\",\"data\":{\"a\":3}}\n";
  auto source = replay_recording("hftbacktest", {first, second},
                                 {.exchange = *find_exchange("binance_usdm")});
  ASSERT_TRUE(source.has_value()) << source.error().message;
  const std::vector<std::string> found = payloads(**source);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_NE(found[2].find("\"a\":3"), std::string::npos);
}

TEST_F(ReplaySourceTest, AMissingRecordingIsAnError) {
  const auto source = replay_recording("hftbacktest", {folder_ + "/none.gz"},
                                       {.exchange = *find_exchange("binance_usdm")});
  ASSERT_FALSE(source.has_value());
  EXPECT_NE(source.error().message.find("none.gz"), std::string::npos);
}

}  // namespace
}  // namespace daedalus
