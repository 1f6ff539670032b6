#include "daedalus/columnar/parquet.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <random>

#include "daedalus/base/file.hpp"

namespace daedalus {
namespace {

const Schema kAllTypes = {
    {"number", ColumnType::int32},  {"big", ColumnType::int64},
    {"value", ColumnType::float64}, {"flag", ColumnType::boolean},
    {"text", ColumnType::utf8},     {"when", ColumnType::timestamp_us},
    {"bids", ColumnType::levels},   {"exchange", ColumnType::utf8},
};

class ParquetTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/daedalus_columnar_XXXXXX";
    folder_ = mkdtemp(name);
    path_ = folder_ + "/file.parquet";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<WrittenFile> write(const std::vector<Table>& groups, const Metadata& metadata = {}) {
    DAEDALUS_TRY(ParquetWriter writer, ParquetWriter::open(path_, groups.front().schema));
    for (const Table& group : groups) DAEDALUS_OK(writer.write(group));
    return writer.close(metadata);
  }

  std::string folder_;
  std::string path_;
};

void append_random(Column& column, std::mt19937_64& random) {
  if (random() % 5 == 0) return column.append_null();
  switch (column.type) {
    case ColumnType::int32:
      return column.append_integer(static_cast<int32_t>(random()));
    case ColumnType::int64:
    case ColumnType::timestamp_us:
      return column.append_integer(static_cast<int64_t>(random()));
    case ColumnType::boolean:
      return column.append_integer(static_cast<int64_t>(random() % 2));
    case ColumnType::float64:
      return column.append_double(std::ldexp(static_cast<double>(random()), -40));
    case ColumnType::utf8:
      return column.append_text(std::string(random() % 9, static_cast<char>('a' + random() % 3)));
    case ColumnType::levels:
      for (size_t i = random() % 4; i > 0; --i) {
        column.append_level(static_cast<double>(random() % 1000), static_cast<double>(random()));
      }
      return column.end_levels();
  }
}

Table random_table(size_t rows, uint64_t seed) {
  std::mt19937_64 random(seed);
  Table table(kAllTypes);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i + 1 < table.columns.size(); ++i) append_random(table.columns[i], random);
    table.columns.back().append_text("coinbase");
  }
  return table;
}

void expect_equal(const Table& a, const Table& b) {
  ASSERT_EQ(a.schema, b.schema);
  ASSERT_EQ(a.rows(), b.rows());
  for (size_t i = 0; i < a.columns.size(); ++i) {
    const Column& x = a.columns[i];
    const Column& y = b.columns[i];
    for (size_t row = 0; row < a.rows(); ++row) {
      ASSERT_EQ(x.is_null(row), y.is_null(row)) << a.schema[i].name << " row " << row;
      if (x.is_null(row)) continue;
      if (!x.integers.empty()) {
        ASSERT_EQ(x.integers[row], y.integers[row]);
      }
      if (!x.doubles.empty()) {
        ASSERT_EQ(x.doubles[row], y.doubles[row]);
      }
      if (x.type == ColumnType::utf8) {
        ASSERT_EQ(x.text_at(row), y.text_at(row));
      }
    }
    EXPECT_EQ(x.prices, y.prices);
    EXPECT_EQ(x.sizes, y.sizes);
    if (x.type == ColumnType::levels) {
      EXPECT_EQ(x.ends, y.ends);
    }
  }
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (const size_t taken = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, taken);
  pclose(pipe);
  return text;
}

const std::string kVenv = DAEDALUS_SOURCE_DIR "/.venv/bin/";

TEST_F(ParquetTest, WhatIsWrittenIsReadBack) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const Table first = random_table(1 + seed * 7 % 300, seed);
    const Table second = random_table(1 + seed * 13 % 50, seed + 1000);
    const Metadata metadata = {{"daedalus.segment", "segment_20240718T23_00001"}};
    ASSERT_TRUE(write({first, second}, metadata));

    auto reader = ParquetReader::open(path_, {}).value();

    ASSERT_EQ(reader.row_groups(), 2);
    EXPECT_EQ(reader.metadata(), metadata);
    EXPECT_EQ(reader.rows(), static_cast<int64_t>(first.rows() + second.rows()));
    expect_equal(first, reader.read_row_group(0).value());
    expect_equal(second, reader.read_row_group(1).value());
  }
}

TEST_F(ParquetTest, TheSameRowsGiveTheSameBytes) {
  const Table table = random_table(500, 1);

  const WrittenFile one = write({table}, {{"key", "value"}}).value();
  const std::string bytes = read_file(path_).value();
  const WrittenFile two = write({table}, {{"key", "value"}}).value();

  EXPECT_EQ(bytes, read_file(path_).value());
  EXPECT_EQ(one.xxh3_128, two.xxh3_128);
  EXPECT_EQ(one.bytes, static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(one.rows, 500);
}

TEST_F(ParquetTest, AnEmptyTableIsAFileWithItsSchema) {
  ASSERT_TRUE(write({Table(kAllTypes)}, {{"key", "value"}}));

  auto reader = ParquetReader::open(path_, {}).value();

  EXPECT_EQ(reader.schema(), kAllTypes);
  EXPECT_EQ(reader.rows(), 0);
  EXPECT_EQ(reader.row_groups(), 0);
  EXPECT_EQ(reader.metadata().at("key"), "value");
}

TEST(TableTest, RowsOfATableCanBeAppendedInPieces) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Table whole = random_table(50, seed);
    Table pieces(kAllTypes);

    for (const auto& [first, last] :
         {std::pair<size_t, size_t>{0, 13}, {13, 13}, {13, 49}, {49, 50}}) {
      pieces.append_rows(whole, first, last);
    }

    expect_equal(whole, pieces);
  }
}

