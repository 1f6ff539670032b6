#pragma once

#include "daedalus/net/asio.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost::asio::ssl {
class context;
template <typename>
class stream;
}  // namespace boost::asio::ssl

namespace daedalus {

/// One TCP connection, plain or TLS, as one type: what reads from and writes to it is compiled
/// once. Reads take all that has arrived and hand it out in pieces, so many small frames cost one
/// system call; writes that are held are sent together. Loop's thread only.
class Transport {
 public:
  using executor_type = Executor;
  using IoHandler = asio::any_completion_handler<void(error_code, size_t)>;

  Transport(Socket socket, size_t read_buffer_bytes);
  ~Transport();
  Transport(const Transport&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }

  /// From now on TLS over the same socket; `tls` is set up (host name, mode) by the caller.
  asio::ssl::stream<Socket&>& start_tls(std::shared_ptr<asio::ssl::context> context);
  /// Puts bytes back that were read too far: the next read gets them first.
  void unread(std::string_view bytes);
  /// True: writes are gathered until one comes that is not held, or 64 KiB are.
  void hold(bool more_follows) { hold_ = more_follows; }
  /// All bytes that ever came from the socket.
  uint64_t received_bytes() const { return received_bytes_; }
  void close();

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, size_t)>(
        [this](auto&& handler, asio::mutable_buffer into) {
          start_read(into, IoHandler(std::forward<decltype(handler)>(handler)));
        },
        token, first_not_empty(buffers));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, size_t)>(
        [this](auto&& handler, const Buffers& from) {
          const size_t taken = gather(from);
          start_write(taken, IoHandler(std::forward<decltype(handler)>(handler)));
        },
        token, buffers);
  }

 private:
  static constexpr size_t kGatherBytes = 256 * 1024;
  static constexpr size_t kHoldBytes = 64 * 1024;

  template <class Buffers>
  static asio::mutable_buffer first_not_empty(const Buffers& buffers) {
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
         ++at) {
      if (const asio::mutable_buffer piece(*at); piece.size() > 0) return piece;
    }
    return {};
  }

  template <class Buffers>
  size_t gather(const Buffers& buffers) {
    const size_t before = out_.size();
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
         ++at) {
      const asio::const_buffer piece(*at);
      const size_t room = kGatherBytes - out_.size();
      out_.append(static_cast<const char*>(piece.data()), std::min(piece.size(), room));
    }
    return out_.size() - before;
  }

  void start_read(asio::mutable_buffer into, IoHandler handler);
  void start_write(size_t taken, IoHandler handler);
  size_t hand_out(asio::mutable_buffer into);
  template <class Handler>
  void receive(asio::mutable_buffer into, Handler handler);

  Socket socket_;
  std::shared_ptr<asio::ssl::context> context_;
  std::unique_ptr<asio::ssl::stream<Socket&>> tls_;
  std::vector<char> in_;
  size_t in_begin_ = 0;
  size_t in_end_ = 0;
  std::string out_;
  bool hold_ = false;
  uint64_t received_bytes_ = 0;
};

}  // namespace daedalus
