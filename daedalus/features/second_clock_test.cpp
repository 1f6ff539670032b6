/// Families of the second clock against sums taken anew, the slow way, for every row.
#include "daedalus/features/seconds_for_test.hpp"

namespace daedalus {
namespace {

constexpr int kSeconds = 900;

struct Stream {
  explicit Stream(uint64_t seed) : random(seed), feed(parameters()) { random.feed(feed, kSeconds); }
  static FeatureParameters parameters() {
    FeatureParameters parameters;
    parameters.spread_regime_window_s = 120;
    parameters.kyle_lambda_window_s = 200;
    return parameters;
  }

  RandomSeconds random;
  EngineFeed feed;
};

/// Calls `check(row, second, seconds)` for the rows of some random streams.
template <class Check>
void each_row(Check&& check) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Stream stream(seed);
    const SecondsOfRows seconds(stream.feed.rows());
    ASSERT_GT(stream.feed.rows().rows(), 700u);
    for (size_t row = 0; row < stream.feed.rows().rows(); ++row) {
      check(stream, row, seconds.second_of(row), seconds);
      if (testing::Test::HasFailure()) FAIL() << "seed " << seed << ", row " << row;
    }
  }
}

struct Pairs {
  std::vector<double> x, y;
};

void expect_fit(const Table& rows, size_t row, const std::string& name, const Pairs& pairs) {
  const double n = static_cast<double>(pairs.x.size());
  double slope = std::nan(""), r2 = std::nan("");
  if (n >= 30) {
    const auto of_x = covariation_of(pairs.x, pairs.x), of_y = covariation_of(pairs.y, pairs.y);
    const auto both = covariation_of(pairs.x, pairs.y);
    slope = static_cast<double>(both / of_x);
    r2 = static_cast<double>(both * both / of_x / of_y);
  }
  EXPECT_TRUE(agrees(number(rows, name, row), slope, 1)) << name;
  EXPECT_TRUE(agrees(number(rows, name + "_r2", row), r2, 1)) << name;
}

TEST(SecondClock, RegressionsEqualThoseTakenAnewFromEachRowsIntervals) {
  each_row([](Stream& stream, size_t row, int64_t end, const SecondsOfRows& seconds) {
    Pairs trades, orders;
    for (int64_t s = std::max<int64_t>(end - 199, 1); s <= end; ++s) {
      if (!seconds.exists(s) || !seconds.exists(s - 1)) continue;
      const double change = seconds.sample("mid_price", s) - seconds.sample("mid_price", s - 1);
      for (Pairs* pairs : {&trades, &orders}) pairs->y.push_back(change);
      trades.x.push_back(stream.random.signed_amount(s - 1));
      orders.x.push_back(seconds.flow("ofi", s));
    }
    expect_fit(stream.feed.rows(), row, "kyle_lambda", trades);
    expect_fit(stream.feed.rows(), row, "ofi_beta", orders);
  });
}

TEST(SecondClock, SpreadRanksAndRegimesEqualThoseCountedAnew) {
  const auto rank = [](const std::vector<double>& spreads, double spread) {
    double twice = 0;
    for (const double each : spreads) twice += each < spread ? 2 : each == spread ? 1 : 0;
    return twice / (2.0 * static_cast<double>(spreads.size()));
  };
  const auto regime = [](double rank) {
    return rank <= 0.2 ? "tight" : rank >= 0.8 ? "wide" : "normal";
  };
  each_row([&](Stream& stream, size_t row, int64_t end, const SecondsOfRows& seconds) {
    const Table& rows = stream.feed.rows();
    const auto spreads = seconds.window("spread", end, 120);
    const double spread = number(rows, "spread", row);
    const double expected = std::isnan(spread) ? spread : rank(spreads, spread);
    EXPECT_TRUE(agrees(number(rows, "spread_percentile", row), expected));
    EXPECT_EQ(null_at(rows, "spread_regime", row), std::isnan(spread));
    if (!std::isnan(spread)) {
      EXPECT_EQ(column(rows, "spread_regime").text_at(row), regime(expected));
    }
    if (row % 16 != 0) return;
    double tight = 0, wide = 0;
    for (int64_t s = end - 119; s <= end; ++s) {
      if (!seconds.exists(s)) continue;
      const double own = seconds.sample("spread", s);
      const std::string_view its = regime(rank(seconds.window("spread", s, 120), own));
      tight += its == "tight" ? 1 : 0;
      wide += its == "wide" ? 1 : 0;
    }
    const double samples = static_cast<double>(spreads.size());
    EXPECT_TRUE(agrees(number(rows, "spread_regime_tight_frac", row), tight / samples));
    EXPECT_TRUE(agrees(number(rows, "spread_regime_wide_frac", row), wide / samples));
  });
}

