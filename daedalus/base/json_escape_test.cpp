#include <gtest/gtest.h>

#include <cstdio>
#include <random>

#include "daedalus/base/json_text.hpp"

namespace daedalus {
namespace {

/// The rule, byte by byte.
std::string escaped_slowly(std::string_view text) {
  std::string out;
  for (const char c : text) {
    char code[8];
    std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned char>(c));
    if (c == '"') {
      out += "\\\"";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += code;
    } else {
      out += c;
    }
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out = "before:";
  append_json_escaped(out, text);
  return out.substr(7);
}

TEST(JsonEscape, FollowsTheRuleForAnyMixOfQuotesAndPlainRuns) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % (round % 50 == 0 ? 9000 : 400), 'a');
    const uint64_t special_every = 1 + random() % 70;
    const bool with_controls = random() % 4 == 0;
    for (char& c : text) {
      if (random() % special_every == 0) c = random() % 3 == 0 ? '\\' : '"';
      if (with_controls && random() % 50 == 0) c = static_cast<char>(random() % 0x20);
      if (random() % 20 == 0) c = static_cast<char>(0x20 + random() % 0xe0);
    }
    ASSERT_EQ(escaped(text), escaped_slowly(text)) << round;
  }
}

TEST(JsonEscape, IsUndoneByUnescapingUpToTheClosingQuote) {
  std::mt19937_64 random(12);
  for (int round = 0; round < 5'000; ++round) {
    std::string text(random() % 9000 * (round % 20 == 0) + random() % 100, 'a');
    for (char& c : text) {
      if (random() % 5 == 0) c = static_cast<char>(random() % 256);
    }
    const std::string inside = escaped(text);
    std::string out;

    const auto read = append_json_unescaped(out, inside + "\",\"next\":1}");

    ASSERT_EQ(read, inside.size() + 1);
    ASSERT_EQ(out, text);
  }
}

TEST(JsonUnescape, RefusesWhatIsNoString) {
  for (const char* text : {"", "abc", "\\\"", "a\nb\"", "\\x\"", "\\u12\"", "\\u12g4\"",
                           "\\ud800\"", "\\ud800\\u0041\"", "\\udfff\"", "\\"}) {
    std::string out;
    EXPECT_FALSE(append_json_unescaped(out, text)) << text;
  }
}

TEST(JsonUnescape, ReadsEveryEscape) {
  std::string out;

  const auto read = append_json_unescaped(out, R"(\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00")");

  EXPECT_TRUE(read);
  EXPECT_EQ(out, "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

}  // namespace
}  // namespace daedalus
