#include <set>

#include "daedalus/features/random_stream_for_test.hpp"

namespace daedalus {
namespace {

/// Columns of silver/orderbook over rolling windows.
constexpr std::string_view kMlofi = "mlofi_sum_";
const char* const kKinds[] = {"rv_",        "ret_std_",     "mean_return_", "return_",
                              "bipower_",   "ofi_sum_",     "mlofi_sum_",   "ofi_accel_",
                              "book_rate_", "mean_spread_", "bid_added_",   "bid_removed_",
                              "ask_added_", "ask_removed_"};

FeatureParameters with_windows(std::vector<int> windows_s) {
  FeatureParameters parameters;
  parameters.rolling_windows_s = std::move(windows_s);
  parameters.emit_interval_s = 0;
  return parameters;
}

TEST(WindowColumns, AllMoveOnRandomStreamsSoThatTheirPropertiesAreReallyTested) {
  std::vector<std::string> names = {"jump_share_300s"};
  for (const char* kind : kKinds) {
    for (const int h : {1, 5, 30, 120}) names.push_back(fmt::format("{}{}s", kind, h));
  }
  std::set<std::string> moving;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    EngineFeed feed(with_windows({1, 5, 30, 120}));
    for (const StreamItem& item : RandomStream(seed).make(500)) item.feed(feed);
    for (const std::string& name : names) {
      std::set<double> values;
      for (const double value : column(feed.rows(), name).doubles) {
        if (std::isfinite(value)) values.insert(value);
      }
      if (values.size() > 5) moving.insert(name);
    }
  }

  for (const std::string& name : names) EXPECT_TRUE(moving.contains(name)) << name;
}

/// What a window holds does not depend on which other windows there are.
TEST(WindowColumns, AreTheSameWhateverOtherWindowsStandBesideThem) {
  for (uint64_t seed = 20; seed < 26; ++seed) {
    EngineFeed many(with_windows({5, 15, 60, 300, 900, 5000}));
    EngineFeed one(with_windows({60}));
    for (const StreamItem& item : RandomStream(seed).make(500)) {
      item.feed(many);
      item.feed(one);
    }
    ASSERT_EQ(many.rows().rows(), one.rows().rows());
    for (const char* kind : kKinds) {
      const std::string name = fmt::format("{}60s", kind);
      for (size_t row = 0; row < one.rows().rows(); ++row) {
        const double expected = number(one.rows(), name, row);
        const double found = number(many.rows(), name, row);
        ASSERT_TRUE(found == expected || (std::isnan(found) && std::isnan(expected))) << name;
      }
    }
  }
}

/// Sizes in another unit: a power of two is exact in every step.
TEST(WindowColumns, FollowTheUnitOfSizesAndPricesToTheLastBit) {
  for (uint64_t seed = 40; seed < 46; ++seed) {
    EngineFeed plain(with_windows({5, 300}));
    EngineFeed scaled(with_windows({5, 300}));
    for (StreamItem item : RandomStream(seed).make(500)) {
      item.feed(plain);
      for (TestLevels* levels : {&item.bids, &item.asks}) {
        for (double& size : levels->sizes) size *= 4;
        for (double& price : levels->prices) price *= 2;
      }
      item.price *= 2;
      item.feed(scaled);
    }
    const std::set<std::string> in_sizes = {"ofi_sum_",    "mlofi_sum_",   "ofi_accel_",
                                            "bid_added_",  "bid_removed_", "ask_added_",
                                            "ask_removed_"};
    for (const char* kind : kKinds) {
      for (const int h : {5, 300}) {
        const std::string name = fmt::format("{}{}s", kind, h);
        const double factor = in_sizes.contains(kind) ? 4 : 1;
        for (size_t row = 0; row < plain.rows().rows(); ++row) {
          const double expected = factor * number(plain.rows(), name, row);
          const double found = number(scaled.rows(), name, row);
          // Steps of 1e12 in doubles are rounded where a size has more decimals.
          const double allowed = kind == kMlofi ? 1e-9 * std::abs(expected) + 1e-2 : 0;
          const bool is_close = std::abs(found - expected) <= allowed;
          ASSERT_TRUE(is_close || (std::isnan(found) && std::isnan(expected)))
              << name << " row " << row << ": " << found << " " << expected;
        }
      }
    }
  }
}

}  // namespace
}  // namespace daedalus
