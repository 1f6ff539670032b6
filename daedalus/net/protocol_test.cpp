// The protocol byte by byte: a venue written by hand, so that our own server's view of it is not
// the only proof.
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <sys/socket.h>

#include "daedalus/base/json_text.hpp"
#include "daedalus/net/http_head.hpp"
#include "daedalus/net/loopback_fixture.hpp"

namespace daedalus {
namespace {

using testing::HasSubstr;

/// The answer to a client's upgrade request (RFC 6455, 4.2.2).
std::string upgrade_answer(const std::string& request) {
  const std::string key = std::string(parse_http_head(request)->field("sec-websocket-key")) +
                          "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(key.data(), key.size(), digest, &size, EVP_sha1(), nullptr);
  std::string accept;
  append_base64(accept, {reinterpret_cast<const char*>(digest), size});
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         accept + "\r\n\r\n";
}

/// A short frame as a server sends it.
std::string frame(int first_byte, const std::string& payload) {
  return std::string{static_cast<char>(first_byte), static_cast<char>(payload.size())} + payload;
}

/// The next short frame of a client, unmasked, with its first byte before it.
std::string read_frame(int descriptor) {
  unsigned char head[6];
  if (recv(descriptor, head, sizeof head, MSG_WAITALL) != sizeof head) return "ended";
  std::string payload(head[1] & 0x7f, '\0');
  if (!payload.empty()) recv(descriptor, payload.data(), payload.size(), MSG_WAITALL);
  for (size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ head[2 + i % 4]);
  }
  return std::string(1, static_cast<char>(head[0])) + payload;
}

/// One connection to a venue that does `talk` after the upgrade.
struct Exchange {
  explicit Exchange(std::function<void(int)> talk)
      : venue(std::make_unique<RawServer>([this, talk = std::move(talk)](int descriptor) {
          request = read_head(descriptor);
          write_all(descriptor, upgrade_answer(request));
          talk(descriptor);
        })),
        client(WebSocketClient::connect(
            loop, {.url = fmt::format("ws://127.0.0.1:{}/ws?x", venue->port())},
            inbox.handlers())) {}

  /// The words the connection ended with, when both sides are done with it.
  std::string finish() {
    const std::string words = inbox.wait_closed();
    client.reset();
    venue.reset();
    return words;
  }

  std::string request;
  Inbox inbox;
  IoLoop loop;
  std::unique_ptr<RawServer> venue;
  std::unique_ptr<WebSocketClient> client;
};

TEST(Protocol, AnswersAPingWithItsPayload) {
  std::string answer;
  Exchange exchange([&](int descriptor) {
    write_all(descriptor, frame(0x89, "1700000000"));
    answer = read_frame(descriptor);
  });

  EXPECT_THAT(exchange.finish(), HasSubstr("without a close frame"));
  EXPECT_EQ(answer,
            "\x8a"
            "1700000000");
  EXPECT_THAT(exchange.request, testing::StartsWith("GET /ws?x HTTP/1.1\r\n"));
  EXPECT_THAT(exchange.request, HasSubstr("permessage-deflate"));
  EXPECT_THAT(exchange.request, HasSubstr("User-Agent: daedalus/"));
}

TEST(Protocol, JoinsFragmentsWithAPingBetweenThemThatComeByteByByte) {
  Exchange exchange([&](int descriptor) {
    const std::string bytes =
        frame(0x01, "hel") + frame(0x89, "") + frame(0x80, "lo") + frame(0x81, "next");
    for (const char byte : bytes) {
      write_all(descriptor, {&byte, 1});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    read_frame(descriptor);
  });

  exchange.finish();
  EXPECT_THAT(exchange.inbox.frames, testing::ElementsAre("hello", "next"));
}

TEST(Protocol, TakesFramesThatCameWithTheUpgradeAnswerInOnePacket) {
  Inbox inbox;
  IoLoop loop;
  const RawServer venue([](int descriptor) {
    const std::string request = read_head(descriptor);
    std::string all = upgrade_answer(request);
    for (int i = 0; i < 500; ++i) all += frame(0x81, fmt::format("frame {}", i));
    write_all(descriptor, all);
    read_frame(descriptor);
  });
  const auto client = WebSocketClient::connect(
      loop, {.url = fmt::format("ws://127.0.0.1:{}/", venue.port())}, inbox.handlers());

  ASSERT_TRUE(inbox.wait([&] { return inbox.frames.size() == 500; }));
  EXPECT_EQ(inbox.frames[499], "frame 499");
  client->close();
}

TEST(Protocol, TellsTheVenuesCloseCodeAndReasonAndAnswersIt) {
  std::string answer;
  Exchange exchange([&](int descriptor) {
    write_all(descriptor, frame(0x88, std::string("\x03\xf5", 2) + "maintenance"));
    answer = read_frame(descriptor);
  });

  EXPECT_EQ(exchange.finish(), "closed by the server: 1013 try again later (maintenance)");
  EXPECT_THAT(answer, testing::StartsWith("\x88\x03\xf5"));
}

TEST(Protocol, EndsAtGarbageWithWords) {
  Exchange exchange([&](int descriptor) { write_all(descriptor, frame(0xf1, "garbage")); });

  EXPECT_THAT(exchange.finish(), HasSubstr("WebSocket"));
}

TEST(Protocol, CloseGivesUpOnAVenueThatNeverAnswersIt) {
  Exchange exchange([&](int descriptor) {
    char byte = 0;
    while (recv(descriptor, &byte, 1, 0) == 1) {
    }
  });
  ASSERT_TRUE(exchange.inbox.wait_open());
  const auto before = std::chrono::steady_clock::now();

  exchange.client->close();

  EXPECT_EQ(exchange.inbox.wait_closed(), "closed on request, the other side did not answer");
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(2500));
}

}  // namespace
}  // namespace daedalus
