#include "daedalus/config/config.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace daedalus {
namespace {

const KnownNames kKnown{.exchanges = {"binance", "binanceus", "coinbase"}};

Result<Config> parse(const std::string& text) {
  return parse_config(text, "c.yaml", kKnown);
}

std::string error_of(const std::string& text) {
  const auto config = parse(text);
  EXPECT_FALSE(config.has_value()) << text;
  return config ? "" : config.error().message;
}

TEST(Config, AnEmptyFileGivesTheDefaults) {
  const auto config = parse("");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->data_root, "./data");
  EXPECT_EQ(config->journal.segment_max_mb, 128);
  EXPECT_EQ(config->features.bands_bps, (std::vector<int64_t>{5, 10, 25, 50, 100}));
}

TEST(Config, ASourceIsNamedAfterItsExchangeUnlessItSaysOtherwise) {
  const auto config = parse(
      "sources:\n  - exchange: coinbase\n    symbols: [BTC-USD, ETH/USD]\n"
      "  - {exchange: binance, name: second, symbols: BTCUSDT, channels: [trades]}\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->sources.size(), 2u);
  EXPECT_EQ(config->sources[0].name, "coinbase");
  EXPECT_EQ(config->sources[0].symbols, (std::vector<std::string>{"BTC-USD", "ETH/USD"}));
  EXPECT_EQ(config->sources[1].name, "second");
  EXPECT_EQ(config->sources[1].symbols, std::vector<std::string>{"BTCUSDT"});
}

TEST(Config, AnUnknownKeyIsRefusedWithItsLineAndTheNearestName) {
  EXPECT_EQ(error_of("data_root: x\njournal:\n  segment_max_mbs: 3\n"),
            "c.yaml:3: journal.segment_max_mbs: unknown key; did you mean segment_max_mb?");
  EXPECT_EQ(error_of("sources:\n  - exchange: binance\n    symbls: [A]\n    symbols: [B]\n"),
            "c.yaml:3: sources[0].symbls: unknown key; did you mean symbols?");
  EXPECT_EQ(error_of("sources:\n  - exchange: binance\n    symbls: [A]\n"),
            "c.yaml:3: sources[0].symbls: unknown key; did you mean symbols?");
}

TEST(Config, AnUnknownExchangeOrChannelNamesTheNearest) {
  EXPECT_EQ(error_of("sources:\n  - exchange: coinbas\n    symbols: [A]\n"),
            "c.yaml:2: sources[0].exchange: \"coinbas\" is unknown; did you mean coinbase? "
            "allowed: binance, binanceus, coinbase");
  EXPECT_EQ(error_of("sources:\n  - exchange: binance\n    symbols: [A]\n    channels: [trade]\n"),
            "c.yaml:4: sources[0].channels: \"trade\" is unknown; did you mean trades? "
            "allowed: orderbook, trades, ticker");
}

TEST(Config, AnEmptyListIsRefusedNotReadAsTheDefault) {
  EXPECT_EQ(error_of("sources:\n  - exchange: binance\n    symbols: [A]\n    channels: []\n"),
            "c.yaml:4: sources[0].channels: the list is empty; name at least one, or leave the key "
            "out");
  EXPECT_NE(error_of("features: {bands_bps: []}\n"), "");
}

TEST(Config, ASourcesNameStaysInItsFolder) {
  for (const std::string name : {"", "../x", "a/b", ".hidden", "a b"}) {
    EXPECT_FALSE(check_source_name(name)) << name;
  }
  EXPECT_TRUE(check_source_name("binance-spot_2.eu"));
}

TEST(Config, ImpossibleValuesAreRefusedWithWhatIsAllowed) {
  EXPECT_EQ(error_of("journal:\n  segment_max_mb: 0\n"),
            "c.yaml:2: journal.segment_max_mb: 0 is out of range; allowed: 1 to 4096");
  EXPECT_EQ(error_of("journal:\n  segment_max_mb: many\n"),
            "c.yaml:2: journal.segment_max_mb: \"many\" is not a whole number; allowed: 1 to 4096");
}

TEST(Config, EnvironmentVariablesExpandAndMissingOnesAreNamedWithTheLine) {
  ::setenv("DAEDALUS_TEST_ROOT", "/tmp/x", 1);
  ::unsetenv("DAEDALUS_TEST_MISSING");
  const auto config = parse("data_root: ${DAEDALUS_TEST_ROOT}/data\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->data_root, "/tmp/x/data");
  EXPECT_EQ(error_of("\ndata_root: ${DAEDALUS_TEST_MISSING}\n"),
            "c.yaml:2: data_root: environment variable DAEDALUS_TEST_MISSING is not set");
}

TEST(Config, WhatIsNoYamlIsRefusedWithItsLine) {
  EXPECT_NE(error_of("a: [1\nb: 2\n").find("c.yaml:"), std::string::npos);
  EXPECT_EQ(error_of("- 1\n"), "c.yaml:1: a config is a mapping of keys to values");
  EXPECT_EQ(error_of("journal: 3\n"), "c.yaml:1: journal: must be a mapping of keys to values");
}

TEST(Config, TwoSourcesOfOneNameAreRefused) {
  EXPECT_NE(error_of("sources:\n  - {exchange: binance, symbols: [A]}\n"
                     "  - {exchange: binance, symbols: [B]}\n")
                .find("two sources are named binance"),
            std::string::npos);
}

TEST(Config, RetentionsAreTimesZeroOrForever) {
  EXPECT_EQ(parse_retention("24h")->value(), 86'400);
  EXPECT_EQ(parse_retention("7d")->value(), 7 * 86'400);
  EXPECT_EQ(parse_retention("0")->value(), 0);
  EXPECT_FALSE(parse_retention("forever")->has_value());
  EXPECT_FALSE(parse_retention("soon").has_value());
  EXPECT_FALSE(parse_retention("-1h").has_value());
  // In nanoseconds this would turn negative and delete everything.
  EXPECT_FALSE(parse_retention("999999d").has_value());
  EXPECT_EQ(parse_retention("36500d")->value(), int64_t{36500} * 86'400);
}

TEST(Config, TheExampleThatIsShippedHoldsTheDefaults) {
  const KnownNames known{
      .exchanges = {"binance", "binance_usdm", "binanceus", "coinbase", "coinbase_exchange"}};
  const auto example = load_config(DAEDALUS_SOURCE_DIR "/config/config.example.yaml", known);
  ASSERT_TRUE(example) << example.error().message;
  const Config defaults;
  EXPECT_EQ(example->journal.segment_max_mb, defaults.journal.segment_max_mb);
  EXPECT_EQ(example->journal.flush_interval_seconds, defaults.journal.flush_interval_seconds);
  EXPECT_EQ(example->journal.journal_retention, defaults.journal.journal_retention);
  EXPECT_EQ(example->journal.min_free_mb, defaults.journal.min_free_mb);
  EXPECT_EQ(example->etl.state_retention_hours, defaults.etl.state_retention_hours);
  EXPECT_EQ(example->features, defaults.features);
  ASSERT_EQ(example->sources.size(), 2u);
  EXPECT_EQ(example->sources[0].channels, SourceConfig().channels);
}

TEST(Config, AMissingFileIsAConfigError) {
  const auto config = load_config("/nonexistent/c.yaml", kKnown);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::config);
  EXPECT_NE(config.error().message.find("/nonexistent/c.yaml"), std::string::npos);
}

}  // namespace
}  // namespace daedalus