TEST(SecondClock, ShapeStatisticsEqualThoseTakenAnewFromTheSamples) {
  const auto expect_moments = [](const Table& rows, size_t row, const std::string& name,
                                 const std::vector<double>& values) {
    const double mean = values.empty() ? std::nan("") : static_cast<double>(mean_of(values));
    const double deviation = values.size() < 2 ? std::nan("") : sample_deviation_of(values);
    EXPECT_TRUE(agrees(number(rows, name + "_mean_60s", row), mean, 1e3)) << name;
    EXPECT_TRUE(agrees(number(rows, name + "_std_60s", row), deviation, 1e3)) << name;
  };
  each_row([&](Stream& stream, size_t row, int64_t end, const SecondsOfRows& seconds) {
    const Table& rows = stream.feed.rows();
    expect_moments(rows, row, "bid_slope", seconds.window("bid_slope_regression", end, 60));
    expect_moments(rows, row, "ask_slope", seconds.window("ask_slope_regression", end, 60));
    expect_moments(rows, row, "cog_momentum", seconds.window("cog_vs_mid", end, 60));
    const double change = number(rows, "cog_vs_mid", row) - seconds.sample("cog_vs_mid", end - 60);
    EXPECT_TRUE(agrees(number(rows, "cog_change_60s", row), change, 1e3));
    std::vector<double> depths;
    for (int64_t s = std::max(end - 119, seconds.first()); s <= end; ++s) {
      if (!seconds.exists(s)) continue;
      depths.push_back(seconds.sample("bid_vol_band_0_5bps", s) +
                       seconds.sample("ask_vol_band_0_5bps", s));
    }
    const double sigma = depths.size() < 2 ? std::nan("") : sample_deviation_of(depths);
    EXPECT_TRUE(agrees(number(rows, "depth_0_5bps_sigma", row), sigma, 1e3));
  });
}

TEST(SecondClock, VarianceRatioAndAutocorrelationEqualThoseTakenAnewFromTheReturns) {
  each_row([](Stream& stream, size_t row, int64_t end, const SecondsOfRows& seconds) {
    const auto mid = [&](int64_t s) { return seconds.sample("mid_price", s); };
    std::vector<double> ones, fives;
    long double products = 0;
    const auto step = [&](int64_t s) { return std::log(mid(s) / mid(s - 1)); };
    for (int64_t s = end - 299; s <= end; ++s) {
      if (!std::isnan(step(s))) ones.push_back(step(s));
      double sum = 0;
      for (int64_t i = s - 4; i <= s; ++i) sum += step(i);
      if (s - 4 > end - 300 && !std::isnan(sum)) fives.push_back(sum);
    }
    double ratio = std::nan(""), correlation = std::nan("");
    if (ones.size() >= 30) {
      const long double mean = mean_of(ones);
      for (int64_t s = end - 298; s <= end; ++s) {
        const double before = step(s - 1), now = step(s);
        if (!std::isnan(before + now)) products += (before - mean) * (now - mean);
      }
      correlation = static_cast<double>(products / covariation_of(ones, ones));
    }
    if (ones.size() >= 60) {
      ratio = std::pow(sample_deviation_of(fives) / sample_deviation_of(ones), 2) / 5;
    }
    EXPECT_TRUE(agrees(number(stream.feed.rows(), "variance_ratio_300s", row), ratio, 1));
    EXPECT_TRUE(agrees(number(stream.feed.rows(), "return_autocorr_300s", row), correlation, 1));
  });
}

}  // namespace
}  // namespace daedalus
