#include "daedalus/features/row_block.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daedalus/features/engine_feed_for_test.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {
namespace {

Schema one_of_each_type() {
  return {{"number", ColumnType::float64},      {"small", ColumnType::int32},
          {"large", ColumnType::int64},         {"flag", ColumnType::boolean},
          {"moment", ColumnType::timestamp_us}, {"name", ColumnType::utf8},
          {"levels", ColumnType::levels},       {"first", ColumnType::float64},
          {"second", ColumnType::float64},      {"kind", ColumnType::utf8}};
}

/// Row `i`; a set bit of `nulls` leaves its column null.
void write_row(int64_t i, unsigned nulls, RowWriter& row) {
  const auto is_null = [&] { return (nulls >> row.written() & 1) != 0; };
  const auto integer = [&](int64_t value) { is_null() ? row.null() : row.integer(value); };
  is_null() ? row.null() : row.number(static_cast<double>(i) / 3);
  integer(-i);
  row.integer(is_null() ? std::nullopt : std::optional(int64_t{1} << (i % 63)));
  is_null() ? row.null() : row.boolean(i % 2 == 0);
  integer(i * kNanosPerSecond);
  row.text_or_null(is_null() ? "" : fmt::format("{:x}", i * i * i * 7919));
  if (is_null()) {
    row.null();
  } else {
    Column& levels = row.levels();
    for (int64_t level = 0; level < i % 3; ++level) {
      levels.append_level(static_cast<double>(i), static_cast<double>(level));
    }
    levels.end_levels();
  }
  const double both[] = {is_null() ? std::numeric_limits<double>::infinity() : 0.5, -0.0};
  row.numbers(both);
  is_null() ? row.null() : row.text(i % 5 == 0 ? "" : "live");
}

/// The same row to its columns, one by one. (The second of `numbers` is never null.)
void append_row(int64_t i, unsigned nulls, Table& table) {
  const bool is_last_text_empty = i % 5 == 0;
  const std::string name = fmt::format("{:x}", i * i * i * 7919);
  for (size_t at = 0; at < table.columns.size(); ++at) {
    Column& column = table.columns[at];
    if (at != 8 && (nulls >> at & 1) != 0) {
      column.append_null();
    } else if (at == 0) {
      column.append_double(static_cast<double>(i) / 3);
    } else if (at < 5) {
      const int64_t values[] = {-i, int64_t{1} << (i % 63), i % 2 == 0, i * kNanosPerSecond};
      column.append_integer(values[at - 1]);
    } else if (at == 6) {
      for (int64_t level = 0; level < i % 3; ++level) {
        column.append_level(static_cast<double>(i), static_cast<double>(level));
      }
      column.end_levels();
    } else if (column.type == ColumnType::float64) {
      column.append_double(at == 7 ? 0.5 : -0.0);
    } else {
      column.append_text(at == 5 ? name : is_last_text_empty ? "" : "live");
    }
  }
}

RC_GTEST_PROP(RowBlockProperty, gives_the_rows_of_a_table_written_without_it, ()) {
  Table plain(one_of_each_type()), blocked(one_of_each_type()), single(one_of_each_type());
  RowBlock block(plain.columns.size());
  std::vector<std::string> expected, actual;
  const auto add = [](std::vector<std::string> rows, std::vector<std::string>& all) {
    all.insert(all.end(), rows.begin(), rows.end());
  };
  const bool has_nulls = *rc::gen::arbitrary<bool>();
  const auto rows = *rc::gen::inRange(0, 200);
  for (int64_t i = 0; i < rows; ++i) {
    const unsigned nulls = has_nulls && *rc::gen::inRange(0, 3) == 0
                               ? *rc::gen::inRange(0U, 1U << plain.columns.size())
                               : 0;
    append_row(i, nulls, plain);
    {
      RowWriter row(blocked, block);
      write_row(i, nulls, row);
    }
    {
      RowWriter row(single);
      write_row(i, nulls, row);
    }
    if (*rc::gen::inRange(0, 20) != 0) continue;
    block.flush(blocked);
    RC_ASSERT(blocked.rows() == plain.rows());
    RC_ASSERT(exact_rows(single) == exact_rows(plain));
    if (*rc::gen::arbitrary<bool>()) continue;
    add(exact_rows(plain), expected);
    add(exact_rows(blocked), actual);
    plain.clear();
    blocked.clear();
    single.clear();
  }
  block.flush(blocked);
  add(exact_rows(plain), expected);
  add(exact_rows(blocked), actual);
  RC_ASSERT(actual == expected);
}

TEST(RowBlock, LeavesAColumnWithoutNullsWithoutMarks) {
  Table table(one_of_each_type());
  RowBlock block(table.columns.size());
  for (int64_t i = 0; i < 100; ++i) {
    RowWriter row(table, block);
    write_row(i + 1, i == 50 ? 0b100 : 0, row);
  }
  block.flush(table);

  EXPECT_TRUE(column(table, "small").present.empty());
  EXPECT_TRUE(column(table, "kind").present.empty());
  EXPECT_EQ(column(table, "large").present.size(), 100u);
  EXPECT_TRUE(column(table, "large").is_null(50));
  EXPECT_FALSE(column(table, "large").is_null(51));
  block.flush(table);
  EXPECT_EQ(table.rows(), 100u);
}

TEST(RowBlock, AnEnginesTablesHoldWholeRowsAtAnyMoment) {
  EngineFeed engine(windows_of({5}, 0));
  for (int i = 0; i < 100; ++i) {
    engine.snapshot(i, {{100, 1}}, {{101, 1.5}});
    engine.trade(i + 0.5, 100, 2, i % 3 == 0 ? std::nullopt : std::optional(Side::sell));
    engine.ticker(i + 0.7, 100, 101);
    if (i % 7 != 0) continue;
    const auto rows = static_cast<size_t>(i + 1);
    EngineTables& tables = engine.engine.tables();
    ASSERT_EQ(tables.orderbook.rows(), rows);
    ASSERT_EQ(tables.trades.rows(), rows);
    ASSERT_EQ(tables.ticker.rows(), rows);
    ASSERT_EQ(null_at(tables.trades, "side", rows - 1), i % 3 == 0);
  }
}

}  // namespace
}  // namespace daedalus
