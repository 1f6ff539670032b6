#include "daedalus/net/proxy.hpp"

#include <gtest/gtest.h>

#include <map>

namespace daedalus {
namespace {

/// "host:port" of the proxy chosen, "direct", or the error.
std::string chosen(const std::string& target, const std::map<std::string, std::string>& variables,
                   const std::string& configured = "") {
  const auto proxy = choose_proxy(*parse_url(target), configured, [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
  if (!proxy) return proxy.error().message;
  return *proxy ? (**proxy).url.host_and_port() : "direct";
}

TEST(Proxy, IsDirectWhenNobodyNamesOne) {
  EXPECT_EQ(chosen("wss://a.com", {}), "direct");
}

TEST(Proxy, FollowsTheTargetsSchemeAndThenAllProxy) {
  const std::map<std::string, std::string> both = {{"HTTPS_PROXY", "http://s:1"},
                                                   {"http_proxy", "p:2"}};
  EXPECT_EQ(chosen("wss://a.com", both), "s:1");
  EXPECT_EQ(chosen("https://a.com", both), "s:1");
  EXPECT_EQ(chosen("ws://a.com", both), "p:2");
  EXPECT_EQ(chosen("ws://a.com", {{"ALL_PROXY", "http://all:3"}}), "all:3");
}

TEST(Proxy, PrefersLowerCaseAndTheConfigBeforeAll) {
  const std::map<std::string, std::string> both = {{"HTTPS_PROXY", "http://upper:1"},
                                                   {"https_proxy", "http://lower:1"}};
  EXPECT_EQ(chosen("wss://a.com", both), "lower:1");
  EXPECT_EQ(chosen("wss://a.com", both, "http://mine:9"), "mine:9");
  EXPECT_EQ(chosen("ws://127.0.0.1:1", {}, "http://mine:9"), "mine:9");
}

TEST(Proxy, LeavesOutWhatNoProxyNames) {
  const auto with = [](const std::string& list, const std::string& target) {
    return chosen(target, {{"https_proxy", "http://p:1"}, {"NO_PROXY", list}});
  };
  EXPECT_EQ(with("b.com, A.com", "wss://a.com"), "direct");
  EXPECT_EQ(with("a.com", "wss://x.a.com"), "direct");
  EXPECT_EQ(with(".a.com", "wss://x.a.com"), "direct");
  EXPECT_EQ(with("*.a.com", "wss://x.a.com"), "direct");
  EXPECT_EQ(with("a.com", "wss://ba.com"), "p:1");
  EXPECT_EQ(with("a.com:9", "wss://a.com"), "p:1");
  EXPECT_EQ(with("a.com:443", "wss://a.com"), "direct");
  EXPECT_EQ(with("*", "wss://a.com"), "direct");
}

TEST(Proxy, OfTheEnvironmentIsNeverUsedForThisMachine) {
  const std::map<std::string, std::string> all = {{"all_proxy", "http://p:1"}};
  for (const char* target : {"ws://localhost:1", "ws://127.0.0.1:1", "ws://[::1]:1"}) {
    EXPECT_EQ(chosen(target, all), "direct") << target;
  }
}

TEST(Proxy, TurnsUserAndPasswordIntoBasicAuthorization) {
  const auto proxy = choose_proxy(*parse_url("wss://a.com"), "http://me:p%40ss@p:1",
                                  [](const char*) { return std::string(); });
  ASSERT_TRUE(proxy && *proxy);
  EXPECT_EQ((**proxy).authorization, "Basic bWU6cEBzcw==");
}

TEST(Proxy, OfAnotherKindIsRefusedInWords) {
  EXPECT_EQ(chosen("wss://a.com", {{"all_proxy", "socks5://p:1"}}),
            "proxy of a kind that is not spoken (http:// is): socks5://");
}

}  // namespace
}  // namespace daedalus
