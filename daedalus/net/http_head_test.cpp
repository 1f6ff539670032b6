#include "daedalus/net/http_head.hpp"

#include <gtest/gtest.h>

namespace daedalus {
namespace {

TEST(HttpHead, ReadsRequestLineAndFields) {
  const auto head = parse_http_head(
      "GET /a?b HTTP/1.1\r\nHost: x\r\nConnection:  keep-alive , Upgrade\r\nUPGRADE: "
      "WebSocket\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->first, "GET");
  EXPECT_EQ(head->second, "/a?b");
  EXPECT_EQ(head->third, "HTTP/1.1");
  EXPECT_EQ(head->field("host"), "x");
  EXPECT_TRUE(head->lists("connection", "upgrade"));
  EXPECT_TRUE(head->lists("upgrade", "websocket"));
  EXPECT_FALSE(head->lists("upgrade", "web"));
}

TEST(HttpHead, ReadsAStatusLineWithAndWithoutReason) {
  EXPECT_EQ(parse_http_head("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")->third,
            "Proxy Authentication Required");
  EXPECT_EQ(parse_http_head("HTTP/1.1 200\r\n\r\n")->second, "200");
}

TEST(HttpHead, RefusesWhatIsNone) {
  for (const char* text :
       {"", "hello", "hello\r\n\r\n", " GET /\r\n\r\n", "GET / HTTP/1.1\r\nno field\r\n\r\n"}) {
    const auto head = parse_http_head(text);
    ASSERT_FALSE(head) << text;
    EXPECT_EQ(head.error().kind, ErrorKind::malformed);
  }
}

TEST(RetryAfter, IsSecondsOrADate) {
  const UnixNanos now{784'111'770 * kNanosPerSecond};
  EXPECT_EQ(parse_retry_after(" 120 ", now), 120);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 7);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), 0);
  for (const char* text : {"", "-1", "soon", "12s", "Sun, 99 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_retry_after(text, now), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace daedalus
