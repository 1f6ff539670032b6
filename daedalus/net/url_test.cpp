#include "daedalus/net/url.hpp"

#include <gtest/gtest.h>

namespace daedalus {
namespace {

TEST(Url, SplitsIntoItsParts) {
  const auto url = parse_url("WSS://Stream.Binance.com:9443/stream?streams=a@b/c#part");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "wss");
  EXPECT_EQ(url->host, "stream.binance.com");
  EXPECT_EQ(url->port, 9443);
  EXPECT_EQ(url->target, "/stream?streams=a@b/c");
  EXPECT_TRUE(url->secure());
  EXPECT_EQ(url->host_header(), "stream.binance.com:9443");
}

TEST(Url, TakesTheSchemesOwnPortAndRootWhereNoneIsWritten) {
  const auto url = parse_url("https://api.exchange.coinbase.com?x=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->target, "/?x=1");
  EXPECT_EQ(url->host_header(), "api.exchange.coinbase.com");
  EXPECT_EQ(parse_url("ws://h")->port, 80);
}

TEST(Url, TakesIpv6HostsAndEscapedCredentials) {
  const auto url = parse_url("http://me:p%40ss@[::1]:8080/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 8080);
  EXPECT_EQ(url->credentials, "me:p@ss");
  EXPECT_EQ(url->host_and_port(), "[::1]:8080");
}

TEST(Url, RefusesWhatIsNoneAsAConfigError) {
  for (const char* text : {"", "example.com", "ftp://example.com/", "ws://", "ws://:80/",
                           "ws://h:0/", "ws://h:65536/", "ws://h:8x/", "ws://h o/", "ws://h/a b",
                           "ws://[::1/", "ws://[::1]x/", "ws://h/\r\nHost: other"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, ErrorKind::config);
  }
}

TEST(Url, NeverPrintsCredentials) {
  const auto url = parse_url("http://me:secret@host:99999/");
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().message.find("secret"), std::string::npos) << url.error().message;
}

}  // namespace
}  // namespace daedalus
