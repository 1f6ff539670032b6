#include "daedalus/lake/query.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/lake/views.hpp"

namespace daedalus {
namespace {

const LakeColumns kSome = {{"exchange", "VARCHAR"}, {"symbol", "VARCHAR"}, {"price", "DOUBLE"}};
const LakeColumns kGaps = {
    {"exchange", "VARCHAR"},       {"symbol", "VARCHAR"},       {"symbol_native", "VARCHAR"},
    {"source", "VARCHAR"},         {"channel", "VARCHAR"},      {"kind", "VARCHAR"},
    {"gap_id", "BIGINT"},          {"edge", "VARCHAR"},         {"capture_ts", "TIMESTAMPTZ"},
    {"capture_time_ns", "BIGINT"}, {"expected", "BIGINT"},      {"received", "BIGINT"},
    {"frames_affected", "BIGINT"}, {"recovered_by", "VARCHAR"}, {"detail", "VARCHAR"}};

LakeColumnSets some_columns() {
  return {.processed = {{"silver/orderbook", kSome},
                        {"silver/trades", kSome},
                        {"silver/ticker", kSome},
                        {"gold/orderbook_bars", kSome},
                        {"gold/trades_bars", kSome},
                        {"gold/ticker_bars", kSome}},
          .bronze_orderbook = kSome,
          .bronze_trades = kSome,
          .bronze_ticker = kSome,
          .gaps = kGaps,
          .instruments = kSome,
          .other = kSome};
}

class QueryTest : public testing::Test {
 protected:
  void SetUp() override {
    auto found = find_duckdb();
    if (!found && getenv("CI") == nullptr) GTEST_SKIP() << found.error().message;
    ASSERT_TRUE(found) << found.error().message;
    duckdb_ = *found;
    char name[] = "/tmp/daedalus_lake_XXXXXX";
    folder_ = mkdtemp(name);
    root_.path = folder_ + "/data";
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  /// Runs the statement over the root's views; what it gives as CSV.
  std::string ask(const std::string& sql, const std::string& format = "csv") {
    const auto views = lake_views(root_, some_columns()).value();
    QueryRequest request{.setup = create_views_sql(views).value(),
                         .sql = sql,
                         .format = format,
                         .output = folder_ + "/answer"};
    code_ = run_query(duckdb_, request).value();
    return path_exists(request.output) ? read_file(request.output).value() : "";
  }

  /// Makes a Parquet file below the root from a SELECT.
  void make_file(const std::string& path, const std::string& select) {
    std::filesystem::create_directories(
        std::filesystem::path(root_.path + "/" + path).parent_path());
    const QueryRequest request{
        .sql = select, .format = "parquet", .output = root_.path + "/" + path};
    ASSERT_EQ(run_query(duckdb_, request).value(), 0);
  }

  std::string duckdb_;
  std::string folder_;
  DataRoot root_;
  int code_ = -1;
};

TEST_F(QueryTest, WithoutDataEveryTableIsThereAndEmpty) {
  const auto views = lake_views(root_, some_columns()).value();

  const std::string counts = ask(count_views_sql(views));

  EXPECT_EQ(code_, 0);
  EXPECT_EQ(counts,
            "table,rows\nsilver_orderbook,0\nsilver_trades,0\nsilver_ticker,0\n"
            "gold_orderbook_bars,0\ngold_trades_bars,0\ngold_ticker_bars,0\nbronze_gaps,0\n"
            "instruments,0\nbronze_orderbook,0\nbronze_ticker,0\nbronze_trades,0\ngaps,0\n");
}

TEST_F(QueryTest, BronzeOfReadyAndArchiveIsOneTable) {
  const std::string partition = "/exchange=x/symbol=A-B/year=2024/month=7/day=1/hour=0/";
  make_file("raw/ready/x/trades" + partition + "segment_2.parquet",
            "SELECT 'x' AS exchange, 'A-B' AS symbol, 2.0::DOUBLE AS price");
  make_file("raw/archive/x/trades" + partition + "segment_1.parquet",
            "SELECT 'x' AS exchange, 'A-B' AS symbol, 1.0::DOUBLE AS price");

  EXPECT_EQ(ask("SELECT price FROM bronze_trades ORDER BY price"), "price\n1.0\n2.0\n");
}

TEST_F(QueryTest, ARootsNameMayHoldWhatGlobsAreMadeOf) {
  root_.path = folder_ + "/my [data]?";
  make_file("raw/ready/x/trades/segment_1.parquet", "SELECT 'x' AS exchange, 1.0::DOUBLE AS price");

  EXPECT_EQ(ask("SELECT price FROM bronze_trades"), "price\n1.0\n");
}

TEST_F(QueryTest, AFurtherChannelHasItsTable) {
  make_file("raw/ready/x/candles/symbol=A-B/segment_2.parquet", "SELECT 'c' AS type");

  EXPECT_EQ(ask("SELECT * FROM bronze_candles"), "type\nc\n");
}

TEST_F(QueryTest, AllBarDurationsAreInOneTable) {
  for (const char* duration : {"60", "300"}) {
    make_file(std::string("processed/gold/orderbook_bars/") + duration + "s/exchange=x/p.parquet",
              std::string("SELECT ") + duration + " AS bar_duration_sec");
  }

  EXPECT_EQ(ask("SELECT bar_duration_sec FROM gold_orderbook_bars ORDER BY 1"),
            "bar_duration_sec\n60\n300\n");
}

TEST_F(QueryTest, AGapsOpenAndCloseAreOneRow) {
  make_file(
      "raw/ready/x/gaps/symbol=A-B/segment_1.parquet",
      "SELECT 'x' AS exchange, symbol, 'AB' AS symbol_native, 'x' AS source, 'orderbook' AS "
      "channel, 'sequence' AS kind, id AS gap_id, edge, make_timestamptz(at_us) AS capture_ts, "
      "at_us * 1000::BIGINT AS capture_time_ns, 5 AS expected, 7 AS received, 2 AS "
      "frames_affected, "
      "'snapshot' AS recovered_by, NULL::VARCHAR AS detail FROM (VALUES "
      "('A-B', 1, 'open', 1000000), ('A-B', 1, 'close', 3500000), "
      "('C-D', 2, 'open', 2000000)) t(symbol, id, edge, at_us)");

  EXPECT_EQ(ask("SELECT symbol, seconds, closed_ns IS NULL AS is_open FROM gaps"),
            "symbol,seconds,is_open\nA-B,2.5,false\nC-D,NULL,true\n");
}

TEST_F(QueryTest, AnSqlErrorGivesOneAndNoFile) {
  const std::string answer = ask("SELECT nothing FROM nowhere");

  EXPECT_EQ(code_, 1);
  EXPECT_FALSE(path_exists(folder_ + "/answer"));
  EXPECT_FALSE(path_exists(folder_ + "/answer.tmp"));
}

TEST_F(QueryTest, JsonAndParquetAreWritten) {
  EXPECT_EQ(ask("SELECT 1 AS x", "json"), "[{\"x\":1}]\n");

  const std::string parquet = ask("SELECT 1 AS x;", "parquet");

  EXPECT_EQ(parquet.substr(0, 4), "PAR1");
}

TEST_F(QueryTest, ParquetWithoutAFileIsRefused) {
  const auto code = run_query(duckdb_, {.sql = "SELECT 1", .format = "parquet"});

  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().kind, ErrorKind::config);
  EXPECT_EQ(code.error().message, "--format parquet needs --output FILE");
}

TEST(FindDuckdbTest, AMissingProgramIsNamed) {
  setenv("DAEDALUS_DUCKDB", "/nowhere/duckdb", 1);
  const auto found = find_duckdb();
  unsetenv("DAEDALUS_DUCKDB");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "DAEDALUS_DUCKDB=/nowhere/duckdb: no such program");
}

}  // namespace
}  // namespace daedalus
