#include "daedalus/etl/state_store.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/etl/part_writer.hpp"
#include "daedalus/etl/segment_chain.hpp"

namespace daedalus {
namespace {

class StateStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/daedalus_etl_XXXXXX";
    root_.path = mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(root_.path); }

  void put_state(const std::string& segment) {
    const SourceState state{.segment = segment, .symbols = {{{"x", "A-B"}, {.engine = "bytes"}}}};
    ASSERT_TRUE(publish_file(StateStore(root_, "x").path_of(segment), to_bytes(state)));
  }
  void put_record(const std::string& folder, const std::string& segment,
                  const std::string& previous) {
    const SegmentRecord record{
        .segment = segment, .source = "x", .exchange = "x", .previous_segment = previous};
    ASSERT_TRUE(publish_file(folder + "/" + segment + ".json", to_json(record)));
  }

  DataRoot root_;
};

TEST_F(StateStoreTest, AStateComesBackAsItWas) {
  SourceState state{.segment = "segment_20240718T23_00002",
                    .closed_ns = 5,
                    .last_frame_seq = 9,
                    .fingerprint = "20 10 0.5"};
  state.symbols[{"binance", "BTC-USDT"}] = {.engine = std::string("a\0b", 3), .held_at = ""};
  state.symbols[{"binance", "ETH-USDT"}] = {.engine = "", .held_at = "segment_20240718T23_00001"};

  const SourceState read = parse_source_state(to_bytes(state)).value();

  EXPECT_EQ(read.segment, state.segment);
  EXPECT_EQ(read.closed_ns, 5);
  EXPECT_EQ(read.last_frame_seq, 9);
  EXPECT_EQ(read.fingerprint, state.fingerprint);
  ASSERT_EQ(read.symbols.size(), 2U);
  EXPECT_EQ(read.symbols.at({"binance", "BTC-USDT"}).engine, std::string("a\0b", 3));
  EXPECT_EQ(read.symbols.at({"binance", "ETH-USDT"}).held_at, "segment_20240718T23_00001");
}

TEST_F(StateStoreTest, ADamagedStateIsMalformedAndNamed) {
  put_state("segment_20240718T23_00002");
  const StateStore store(root_, "x");
  std::string bytes = read_file(store.path_of("segment_20240718T23_00002")).value();
  bytes[bytes.size() - 3] ^= 1;
  ASSERT_TRUE(publish_file(store.path_of("segment_20240718T23_00002"), bytes));

  const auto state = store.load("segment_20240718T23_00002");

  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::malformed);
  EXPECT_NE(state.error().message.find(root_.path), std::string::npos);
}

TEST_F(StateStoreTest, TheLastStateAndTheOneBeforeEachHourAreKept) {
  for (const char* segment :
       {"segment_20240716T20_00001", "segment_20240718T22_00001", "segment_20240718T22_00002",
        "segment_20240718T23_00001", "segment_20240719T00_00001", "segment_20240719T00_00002"}) {
    put_state(segment);
  }
  const StateStore store(root_, "x");

  ASSERT_TRUE(store.prune(48));

  EXPECT_EQ(store.list().value(),
            (std::vector<std::string>{"segment_20240718T22_00002", "segment_20240718T23_00001",
                                      "segment_20240719T00_00002"}));
}

TEST_F(StateStoreTest, AChainKnowsWhereItsSegmentsLie) {
  put_record(root_.archive_records("x"), "segment_20240718T22_00001", "");
  put_record(root_.processing_records("x"), "segment_20240718T22_00002",
             "segment_20240718T22_00001");
  put_record(root_.ready_records("x"), "segment_20240718T23_00001", "segment_20240718T22_00002");
  SegmentChain chain(root_, "x");

  ASSERT_TRUE(chain.refresh());

  EXPECT_EQ(chain.behind(""), "segment_20240718T22_00001");
  EXPECT_EQ(chain.behind("segment_20240718T22_00001"), "segment_20240718T22_00002");
  EXPECT_EQ(chain.behind("segment_20240718T23_00001"), std::nullopt);
  EXPECT_EQ(chain.before("segment_20240718T23_00001"), "segment_20240718T22_00002");
  EXPECT_EQ(chain.file_path("segment_20240718T22_00001", {.path = "f"}), root_.archive("x") + "/f");
  EXPECT_EQ(chain.file_path("segment_20240718T22_00002", {.path = "f"}), root_.ready("x") + "/f");
  EXPECT_EQ(chain.record("segment_20240718T23_00001").value()->previous_segment,
            "segment_20240718T22_00002");
}

TEST_F(StateStoreTest, ARecordOfAnotherSegmentIsRefused) {
  put_record(root_.ready_records("x"), "segment_20240718T22_00001", "");
  std::filesystem::rename(root_.ready_records("x") + "/segment_20240718T22_00001.json",
                          root_.ready_records("x") + "/segment_20240718T22_00002.json");
  SegmentChain chain(root_, "x");
  ASSERT_TRUE(chain.refresh());

  const auto record = chain.record("segment_20240718T22_00002");

  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().kind, ErrorKind::malformed);
}

TEST_F(StateStoreTest, RowsGoToThePartitionOfTheirLabel) {
  const UnixNanos midnight = from_civil({.year = 2024, .month = 7, .day = 19});
  const Schema schema = {{"capture_ts", ColumnType::timestamp_us}};
  EngineTables tables{.orderbook = Table(schema), .trades = Table(schema), .ticker = Table(schema)};
  for (const int64_t second : {-2, -1, 0}) {
    tables.orderbook.columns[0].append_integer(midnight.value / 1000 + second * 1'000'000);
    tables.trades.columns[0].append_integer(midnight.value / 1000 + second * 1'000'000);
  }
  ASSERT_TRUE(make_folders(staging_folder(root_, "x")));
  PartWriter writer({root_, "x", "segment_20240718T23_00001"}, {"binance", "A-B"}, 0);

  ASSERT_TRUE(writer.write(tables));
  const auto outputs = writer.finish().value();

  ASSERT_EQ(outputs.size(), 4U);
  const std::string symbol = "exchange=binance/symbol=A-B/year=2024/month=7/";
  const std::string name = "/part_x_segment_20240718T23_00001.parquet";
  EXPECT_EQ(outputs[0].path, "processed/silver/orderbook/" + symbol + "day=18/hour=23" + name);
  EXPECT_EQ(outputs[0].rows, 2);
  EXPECT_EQ(outputs[1].path, "processed/silver/orderbook/" + symbol + "day=19/hour=0" + name);
  EXPECT_EQ(outputs[1].rows, 1);
  EXPECT_EQ(outputs[2].path, "processed/silver/trades/" + symbol + "day=18" + name);
  EXPECT_EQ(outputs[3].path, "processed/silver/trades/" + symbol + "day=19" + name);
}

}  // namespace
}  // namespace daedalus
