#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daedalus/net/client.hpp"
#include "daedalus/net/server.hpp"

namespace daedalus {

/// For tests: what arrived at a client, waited for with a limit.
class Inbox {
 public:
  /// What a client of a test is given; frames are kept, reading goes on.
  WebSocketHandlers handlers() {
    return {
        .on_open = [this] { change([this] { opened = true; }); },
        .on_frame =
            [this](std::string_view payload, bool) {
              change([&] { frames.emplace_back(payload); });
              return true;
            },
        .on_closed = [this](const NetworkFailure& why) { change([&] { closed.push_back(why); }); }};
  }

  void change(const std::function<void()>& what) {
    const std::lock_guard lock(mutex_);
    what();
    changed_.notify_all();
  }

  /// True if `condition` came true within 20 s.
  bool wait(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), condition);
  }
  bool wait_open() {
    return wait([this] { return opened || !closed.empty(); }) && closed.empty();
  }
  /// The words the connection ended with.
  std::string wait_closed() {
    return wait([this] { return !closed.empty(); }) ? closed.front().message : "still open";
  }

  bool opened = false;
  std::vector<std::string> frames;
  std::vector<NetworkFailure> closed;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// For tests: a folder that goes away again.
struct TemporaryFolder {
  TemporaryFolder() {
    char name[] = "/tmp/daedalus_net_XXXXXX";
    path = mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

/// For tests: a certificate for localhost and 127.0.0.1, and its key.
struct Certificate {
  Certificate() { EXPECT_TRUE(write_self_signed_certificate(file, key)); }
  TemporaryFolder folder;
  std::string file = folder.path + "/certificate.pem";
  std::string key = folder.path + "/key.pem";
};

/// For tests: a server that sends every frame back.
inline ServerHandlers echo_handlers() {
  return {.on_frame = [](ServerSession& session, std::string_view frame) {
    session.send(std::string(frame));
  }};
}

inline std::string url_of(const Server& server, const std::string& scheme = "ws") {
  return scheme + "://127.0.0.1:" + std::to_string(server.port()) + "/";
}

/// For tests: a TCP server that talks in plain system calls, one connection after the other.
class RawServer {
 public:
  explicit RawServer(std::function<void(int descriptor)> talk);
  ~RawServer();
  uint16_t port() const { return port_; }

 private:
  int listener_ = -1;
  uint16_t port_ = 0;
  std::thread thread_;
};

/// Reads up to and with the first empty line.
std::string read_head(int descriptor);
void write_all(int descriptor, std::string_view bytes);
/// A TCP connection to this machine.
int connect_raw(uint16_t port);

}  // namespace daedalus
