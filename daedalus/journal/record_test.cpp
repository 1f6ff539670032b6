#include "daedalus/journal/record.hpp"

#include <gtest/gtest.h>

#include <random>

namespace daedalus {
namespace {

Record received(std::string payload) {
  Record record;
  record.frame_seq = 12;
  record.capture_time = {1786309548629007800};
  record.connection = 2;
  record.payload = std::move(payload);
  return record;
}

std::string line_of(const Record& record) {
  std::string line;
  append_record_line(line, record);
  return line;
}

Record read_back(const Record& record) {
  std::string line = line_of(record);
  EXPECT_EQ(line.back(), '\n');
  line.pop_back();
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto parsed = parse_record_line(line);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed.value_or(Record{});
}

void expect_equal(const Record& left, const Record& right) {
  EXPECT_EQ(left.frame_seq, right.frame_seq);
  EXPECT_EQ(left.capture_time, right.capture_time);
  EXPECT_EQ(left.type, right.type);
  EXPECT_EQ(left.connection, right.connection);
  EXPECT_EQ(left.is_binary, right.is_binary);
  EXPECT_EQ(left.status, right.status);
  EXPECT_EQ(left.url, right.url);
  EXPECT_EQ(left.detail, right.detail);
  EXPECT_TRUE(left.payload == right.payload) << left.payload.substr(0, 80);
}

TEST(Record, IsWrittenAsTheDocumentedLine) {
  const Record record = received(R"({"a":"1"})");

  EXPECT_EQ(line_of(record), R"({"seq":12,"time_ns":1786309548629007800,"type":"recv","conn":2,)"
                             R"("data":"{\"a\":\"1\"}"})"
                             "\n");
}

TEST(Record, HoldsEveryKeyOnlyWhereItSaysSomething) {
  Record record = received("[]");
  record.type = RecordType::http;
  record.connection = 0;
  record.status = 200;
  record.url = "https://x/y?a=1";
  record.detail = "why \"so\"";

  const std::string line = line_of(record);

  EXPECT_EQ(line, R"({"seq":12,"time_ns":1786309548629007800,"type":"http","status":200,)"
                  R"("url":"https://x/y?a=1","detail":"why \"so\"","data":"[]"})"
                  "\n");
  expect_equal(read_back(record), record);
}

TEST(Record, OfEveryTypeComesBack) {
  for (int type = 0; type <= static_cast<int>(RecordType::close); ++type) {
    Record record;
    record.type = static_cast<RecordType>(type);
    record.frame_seq = type;
    record.detail = "d";

    expect_equal(read_back(record), record);
    EXPECT_EQ(record_type_of_name(record_type_name(record.type)), record.type);
  }
}

TEST(Record, WithAnyBytesComesBackExactly) {
  std::mt19937_64 random(7);
  const std::string_view alphabets[] = {"\"\\", "a\"", "{}[]\":,0123456789\n",
                                        "\xc3\xa9\xe2\x82\xac",
                                        std::string_view("\0\x01\x1f\x7f", 4)};
  for (int round = 0; round < 4000; ++round) {
    std::string payload(random() % 200, '\0');
    const size_t kind = random() % 7;
    for (char& c : payload) {
      c = kind < 5 ? alphabets[kind][random() % alphabets[kind].size()]
                   : static_cast<char>(random());
    }
    Record record = received(payload);
    record.is_binary = kind == 6;
    record.frame_seq = static_cast<int64_t>(random() >> 1);
    record.capture_time.value = static_cast<int64_t>(random());
    record.connection = static_cast<int64_t>(random() % 5);

    expect_equal(read_back(record), record);
  }
}

TEST(Record, WithEverySingleByteBetweenOthersComesBack) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t at = 0; at < 40; ++at) {
      std::string payload(40, 'x');
      payload[at] = static_cast<char>(byte);

      EXPECT_TRUE(read_back(received(payload)).payload == payload) << byte << " at " << at;
    }
  }
}

TEST(Record, OfSeventyMegabytesComesBack) {
  std::string payload;
  while (payload.size() < 70u << 20) payload += R"(["65086.18","0.00218600"],)";

  EXPECT_TRUE(read_back(received(payload)).payload == payload);
}

