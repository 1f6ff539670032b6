#include <algorithm>
#include <map>
#include <set>

#include "daedalus/features/catalog.hpp"
#include "daedalus/features/random_stream_for_test.hpp"

namespace daedalus {
namespace {

/// By what sizes and prices are multiplied: powers of two.
struct Scale {
  double size = 1;
  double price = 1;
};

/// What a column's unit says of it when sizes and prices are in other units; nothing: no number.
std::optional<double> factor_of(std::string_view unit, const Scale& scale) {
  const std::map<std::string_view, double> factors = {
      {"1", 1},
      {"%", 1},
      {"bps", 1},
      {"levels", 1},
      {"s", 1},
      {"ms", 1},
      {"us", 1},
      {"ns", 1},
      {"h", 1},
      {"min", 1},
      {"1/s", 1},
      {"base", scale.size},
      {"base/s", scale.size},
      {"base/bps", scale.size},
      {"venue unit", scale.size},
      {"quote", scale.price},
      {"quote/s", scale.price},
      {"quote/s^2", scale.price},
      {"quote/base", scale.price / scale.size},
      {"quote volume", scale.price * scale.size},
      {"1/quote volume", 1 / (scale.price * scale.size)},
  };
  const auto found = factors.find(unit);
  return found == factors.end() ? std::nullopt : std::optional(found->second);
}

double threshold_factor(InformationBarKind kind, const Scale& scale) {
  if (kind == InformationBarKind::tick) return 1;
  return kind == InformationBarKind::dollar ? scale.size * scale.price : scale.size;
}

EngineParameters parameters_of(uint64_t seed, bool has_outliers, const Scale& scale) {
  FeatureParameters parameters;
  constexpr double kIntervals[] = {0, 1, 0.25};
  parameters.emit_interval_s = kIntervals[seed % 3];
  parameters.bar_durations_s = {5, 60};
  parameters.rolling_windows_s = {1, 5, 20, 120};
  if (seed % 4 < 2) parameters.vpin_bucket_size = (has_outliers ? 1e11 : 150.5) * scale.size;
  parameters.vpin_window_buckets = 3;
  parameters.use_dynamic_spread_regime = seed % 5 != 0;
  EngineParameters all(parameters);
  for (const InformationBarSpec& spec : random_information_bars(has_outliers)) {
    const double threshold = std::stod(spec.threshold_text()) * threshold_factor(spec.kind, scale);
    all.information_bars.push_back(
        information_bar_spec(spec.kind, fmt::format("{}", threshold)).value());
  }
  return all;
}

Decimal scaled(const Decimal& value, double factor) {
  return factor >= 1 ? Decimal{value.mantissa * std::llround(factor), value.scale}
                     : Decimal{value.mantissa * std::llround(1000 * factor),
                               static_cast<int8_t>(value.scale + 3)};
}

StreamItem scaled(StreamItem item, const Scale& scale) {
  for (TestLevels* levels : {&item.bids, &item.asks}) {
    for (double& size : levels->sizes) size *= scale.size;
    for (double& price : levels->prices) price *= scale.price;
  }
  const bool is_ticker = item.kind == StreamItem::Kind::ticker;
  item.price *= scale.price;
  item.amount *= is_ticker ? scale.price : scale.size;
  item.bid_volume *= scale.size;
  item.ask_volume *= scale.size;
  DerivativeUpdate& update = item.update;
  if (update.mark_price) update.mark_price = scaled(*update.mark_price, scale.price);
  if (update.index_price) update.index_price = scaled(*update.index_price, scale.price);
  if (update.open_interest) update.open_interest = scaled(*update.open_interest, scale.size);
  if (update.liquidation_amount) {
    update.liquidation_amount = scaled(*update.liquidation_amount, scale.size);
  }
  return item;
}

/// Each column's unit as its table's families declare it.
using Units = std::map<std::string, std::string, std::less<>>;

Units units_of(const EngineParameters& parameters, const std::string& table) {
  Units units;
  for (const FeatureTable& each : feature_catalog(parameters)) {
    const std::string name(each.name.substr(each.name.find('/') + 1));
    const bool is_of_duration = table.starts_with(name + "_") && std::isdigit(table.back());
    if (table != name && !(is_of_duration && table.find_last_of('_') == name.size())) continue;
    for (const FeatureColumn& column : each.columns()) units[column.name] = column.unit;
  }
  return units;
}

/// What the test has seen of a column.
struct Seen {
  std::set<double> values;
  bool is_number = false;
};

/// By 1e-9 of the larger, or 1e-12 of the largest that the column holds in this stream: of what its
/// values are differences of.
void expect_scaled(const Table& plain, const Table& found, std::string_view name, double factor,
                   const std::string& what, Seen& seen) {
  const Column& before = column(plain, name);
  const Column& after = column(found, name);
  ASSERT_EQ(before.rows(), after.rows()) << what;
  if (before.type != ColumnType::float64) {
    ASSERT_EQ(before.integers, after.integers) << what;
    ASSERT_EQ(factor, 1) << what;
    return;
  }
  seen.is_number = true;
  double largest = 0;
  for (const double value : before.doubles) {
    if (!std::isnan(value)) largest = std::max(largest, std::abs(value));
  }
  for (size_t row = 0; row < before.rows(); ++row) {
    ASSERT_EQ(before.is_null(row), after.is_null(row)) << what << " row " << row;
    if (before.is_null(row)) continue;
    const double expected = before.doubles[row] * factor;
    const double most = std::max(std::abs(expected), std::abs(after.doubles[row]));
    ASSERT_LE(std::abs(after.doubles[row] - expected),
              std::max(1e-9 * most, 1e-12 * largest * factor))
        << what << " row " << row << ": " << after.doubles[row] << " instead of " << expected;
    if (seen.values.size() < 3) seen.values.insert(before.doubles[row]);
  }
}

/// Runs a stream as it is and scaled, and compares every column of every table.
void compare(uint64_t seed, const Scale& scale, std::map<std::string, Seen>& seen) {
  const bool is_calm = seed % 2 == 1;
  const StreamShape shape = {.gaps_left_out = is_calm ? 12 : 1,
                             .breaks_left_out = is_calm ? 12 : 1,
                             .nights = seed % 4 == 2 ? 150 : 0,
                             .has_derivatives = true,
                             .has_outliers = !is_calm};
  const EngineParameters parameters = parameters_of(seed, !is_calm, {});
  EngineFeed plain(parameters);
  EngineFeed other(parameters_of(seed, !is_calm, scale));
  for (const StreamItem& item : RandomStream(seed, shape).make(1000)) {
    item.feed(plain);
    scaled(item, scale).feed(other);
  }
  const auto before = named_tables(plain.engine.tables());
  const auto after = named_tables(other.engine.tables());
  for (size_t i = 0; i < before.size(); ++i) {
    const auto& [table, rows] = before[i];
    for (const auto& [name, unit] : units_of(parameters, table)) {
      std::optional<double> factor = factor_of(unit, scale);
      if (unit == "the kind's") {
        factor = threshold_factor(parameters.information_bars[i + 4 - before.size()].kind, scale);
      }
      const std::string what = fmt::format("{}.{} in {}, seed {} sizes x{} prices x{}", table, name,
                                           unit, seed, scale.size, scale.price);
      const bool is_text = unit == "name" || unit == "json";
      ASSERT_EQ(factor.has_value(), !is_text) << what;
      if (is_text) continue;
      ASSERT_NO_FATAL_FAILURE(
          expect_scaled(*rows, *after[i].second, name, *factor, what, seen[table + "." + name]));
    }
  }
}

TEST(UnitScaling, EveryColumnOfEveryTableFollowsTheUnitItDeclares) {
  std::map<std::string, Seen> seen;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    // A book has 18 digits a side: outliers leave less room for decimals.
    const double smaller = seed % 2 == 1 ? 0.125 : 0.5;
    for (const Scale& scale : {Scale{.size = 4}, Scale{.size = smaller}, Scale{.price = 8},
                               Scale{.price = 0.25}, Scale{.size = 0.5, .price = 2}}) {
      compare(seed, scale, seen);
    }
  }

  for (const auto& [name, each] : seen) {
    const bool is_sent = name.starts_with("ticker.") && !name.ends_with("s");
    const bool is_full = name == "volume_bars.volume" || name == "dollar_bars.dollar_volume";
    if (!each.is_number || is_sent || is_full || name.ends_with(".threshold")) continue;
    EXPECT_GE(each.values.size(), 3u) << name << " never moved";
  }
}

}  // namespace
}  // namespace daedalus