TEST_F(ParquetTest, OnlyTheNamedColumnsAreRead) {
  const Table table = random_table(20, 3);
  ASSERT_TRUE(write({table}));

  const std::vector<std::string> names = {"bids", "value"};
  auto reader = ParquetReader::open(path_, names).value();
  const Table read = reader.read_row_group(0).value();

  ASSERT_EQ(read.schema, (Schema{{"value", ColumnType::float64}, {"bids", ColumnType::levels}}));
  EXPECT_EQ(read.find("bids")->prices, table.find("bids")->prices);
}

TEST_F(ParquetTest, AMissingColumnIsNamedWithTheFile) {
  ASSERT_TRUE(write({random_table(5, 3)}));

  const std::vector<std::string> names = {"value", "price"};
  const auto reader = ParquetReader::open(path_, names);

  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::malformed);
  EXPECT_EQ(reader.error().message, "damaged Parquet file " + path_ + ": it has no column price");
}

TEST_F(ParquetTest, AFileCutInHalfIsMalformedAndNamed) {
  ASSERT_TRUE(write({random_table(2000, 4)}));
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);

  const auto reader = ParquetReader::open(path_, {});

  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::malformed);
  EXPECT_NE(reader.error().message.find("damaged Parquet file " + path_), std::string::npos);
  EXPECT_EQ(reader.error().message.find('\n'), std::string::npos);
}

TEST_F(ParquetTest, AnyFlippedByteIsNoticedOrHarmlessButNeverOtherValues) {
  const Table table = random_table(300, 5);
  ASSERT_TRUE(write({table}));
  const std::string good = read_file(path_).value();
  std::mt19937_64 random(6);
  int noticed = 0;

  for (int i = 0; i < 200; ++i) {
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1 << random() % 8);
    ASSERT_TRUE(publish_file(path_, bad));
    auto reader = ParquetReader::open(path_, {});
    if (!reader) {
      ++noticed;
      continue;
    }
    if (reader->row_groups() != 1 || reader->schema() != kAllTypes) continue;
    const auto read = reader->read_row_group(0);
    if (!read) ++noticed;
  }

  EXPECT_GT(noticed, 100);
}

TEST_F(ParquetTest, AnAbsentFileIsAnIoError) {
  const auto reader = ParquetReader::open(folder_ + "/nothing.parquet", {});

  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::io);
  EXPECT_NE(reader.error().message.find("nothing.parquet"), std::string::npos);
}

TEST_F(ParquetTest, AnAbandonedWriterLeavesNoCrash) {
  auto writer = ParquetWriter::open(path_, kAllTypes).value();
  ASSERT_TRUE(writer.write(random_table(10, 1)));
}

TEST_F(ParquetTest, PyarrowSeesTheTypesAndValues) {
  if (!path_exists(kVenv + "python")) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << "no .venv with pyarrow";
    GTEST_SKIP() << "no .venv with pyarrow";
  }
  Table table(kAllTypes);
  for (const int64_t value : {1, 2}) {
    table.columns[0].append_integer(2024);
    table.columns[1].append_integer(value);
    table.columns[2].append_double(value == 1 ? std::nan("") : 0.5);
    table.columns[3].append_integer(value == 1);
    table.columns[4].append_text(value == 1 ? "" : "x");
    table.columns[5].append_integer(1'721'347'200'000'000);
    if (value == 1) table.columns[6].append_level(65000.1, 0.25);
    table.columns[6].end_levels();
    table.columns[7].append_text("binance");
  }
  ASSERT_TRUE(write({table}));

  const std::string text =
      output_of(kVenv + "python -c \"import pyarrow.parquet as p; t=p.read_table('" + path_ +
                "'); print([str(f.type) for f in t.schema]); print(t.to_pylist()[0]['bids'], "
                "t.column('value').to_pylist(), t.column('when')[0].value)\"");
  const std::string duck = output_of(kVenv +
                                     "duckdb -csv -noheader -c \"SET TimeZone='UTC'; select *, "
                                     "typeof(bids), typeof(\\\"when\\\") from '" +
                                     path_ + "'\"");

  EXPECT_EQ(text,
            "['int32', 'int64', 'double', 'bool', 'string', 'timestamp[us, tz=UTC]', "
            "'list<element: struct<price: double not null, size: double not null> not null>', "
            "'string']\n"
            "[{'price': 65000.1, 'size': 0.25}] [None, 0.5] 1721347200000000\n");
  EXPECT_NE(duck.find("\"[{'price': 65000.1, 'size': 0.25}]\",binance,\"STRUCT(price DOUBLE, size "
                      "DOUBLE)[]\",TIMESTAMP WITH TIME ZONE"),
            std::string::npos)
      << duck;
}

}  // namespace
}  // namespace daedalus
