#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "daedalus/features/random_stream_for_test.hpp"

namespace daedalus {
namespace {

using Items = std::vector<StreamItem>;

EngineParameters parameters_of(uint64_t seed, double interval_s, bool has_outliers) {
  FeatureParameters parameters;
  parameters.emit_interval_s = interval_s;
  parameters.bar_durations_s = {5, 60};
  parameters.rolling_windows_s = seed % 2 == 0 ? std::vector{1, 4, 30, 200} : std::vector{5, 60};
  if (seed % 3 == 1) parameters.vpin_bucket_size = has_outliers ? 1e11 : 150.5;
  parameters.vpin_window_buckets = 3;
  parameters.spread_regime_window_s = 60;
  EngineParameters all(parameters);
  all.information_bars = random_information_bars(has_outliers);
  return all;
}

/// Even seeds hold everything that hurts, odd ones let windows and regressions fill.
StreamShape shape_of(uint64_t seed) {
  const bool is_calm = seed % 2 == 1;
  return {.gaps_left_out = is_calm ? 12 : 1,
          .breaks_left_out = is_calm ? 12 : 1,
          .nights = seed % 4 == 2 ? 150 : 0,
          .has_derivatives = true,
          .has_outliers = seed % 4 != 3};
}

/// What follows instead: another stream that begins at or after `seconds`, first of all with
/// something that would be hard not to see.
Items another_future(uint64_t seed, double seconds, double first_step, bool has_outliers) {
  StreamShape shape = shape_of(seed);
  shape.has_outliers = has_outliers;
  shape.start = seconds + first_step;
  StreamItem flood;
  flood.seconds = seconds;
  if (seed % 3 == 0) flood.book_kind = BookInputKind::snapshot;
  flood.bids.add(3, 1e9);
  flood.asks.add(900'000, 2);
  if (seed % 3 == 1) flood.kind = StreamItem::Kind::trade;
  if (seed % 3 == 2) flood.kind = StreamItem::Kind::gap;
  flood.price = 90'000;
  flood.amount = has_outliers ? 1e12 : 1e4;
  flood.side = Side::sell;
  flood.flag = seed % 2 == 0;
  Items items = RandomStream(seed, shape).make(60);
  items.insert(items.begin(), flood);
  return items;
}

void feed_all(EngineFeed& feed, const Items& items, size_t first = 0) {
  for (size_t i = first; i < items.size(); ++i) items[i].feed(feed);
}

/// The first row of the two that is not the same to the bit, of the first `rows`; -1: none.
std::ptrdiff_t first_difference(const Column& a, const Column& b, size_t rows) {
  for (size_t row = 0; row < rows; ++row) {
    if (a.is_null(row) != b.is_null(row)) return static_cast<std::ptrdiff_t>(row);
    if (a.is_null(row)) continue;
    const bool is_same = a.type == ColumnType::float64
                             ? std::memcmp(&a.doubles[row], &b.doubles[row], sizeof(double)) == 0
                             : (a.type == ColumnType::utf8 ? a.text_at(row) == b.text_at(row)
                                                           : a.integers[row] == b.integers[row]);
    if (!is_same) return static_cast<std::ptrdiff_t>(row);
  }
  return -1;
}

/// Two values of each column that were compared, as proof that it moved.
using Seen = std::map<std::string, std::set<std::string>>;

void note_values(const std::string& name, const Table& table, Seen& seen) {
  const std::string plain = name.substr(0, name.find_last_of('_') + 1);
  const bool is_timed = !plain.empty() && std::isdigit(name.back());
  for (size_t i = 0; i < table.columns.size(); ++i) {
    auto& values = seen[(is_timed ? plain : name) + "." + table.schema[i].name];
    const Column& column = table.columns[i];
    for (size_t row = 0; row < table.rows() && values.size() < 2; ++row) {
      if (column.is_null(row)) continue;
      if (column.type == ColumnType::float64) values.insert(fmt::format("{}", column.doubles[row]));
      if (column.type == ColumnType::utf8) values.insert(std::string(column.text_at(row)));
      if (column.type != ColumnType::float64 && column.type != ColumnType::utf8) {
        values.insert(fmt::format("{}", column.integers[row]));
      }
    }
  }
}

/// All rows of `past` are the first rows of `whole`.
void expect_beginning(const EngineTables& past, const EngineTables& whole, const std::string& what,
                      Seen& seen) {
  const auto expected = named_tables(past), found = named_tables(whole);
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto& [name, table] = expected[i];
    const Table& longer = *found[i].second;
    ASSERT_GE(longer.rows(), table->rows()) << name << " " << what;
    for (size_t c = 0; c < table->columns.size(); ++c) {
      const auto at = first_difference(table->columns[c], longer.columns[c], table->rows());
      ASSERT_EQ(at, -1) << name << "." << table->schema[c].name << " " << what;
    }
    note_values(name, *table, seen);
  }
}

int64_t nanos_after(double seconds) {
  return EngineFeed::at(seconds).value;
}

/// Rows that came later belong to what was captured at or after T, or end after it.
void expect_all_later(const EngineTables& past, const EngineTables& whole, double seconds) {
  const int64_t t = nanos_after(seconds);
  const auto until = named_tables(past), all = named_tables(whole);
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& [name, table] = all[i];
    const bool is_timed_bar = table->find("bar_duration_sec") != nullptr;
    const bool is_event = name == "trades" || name == "ticker";
    for (size_t row = until[i].second->rows(); row < table->rows(); ++row) {
      if (name == "orderbook") {
        ASSERT_GT(integer(*table, "collected_at", row) * 1'000'000, t) << name;
      } else if (is_event) {
        ASSERT_GE(integer(*table, "capture_time_ns", row), t) << name;
      } else if (is_timed_bar) {
        const int64_t length = integer(*table, "bar_duration_sec", row) * kNanosPerSecond;
        ASSERT_GT(integer(*table, "collected_at", row) * 1'000'000 + length, t) << name;
      } else {
        ASSERT_GE(integer(*table, "end_time_ns", row), t) << name;
      }
    }
  }
}

/// Columns that are the same all along by what they are.
bool stays_the_same(const std::string& name) {
  for (const char* constant : {".exchange", ".symbol", ".symbol_native", ".source", ".kind",
                               ".year", ".month", ".info_json", ".trade_id", ".taker_side_source",
                               ".exchange_time_us", ".threshold", ".is_complete"}) {
    if (name.ends_with(constant)) return true;
  }
  if (name == "tick_bars.trade_count" || name == "trades.timestamp") return true;
  if (!name.starts_with("ticker.")) return false;
  for (const char* unsent :
       {".last", ".open", ".high", ".low", ".close", ".vwap", ".base_volume", ".quote_volume",
        ".change", ".percentage", ".timestamp", ".ask_volume"}) {
    if (name.ends_with(unsent)) return true;
  }
  return false;
}

void expect_all_moved(const Seen& seen) {
  EXPECT_GT(seen.size(), 400u);
  for (const auto& [name, values] : seen) {
    if (stays_the_same(name)) continue;
    EXPECT_EQ(values.size(), 2u) << name << " never moved";
  }
}

TEST(LookAhead, RowsLabelledUpToTAreTheSameWhateverIsCapturedAtOrAfterT) {
  constexpr double kIntervals[] = {1, 0.25, 7};
  Seen seen;
  for (uint64_t seed = 0; seed < 24; ++seed) {
    const double interval = kIntervals[seed % 3];
    const bool has_outliers = shape_of(seed).has_outliers;
    const EngineParameters parameters = parameters_of(seed, interval, has_outliers);
    const Items items = RandomStream(seed, shape_of(seed)).make(1200);
    EngineFeed whole(parameters);
    feed_all(whole, items);
    for (const size_t at : {90u, 400u, 650u, 1100u}) {
      const double t = std::ceil(items[at].seconds / interval) * interval;
      EngineFeed past(parameters), changed(parameters);
      for (const StreamItem& item : items) {
        if (item.seconds >= t) break;
        item.feed(past);
        item.feed(changed);
      }
      past.engine.advance_to(EngineFeed::at(t));
      feed_all(changed, another_future(1000 + 7 * seed + at, t, 0, has_outliers));

      const std::string what = fmt::format("seed {} T {}", seed, t);
      ASSERT_NO_FATAL_FAILURE(
          expect_beginning(past.engine.tables(), whole.engine.tables(), what, seen));
      ASSERT_NO_FATAL_FAILURE(
          expect_beginning(past.engine.tables(), changed.engine.tables(), what, seen));
      ASSERT_NO_FATAL_FAILURE(expect_all_later(past.engine.tables(), whole.engine.tables(), t));
      ASSERT_NO_FATAL_FAILURE(expect_all_later(past.engine.tables(), changed.engine.tables(), t));
    }
  }
  expect_all_moved(seen);
}

TEST(LookAhead, PerEventRowsAreTheSameWhateverComesAfterTheirEvent) {
  Seen seen;
  for (uint64_t seed = 100; seed < 116; ++seed) {
    const bool has_outliers = shape_of(seed).has_outliers;
    const EngineParameters parameters = parameters_of(seed, 0, has_outliers);
    const Items items = RandomStream(seed, shape_of(seed)).make(1200);
    EngineFeed whole(parameters);
    feed_all(whole, items);
    for (const size_t count : {91u, 401u, 402u, 403u, 1102u}) {
      const Items events(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(count));
      EngineFeed past(parameters), changed(parameters);
      feed_all(past, events);
      feed_all(changed, events);
      // Half of the other futures begin in the same nanosecond.
      feed_all(changed, another_future(2000 + 5 * seed + count, events.back().seconds,
                                       count % 2 == 0 ? 0 : 0.25, has_outliers));

      const std::string what = fmt::format("seed {} events {}", seed, count);
      ASSERT_NO_FATAL_FAILURE(
          expect_beginning(past.engine.tables(), whole.engine.tables(), what, seen));
      ASSERT_NO_FATAL_FAILURE(
          expect_beginning(past.engine.tables(), changed.engine.tables(), what, seen));
    }
  }
  for (const char* of_one_event : {"book_events", "staleness_ms"}) {
    seen.erase(fmt::format("orderbook.{}", of_one_event));
  }
  expect_all_moved(seen);
}

}  // namespace
}  // namespace daedalus
