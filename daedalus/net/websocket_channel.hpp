#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daedalus/net/client.hpp"
#include "daedalus/net/io_loop.hpp"
#include "daedalus/net/transport.hpp"

namespace daedalus {

struct ChannelOptions {
  bool deflate = true;
  size_t frame_limit_bytes = size_t{256} << 20;
  std::chrono::milliseconds ping_interval{0};       ///< 0: none.
  std::chrono::milliseconds silence_limit{0};       ///< 0: never.
  std::chrono::milliseconds close_patience{2'000};  ///< For what is queued and the handshake.
  std::string peer;                                 ///< For messages: "server", "client".
};

/// All run on the loop's thread.
struct ChannelHandlers {
  std::function<void()> on_open;
  std::function<bool(std::string_view payload, bool is_binary)> on_frame;
  std::function<void(const NetworkFailure& why)> on_closed;  ///< Once; nothing follows.
  std::function<void()> on_drained;
};

/// The WebSocket protocol over a transport, for both sides. Loop's thread only, but for what says
/// otherwise.
class WebSocketChannel {
 public:
  /// A queue that falls under this has drained.
  static constexpr size_t kDrainedBytes = size_t{1} << 20;

  static std::shared_ptr<WebSocketChannel> create(std::unique_ptr<Transport> transport,
                                                  ChannelOptions options, ChannelHandlers handlers);
  virtual ~WebSocketChannel() = default;

  /// Asks for the upgrade. `host` is the Host header.
  virtual void open_as_client(const std::string& host, const std::string& target) = 0;
  /// Answers the upgrade request that comes next.
  virtual void open_as_server() = 0;
  virtual void send(std::string payload, bool is_binary) = 0;  ///< From any thread; in order.
  virtual size_t pending_bytes() const = 0;                    ///< From any thread.
  virtual void resume_reading() = 0;
  /// Writes what is queued, then the close handshake.
  virtual void close() = 0;
  /// Drops the connection; on_closed follows with these words.
  virtual void abort(std::string words) = 0;
  /// Drops the connection; nothing follows.
  virtual void abandon() = 0;
};

}  // namespace daedalus
