#include "daedalus/base/json_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>

namespace daedalus {
namespace {

std::string base64(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

TEST(JsonText, quotes_a_string) {
  EXPECT_EQ(json_quoted("a\"b\\c\n"), R"("a\"b\\c\n")");
  EXPECT_EQ(json_quoted(std::string_view("\0\x1f", 2)), R"("\u0000\u001f")");
  EXPECT_EQ(json_quoted("\xe2\x82\xac"), "\"\xe2\x82\xac\"");
}

TEST(JsonText, encodes_base64_as_in_rfc_4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

TEST(JsonText, refuses_what_is_no_base64) {
  for (const char* text :
       {"Zg=", "Zg", "Z===", "====", "Zm9v=", "Zg==Zg==", "Zm 9", "Zm9-", "=m9v", "Zg=v"}) {
    std::string out;
    EXPECT_FALSE(decode_base64(text, out)) << text;
  }
}

TEST(JsonText, tells_utf_8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("\xe5\xb8\x81"));
  EXPECT_FALSE(is_utf8("\xff"));
  EXPECT_FALSE(is_utf8("\xe5\xb8"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
}

RC_GTEST_PROP(JsonTextProperty, an_independent_reader_gets_the_text_back, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
  const std::string json = json_quoted(text);
  simdjson::dom::parser parser;
  std::string_view again;
  RC_ASSERT(parser.parse(json).get(again) == simdjson::SUCCESS);
  RC_ASSERT(again == text);
}

RC_GTEST_PROP(JsonTextProperty, base64_gives_any_bytes_back, (const std::string& bytes)) {
  std::string again;
  RC_ASSERT(decode_base64(base64(bytes), again));
  RC_ASSERT(again == bytes);
}

}  // namespace
}  // namespace daedalus
