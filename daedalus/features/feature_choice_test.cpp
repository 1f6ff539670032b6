// Which columns a config switches on: the families' declarations decide it, for names, schema and
// rows alike, and what is off costs nothing.
#include <algorithm>

#include "daedalus/features/catalog.hpp"
#include "daedalus/features/family_set.hpp"
#include "daedalus/features/random_stream_for_test.hpp"
#include "daedalus/features/time_keys.hpp"

namespace daedalus {
namespace {

const std::vector<Category> kAll = FeatureParameters().categories;

FeatureParameters with_categories(std::vector<Category> categories) {
  FeatureParameters parameters;
  parameters.categories = std::move(categories);
  parameters.emit_interval_s = 0;
  return parameters;
}

/// Every choice that a config may make of the columns.
std::vector<FeatureParameters> choices() {
  std::vector<FeatureParameters> all = {with_categories({}), with_categories(kAll)};
  for (const Category category : kAll) {
    all.push_back(with_categories({category}));
    std::vector<Category> others = kAll;
    std::erase(others, category);
    all.push_back(with_categories(others));
  }
  const size_t plain = all.size();
  for (size_t i = 0; i < plain; ++i) {
    all.push_back(all[i]);
    all.back().has_legacy_aliases = false;
    all.back().keep_raw_arrays = true;
  }
  return all;
}

/// A column's values with all bits.
std::string exact_text(const Column& column) {
  std::string text;
  for (size_t row = 0; row < column.rows(); ++row) {
    if (column.is_null(row)) {
      text += "null,";
    } else if (column.type == ColumnType::float64) {
      text += fmt::format("{:a},", column.doubles[row]);
    } else if (column.type == ColumnType::utf8) {
      text += std::string(column.text_at(row)) + ",";
    } else if (column.type == ColumnType::levels) {
      for (auto [at, last] = column.levels_at(row); at < last; ++at) {
        text += fmt::format("{:a} {:a};", column.prices[at], column.sizes[at]);
      }
    } else {
      text += fmt::format("{},", column.integers[row]);
    }
  }
  return text;
}

struct NamedTable {
  std::string name;  ///< As in the catalog.
  const Table* table;
};

std::vector<NamedTable> named_tables(EngineTables& tables) {
  std::vector<NamedTable> named = {{"silver/orderbook", &tables.orderbook},
                                   {"silver/trades", &tables.trades},
                                   {"silver/ticker", &tables.ticker}};
  for (const BarTable& bars : tables.bars) {
    named.push_back({fmt::format("gold/{}_bars", channel_name(bars.channel)), &bars.table});
  }
  return named;
}

std::vector<FeatureColumn> declared_columns(const FeatureParameters& parameters,
                                            const std::string& table) {
  for (const FeatureTable& each : feature_catalog(parameters)) {
    if (each.name == table) return each.columns();
  }
  ADD_FAILURE() << "no table " << table;
  return {};
}

void feed(EngineFeed& engine, uint64_t seed, size_t items) {
  for (const StreamItem& item : RandomStream(seed).make(items)) item.feed(engine);
}

TEST(FeatureChoice, NamesSchemaAndRowsFitForEveryChoiceOfColumns) {
  for (const FeatureParameters& parameters : choices()) {
    EngineFeed engine(parameters);
    feed(engine, 11, 300);
    ASSERT_GT(engine.rows().rows(), 50u);
    for (const NamedTable& each : named_tables(engine.engine.tables())) {
      const auto declared = declared_columns(parameters, each.name);
      ASSERT_EQ(each.table->columns.size(), declared.size()) << each.name;
      for (size_t i = 0; i < declared.size(); ++i) {
        EXPECT_EQ(each.table->schema[i].name, declared[i].name);
        EXPECT_EQ(each.table->columns[i].type, declared[i].type) << declared[i].name;
        EXPECT_EQ(each.table->columns[i].rows(), each.table->rows()) << declared[i].name;
      }
    }
  }
}

TEST(FeatureChoice, AColumnsValuesDoNotDependOnWhichOthersAreThere) {
  EngineFeed full(with_categories(kAll));
  feed(full, 12, 300);
  for (const FeatureParameters& parameters : choices()) {
    EngineFeed engine(parameters);
    feed(engine, 12, 300);
    const Table& rows = engine.rows();
    for (size_t i = 0; i < rows.columns.size(); ++i) {
      const Column* same = full.rows().find(rows.schema[i].name);
      if (same == nullptr) continue;  // bids, asks
      ASSERT_EQ(exact_text(rows.columns[i]), exact_text(*same)) << rows.schema[i].name;
    }
  }
}

TEST(FeatureChoice, ACategoryThatIsOffLeavesOutItsColumnsAndNoOthers) {
  const auto names_of = [](const FeatureParameters& parameters) {
    std::vector<std::string> names;
    for (const FeatureTable& table : feature_catalog(parameters)) {
      for (const FeatureColumn& column : table.columns()) {
        names.push_back(fmt::format("{} {}", table.name, column.name));
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  };
  const auto all = names_of(with_categories(kAll));
  const auto none = names_of(with_categories({}));
  std::vector<std::string> together = none;
  for (const Category category : kAll) {
    for (const std::string& name : names_of(with_categories({category}))) {
      if (!std::binary_search(none.begin(), none.end(), name)) together.push_back(name);
    }
  }
  std::sort(together.begin(), together.end());
  EXPECT_EQ(together, all);  // No column belongs to two categories, or to none.
}

TEST(FeatureChoice, RawArraysHoldTheFirstDepthLevels) {
  FeatureParameters parameters = with_categories({});
  parameters.keep_raw_arrays = true;
  parameters.depth_levels = 2;
  parameters.ofi_levels = 1;
  EngineFeed engine(parameters);

  engine.snapshot(0, {{100, 1}, {99, 2}, {98, 3}}, {{101, 4}});

  const Column& bids = column(engine.rows(), "bids");
  const auto [first, last] = bids.levels_at(0);
  ASSERT_EQ(last - first, 2u);
  EXPECT_EQ(bids.prices[first + 1], 99);
  EXPECT_EQ(bids.sizes[first + 1], 2);
  EXPECT_EQ(column(engine.rows(), "asks").sizes, UnsetVector<double>{4});
}

/// Counts what it is told and asked.
struct CountingFamily {
  static constexpr FamilyInfo kInfo{"counting", Category::rolling, Clock::event, "O(1)"};
  static std::vector<FeatureColumn> columns(const FeatureParameters&) {
    return {{"told", "1", "calls until now"}};
  }
  explicit CountingFamily(const FeatureParameters&) {}
  void on_book_event(const BookEvent&) { ++calls; }
  void on_book_break() { ++calls; }
  void on_trades_break(UnixNanos) { ++calls; }
  void on_trade(const TradeEvent&) { ++calls; }
  void on_second(UnixNanos, const SecondSample*) { ++calls; }
  void start_row(const RowMoment&) { ++calls; }
  void write(const RowMoment&, RowWriter& row) { row.number(static_cast<double>(++calls)); }
  void save(StateWriter& out) const { out.integer(++calls); }
  void load(StateReader& in) {
    ++calls;
    in.integer();
  }
  static inline int calls = 0;
};

/// How often the family is called when all is done once; and how many columns it then has.
std::pair<int, size_t> calls_with(const FeatureParameters& parameters) {
  using Families = FamilySet<CountingFamily>;
  CountingFamily::calls = 0;
  Families families(parameters);
  const auto catalog = Families::catalog(parameters);
  Schema schema;
  for (const FamilyColumns& family : catalog) schema = schema_of(family.columns);
  Table table(schema);
  RowWriter row(table);
  const BookImage book{};
  const FlowTotals flow(10);
  const RowMoment moment{.label = {}, .book = book, .flow = flow};
  families.on_book_event(BookEvent{});
  families.on_book_break();
  families.on_trades_break({});
  families.on_trade(TradeEvent{});
  families.on_second({}, nullptr);
  families.write(moment, row);
  families.start_row(moment);
  StateWriter out;
  families.save(out);
  StateReader in(out.bytes());
  families.load(in);
  return {CountingFamily::calls, schema.size()};
}

TEST(FeatureChoice, AFamilyThatIsOffIsNeitherToldNorAskedAnything) {
  EXPECT_EQ(calls_with(with_categories({Category::rolling})), (std::pair(9, size_t{1})));
  EXPECT_EQ(calls_with(with_categories({Category::advanced})), (std::pair(0, size_t{0})));
  EXPECT_EQ(calls_with(with_categories({})), (std::pair(0, size_t{0})));
}

TEST(FeatureChoice, WhatIsOffLeavesNothingInTheState) {
  const auto state_size = [](std::vector<Category> categories) {
    EngineFeed engine(with_categories(std::move(categories)));
    feed(engine, 13, 400);
    return engine.engine.save().size();
  };
  const size_t all = state_size(kAll);
  for (const Category category :
       {Category::dynamic, Category::rolling, Category::advanced, Category::extended}) {
    std::vector<Category> others = kAll;
    std::erase(others, category);
    EXPECT_LT(state_size(others), all) << category_name(category);
    EXPECT_LT(state_size({}), state_size({category})) << category_name(category);
  }
}

}  // namespace
}  // namespace daedalus
