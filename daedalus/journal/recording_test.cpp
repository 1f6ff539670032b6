#include "daedalus/journal/recording.hpp"

#include <gtest/gtest.h>

#include "daedalus/exchanges/registry.hpp"
#include "daedalus/journal/recording_reading.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

RecordingOptions of_exchange(std::string_view name) {
  return {.exchange = *find_exchange(name)};
}

Reading read_text(std::string_view format, std::string_view text,
                  const RecordingOptions& options = {}) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", text);
  Reading reading = read_recording(format, folder / "file", options);
  for (std::string& error : reading.errors) {
    if (error.starts_with(folder / "file")) error.erase(0, folder.path().size() + 1);
  }
  return reading;
}

Error error_of(std::string_view format, std::string_view text,
               const RecordingOptions& options = {}) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", text);
  auto reader = open_recording(format, folder / "file", options);
  EXPECT_FALSE(reader);
  return reader ? Error{} : reader.error();
}

TEST(CryptofeedText, TellsItsFourKindsOfLinesApart) {
  const Reading reading = read_text("cryptofeed",
                                    "configuration: {\"trades\":[]}\n"
                                    "wss://a/x?y=1 <-> 1617647603.5\n"
                                    "wss://a/x?y=1 <- 1617647603.6000001: {\"op\": 1}\n"
                                    "1617647603.4249449: {\"a\": \"b <- c -> d\"}\n"
                                    "https://r/d?s=X -> 1617647604: {\"bids\": []}\n\n");

  ASSERT_EQ(reading.errors, std::vector<std::string>());
  ASSERT_EQ(reading.records.size(), 4u);
  EXPECT_EQ(reading.records[0].type, RecordType::connect);
  EXPECT_EQ(reading.records[0].url, "wss://a/x?y=1");
  EXPECT_EQ(reading.records[1].type, RecordType::send);
  EXPECT_EQ(reading.records[1].capture_time.value, 1617647603'600000100);
  EXPECT_EQ(reading.records[1].payload, "{\"op\": 1}");
  EXPECT_EQ(reading.records[2].type, RecordType::recv);
  EXPECT_EQ(reading.records[2].capture_time.value, 1617647603'424944900);
  EXPECT_EQ(reading.records[2].payload, "{\"a\": \"b <- c -> d\"}");
  EXPECT_EQ(reading.records[3].type, RecordType::http);
  EXPECT_EQ(reading.records[3].url, "https://r/d?s=X");
  EXPECT_EQ(reading.records[3].status, 200);
  EXPECT_EQ(reading.records[3].payload, "{\"bids\": []}");
}

TEST(CryptofeedText, NumbersConnectionsByAddressAndReconnect) {
  const Reading reading =
      read_text("cryptofeed",
                "wss://a <-> 1.0\n1.1: x\nwss://b <-> 2.0\n2.1: y\n"
                "wss://a <- 2.2: s\nwss://a <-> 3.0\n3.1: z\nwss://b <- 3.2: t\n");

  std::vector<int64_t> connections;
  for (const Record& record : reading.records) connections.push_back(record.connection);
  EXPECT_EQ(connections, (std::vector<int64_t>{1, 1, 2, 2, 1, 3, 3, 2}));
}

TEST(CryptofeedText, PassesOverAMalformedLineNamingIt) {
  const Reading reading =
      read_text("cryptofeed", "1617647603.4: a\nrubbish\n1617x: b\nwss://a\n1617647603.5: c\n");

  EXPECT_EQ(reading.records.size(), 2u);
  EXPECT_EQ(reading.errors, (std::vector<std::string>{
                                "file line 2: no line of a cryptofeed text recording: rubbish",
                                "file line 3: no time and colon: 1617x: b",
                                "file line 4: an address without <-> or <-: wss://a"}));
}

TEST(CryptofeedJson, ReadsTextAndBinaryFramesOfEveryKind) {
  const Reading reading = read_text(
      "cryptofeed",
      R"({"t":"header","format":2,"exchange":"X"})"
      "\n"
      R"({"t":"http","conn":"X.http.1","ts":1786309548.026294,"url":"https://x/y","data":"{\"a\":1}"})"
      "\n"
      R"({"conn":"X.ws.2","ts":1786309549,"t":"connect","addr":"wss://x"})"
      "\n"
      R"({"t":"send","conn":"X.ws.2","ts":1786309549.5,"addr":"wss://x","data":"s"})"
      "\n"
      R"({"t":"recv","conn":"X.ws.2","ts":1786309549.6290078,"data":"\u00e9\n"})"
      "\n"
      R"({"t":"recv","conn":"X.ws.3","ts":1786309549.7,"b64":"AAH/"})"
      "\n"
      R"({"t":"connect","conn":"X.ws.2","ts":1786309550,"addr":"wss://x"})"
      "\n");

  ASSERT_EQ(reading.errors, std::vector<std::string>());
  ASSERT_EQ(reading.records.size(), 6u);
  EXPECT_EQ(reading.records[0].url, "https://x/y");
  EXPECT_EQ(reading.records[0].connection, 0);
  EXPECT_EQ(reading.records[0].payload, R"({"a":1})");
  EXPECT_EQ(reading.records[1].capture_time.value, 1786309549'000000000);
  EXPECT_EQ(reading.records[1].url, "wss://x");
  EXPECT_EQ(reading.records[2].connection, 1);
  EXPECT_EQ(reading.records[3].payload, "\xc3\xa9\n");
  EXPECT_EQ(reading.records[3].capture_time.value, 1786309549'629007800);
  EXPECT_FALSE(reading.records[3].is_binary);
  EXPECT_EQ(reading.records[4].payload, std::string("\0\x01\xff", 3));
  EXPECT_TRUE(reading.records[4].is_binary);
  EXPECT_EQ(reading.records[4].connection, 2);
  EXPECT_EQ(reading.records[5].connection, 3);
}

TEST(CryptofeedJson, PassesOverMalformedLines) {
  const Reading reading = read_text("cryptofeed", R"({"t":"recv","conn":"a","ts":1.5,"data":"x"})"
                                                  "\n{\"t\":\"recv\",\"co\n[1]\n"
                                                  R"({"t":"gone","ts":1.5})"
                                                  "\n"
                                                  R"({"t":"recv","conn":"a","data":"x"})"
                                                  "\n"
                                                  R"({"t":"recv","conn":"a","ts":1.5})"
                                                  "\n"
                                                  R"({"t":"recv","conn":"a","ts":2.5,"data":"y"})");

  EXPECT_EQ(reading.errors.size(), 5u);
  ASSERT_EQ(reading.records.size(), 2u);
  EXPECT_EQ(reading.records[1].payload, "y");
}

TEST(Hftbacktest, ReadsNanosecondsAndMicrosecondsAndAnImageBeforeItsSymbol) {
  const Reading reading =
      read_text("hftbacktest",
                "1721749182850494 {\"lastUpdateId\": 5, \"bids\": []}\n"
                "1721347020984480942 {\"stream\":\"btcusdt@depth@0ms\",\"data\":{}}\n",
                of_exchange("binance_usdm"));

  ASSERT_EQ(reading.errors, std::vector<std::string>());
  ASSERT_EQ(reading.records.size(), 3u);
  EXPECT_EQ(reading.records[0].type, RecordType::connect);
  EXPECT_TRUE(reading.records[0].url.starts_with("wss://"));
  EXPECT_EQ(reading.records[0].capture_time.value, 1721749182'850494000);
  EXPECT_EQ(reading.records[1].type, RecordType::http);
  EXPECT_NE(reading.records[1].url.find("symbol=BTCUSDT"), std::string::npos);
  EXPECT_EQ(reading.records[1].status, 200);
  EXPECT_EQ(reading.records[2].capture_time.value, 1721347020'984480942);
  EXPECT_EQ(reading.records[2].connection, 1);
}

TEST(Hftbacktest, TakesTheImagesSymbolFromTheOptionWhereNoLineHasIt) {
  constexpr std::string_view kImage = "1721749182850494 {\"lastUpdateId\": 5, \"bids\": []}\n";
  RecordingOptions options = of_exchange("binance");

  EXPECT_EQ(
      read_text("hftbacktest", kImage, options).errors,
      (std::vector<std::string>{
          "file line 1: a book image, and no other line names its symbol: say it with --symbol"}));
  options.symbol = "NEXOUSDT";
  const Reading reading = read_text("hftbacktest", kImage, options);
  ASSERT_EQ(reading.records.size(), 2u);
  EXPECT_NE(reading.records[1].url.find("symbol=NEXOUSDT"), std::string::npos);
}

TEST(Hftbacktest, DoesNotTakeAPartialBookForAnImage) {
  const Reading reading = read_text(
      "hftbacktest", "1721749182850494 {\"stream\":\"a@depth5\",\"data\":{\"lastUpdateId\":5}}\n",
      of_exchange("binance"));

  ASSERT_EQ(reading.records.size(), 2u);
  EXPECT_EQ(reading.records[1].type, RecordType::recv);
}

TEST(Hftbacktest, GivesNoConnectWhereItContinuesAnotherFile) {
  RecordingOptions options = of_exchange("binance");
  options.continues = true;

  const Reading reading = read_text("hftbacktest", "1721749182850494 {}\n", options);

  ASSERT_EQ(reading.records.size(), 1u);
  EXPECT_EQ(reading.records[0].type, RecordType::recv);
}

TEST(Hftbacktest, OfAVenueWithoutRestImagesIsRefused) {
  EXPECT_EQ(error_of("hftbacktest", "1721749182850494 {}\n", of_exchange("coinbase")).kind,
            ErrorKind::config);
  EXPECT_EQ(error_of("hftbacktest", "1721749182850494 {}\n").kind, ErrorKind::config);
}

TEST(Ndjson, TriesTheUsualKeysAndUnits) {
  const Reading reading =
      read_text("ndjson",
                R"({"ts":1721347022.123456789,"data":"{\"a\":1}"})"
                "\n"
                R"({"time":1721347022504,"frame":{"a":[1, 2]}})"
                "\n"
                R"({"timestamp":"2024-07-18T23:57:02.5Z","x":1})"
                "\n"
                R"({"recv_ts":1721347022504.25,"raw":"r"})"
                "\n"
                R"({"capture_time_ns":1721347020984480942,"message":[1]})"
                "\n"
                R"({"local_timestamp":"1721347020984480","url":"https://x","data":"b"})"
                "\n",
                of_exchange("binance"));

  ASSERT_EQ(reading.errors, std::vector<std::string>());
  ASSERT_EQ(reading.records.size(), 7u);
  EXPECT_EQ(reading.records[0].type, RecordType::connect);
  EXPECT_EQ(reading.records[1].payload, R"({"a":1})");
  EXPECT_EQ(reading.records[1].capture_time.value, 1721347022'123456789);
  EXPECT_EQ(reading.records[2].payload, R"({"a":[1, 2]})");
  EXPECT_EQ(reading.records[2].capture_time.value, 1721347022'504000000);
  EXPECT_EQ(reading.records[3].payload, R"({"timestamp":"2024-07-18T23:57:02.5Z","x":1})");
  EXPECT_EQ(reading.records[3].capture_time.value, 1721347022'500000000);
  EXPECT_EQ(reading.records[4].capture_time.value, 1721347022'504250000);
  EXPECT_EQ(reading.records[5].capture_time.value, 1721347020'984480942);
  EXPECT_EQ(reading.records[5].payload, "[1]");
  EXPECT_EQ(reading.records[6].type, RecordType::http);
  EXPECT_EQ(reading.records[6].url, "https://x");
  EXPECT_EQ(reading.records[6].capture_time.value, 1721347020'984480000);
}

TEST(Ndjson, UsesTheKeysThatAreNamed) {
  const Reading reading =
      read_text("ndjson", "{\"ts\":1,\"when\":2,\"data\":\"no\",\"body\":\"yes\"}\n{\"ts\":1}\n",
                {.time_key = "when", .frame_key = "body"});

  ASSERT_EQ(reading.records.size(), 2u);
  EXPECT_EQ(reading.records[1].capture_time.value, 2 * kNanosPerSecond);
  EXPECT_EQ(reading.records[1].payload, "yes");
  EXPECT_EQ(reading.errors,
            (std::vector<std::string>{"file line 2: no time: none of the keys when"}));
}

TEST(Recording, OfAnUnknownFormatNamesTheNearest) {
  const Error error = error_of("cryptofed", "");

  EXPECT_EQ(error.kind, ErrorKind::config);
  EXPECT_EQ(error.message,
            "no recording format \"cryptofed\"; did you mean cryptofeed? known: cryptofeed, "
            "hftbacktest, ndjson");
}

TEST(Recording, OfAnotherFormatThanSaidIsRefusedWithItsName) {
  const Error error = error_of("cryptofeed", "1721749182850494 {\"a\":1}\n");

  EXPECT_EQ(error.kind, ErrorKind::config);
  EXPECT_TRUE(error.message.ends_with(
      "is no cryptofeed recording but looks like hftbacktest; it begins with: 1721749182850494 "
      "{\"a\":1}"))
      << error.message;
  EXPECT_EQ(error_of("hftbacktest", "{\"a\":1}\n", of_exchange("binance")).kind, ErrorKind::config);
  EXPECT_EQ(error_of("ndjson", "hello\n").kind, ErrorKind::config);
}

TEST(Recording, ThatIsEmptyGivesNothing) {
  for (const RecordingFormat& format : recording_formats()) {
    const Reading reading = read_text(format.name, "", of_exchange("binance"));

    EXPECT_TRUE(reading.records.empty());
    EXPECT_TRUE(reading.errors.empty());
  }
}

TEST(Recording, ThatIsCutOffGivesWhatCanBeReadAndThenSaysSo) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text +=
        std::to_string(1721749182850494 + i * 7919) + " {\"n\":" + std::to_string(i * 31) + "}\n";
  }
  const std::string whole = gzipped(text);

  const Reading reading =
      read_text("hftbacktest", whole.substr(0, whole.size() / 2), of_exchange("binance"));

  EXPECT_GT(reading.records.size(), 5'000u);
  ASSERT_EQ(reading.errors.size(), 1u);
  EXPECT_EQ(reading.errors[0], "file is cut off after byte " + std::to_string(whole.size() / 2) +
                                   "; " + std::to_string(reading.records.size() - 1) +
                                   " lines before it were taken");
}

TEST(Recording, ThatIsAbsentIsAnIoError) {
  const auto reader = open_recording("ndjson", "/nonexistent", {});

  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace daedalus
