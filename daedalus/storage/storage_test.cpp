#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/storage/data_root.hpp"
#include "daedalus/storage/publisher.hpp"

namespace daedalus {
namespace {

class StorageTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/daedalus_storage_XXXXXX";
    folder_ = mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(StorageTest, PartitionsAreNotZeroPadded) {
  const UnixNanos time = from_civil({.year = 2024, .month = 7, .day = 3, .hour = 4, .minute = 59});

  EXPECT_EQ(hour_partition("binance", "BTC-USDT", time),
            "exchange=binance/symbol=BTC-USDT/year=2024/month=7/day=3/hour=4");
  EXPECT_EQ(day_partition("binance", "BTC-USDT", time),
            "exchange=binance/symbol=BTC-USDT/year=2024/month=7/day=3");
}

TEST_F(StorageTest, EveryLayerHasItsFolder) {
  const DataRoot root{.path = "/data"};

  EXPECT_EQ(root.active("coinbase"), "/data/raw/active/coinbase");
  EXPECT_EQ(root.ready_records("coinbase"), "/data/raw/ready/coinbase/segments");
  EXPECT_EQ(root.processing_records("coinbase"), "/data/raw/processing/coinbase/segments");
  EXPECT_EQ(root.archive_records("coinbase"), "/data/raw/archive/coinbase/segments");
  EXPECT_EQ(root.journal("coinbase"), "/data/raw/journal/coinbase");
  EXPECT_EQ(root.silver("trades"), "/data/processed/silver/trades");
  EXPECT_EQ(root.gold_bars("orderbook", 60), "/data/processed/gold/orderbook_bars/60s");
  EXPECT_EQ(root.etl_states("coinbase"), "/data/state/etl/coinbase");
}

TEST_F(StorageTest, ARenameMakesTheFoldersItNeeds) {
  ASSERT_TRUE(publish_file(folder_ + "/file.tmp", "content"));
  Publisher publisher;

  ASSERT_TRUE(publisher.rename(folder_ + "/file.tmp", folder_ + "/a/b/c/file"));
  ASSERT_TRUE(publisher.sync());

  EXPECT_EQ(read_file(folder_ + "/a/b/c/file").value(), "content");
  EXPECT_FALSE(path_exists(folder_ + "/file.tmp"));
}

TEST_F(StorageTest, ARepeatedRenameIsFineAndALostFileIsNot) {
  ASSERT_TRUE(publish_file(folder_ + "/from", "content"));
  Publisher publisher;
  ASSERT_TRUE(publisher.rename_or_done(folder_ + "/from", folder_ + "/to"));

  const auto again = publisher.rename_or_done(folder_ + "/from", folder_ + "/to");
  const auto lost = publisher.rename_or_done(folder_ + "/from", folder_ + "/elsewhere");

  EXPECT_TRUE(again);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::io);
}

TEST_F(StorageTest, SyncingManyNamesTheOneThatIsNotThere) {
  std::vector<std::string> paths;
  for (int i = 0; i < 20; ++i) {
    paths.push_back(folder_ + "/file" + std::to_string(i));
    ASSERT_TRUE(publish_file(paths.back(), "content"));
  }
  EXPECT_TRUE(sync_all(paths));
  paths[7] = folder_ + "/nothing";

  const auto synced = sync_all(paths);

  ASSERT_FALSE(synced);
  EXPECT_NE(synced.error().message.find(paths[7]), std::string::npos);
}

TEST_F(StorageTest, RemovingWhatIsNotThereIsFine) {
  Publisher publisher;

  EXPECT_TRUE(publisher.remove(folder_ + "/nothing"));
  EXPECT_TRUE(publisher.sync());
}

}  // namespace
}  // namespace daedalus