TEST(Record, OfControlCharactersDoesNotGrowSixfold) {
  const std::string payload(1 << 20, '\0');

  const std::string line = line_of(received(payload));

  EXPECT_LT(line.size(), payload.size() * 3 / 2);
  EXPECT_NE(line.find(R"("text":true,"b64":")"), std::string::npos);
}

TEST(Record, ReplacesBytesOfAnUrlThatAreNotUtf8) {
  Record record = received("x");
  record.url = "a\xff";

  EXPECT_EQ(read_back(record).url, "a?");
}

TEST(Record, IsReadWithItsKeysInAnyOrderAndWithForeignEscapes) {
  const auto record = parse_record_line(
      R"({"data":"\u0041\/\ud83d\ude00\b\f","type":"send","time_ns":-5,"seq":3})");

  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->payload, "A/\xf0\x9f\x98\x80\b\f");
  EXPECT_EQ(record->type, RecordType::send);
  EXPECT_EQ(record->capture_time.value, -5);
}

TEST(Record, ThatIsNotWellFormedIsRefused) {
  const std::string good = R"({"seq":1,"time_ns":2,"type":"recv","conn":3,"data":"a\"b"})";
  ASSERT_TRUE(parse_record_line(good));

  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_record_line(good.substr(0, size))) << size;
  }
  for (const char* bad : {
           R"({"seq":1,"time_ns":2,"type":"recv","data":"a"}x)",
           R"({"seq":1,"time_ns":2})",
           R"({"seq":1,"seq":1,"time_ns":2,"type":"recv"})",
           R"({"seq":1,"time_ns":2,"type":"x"})",
           R"({"seq":1,"time_ns":2,"type":"recv","foo":1})",
           R"({"seq":1.5,"time_ns":2,"type":"recv"})",
           R"({"seq":99999999999999999999,"time_ns":2,"type":"recv"})",
           R"({"seq":1,"time_ns":2,"type":"recv","data":"\x"})",
           R"({"seq":1,"time_ns":2,"type":"recv","data":"\ud800"})",
           R"({"seq":1,"time_ns":2,"type":"recv","data":"\udc00"})",
           R"({"seq":1,"time_ns":2,"type":"recv","b64":"a"})",
           R"({"seq":1,"time_ns":2,"type":"recv","text":true})",
           R"({"seq":1,"time_ns":2,"type":"recv","data":"","b64":""})",
           "{\"seq\":1,\"time_ns\":2,\"type\":\"recv\",\"data\":\"a\nb\"}",
       }) {
    const auto parsed = parse_record_line(bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().kind, ErrorKind::malformed);
  }
}

TEST(Record, NamesWhatIsWrongAndWhere) {
  const auto parsed = parse_record_line(R"({"seq":1,"tim":2})");

  EXPECT_EQ(parsed.error().message, "not a journal line: unknown key at byte 9 of 17");
}

TEST(Record, TakesOneNumberAndOneMoreForEachMebibyte) {
  EXPECT_EQ(frame_numbers_taken(received("")), 1);
  EXPECT_EQ(frame_numbers_taken(received(std::string((1 << 20) - 1, 'x'))), 1);
  EXPECT_EQ(frame_numbers_taken(received(std::string(1 << 20, 'x'))), 2);
  EXPECT_EQ(frame_numbers_taken(received(std::string(5 << 20, 'x'))), 6);
}

TEST(SegmentHeader, ComesBackFromItsJson) {
  const SegmentHeader header{.segment = "segment_20260809T21_00001",
                             .source = "coin \"base\"",
                             .exchange = "coinbase",
                             .previous_segment = "segment_20260809T20_00007",
                             .writer = "daedalus 0.1.0",
                             .opened_ns = 1786309548629007800,
                             .first_of_hour = true};

  const auto parsed = parse_segment_header(to_json(header));

  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(to_json(*parsed), to_json(header));
  EXPECT_EQ(parsed->source, header.source);
  EXPECT_EQ(parsed->opened_ns, header.opened_ns);
  EXPECT_TRUE(parsed->first_of_hour);
}

TEST(SegmentHeader, OfAnotherFormatOrCutIsRefused) {
  const std::string json = to_json(SegmentHeader{});

  EXPECT_FALSE(parse_segment_header(R"({"format":2)" + json.substr(11)));
  for (size_t size = 0; size < json.size(); ++size) {
    EXPECT_FALSE(parse_segment_header(json.substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace daedalus
