#include "daedalus/net/websocket_channel.hpp"

#include "daedalus/net/asio.hpp"

#include <atomic>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <mutex>

#include "daedalus/base/version.hpp"
#include "daedalus/net/failure_text.hpp"
#include "daedalus/net/http_head.hpp"

namespace daedalus {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using Clock = std::chrono::steady_clock;

/// Beast finds these two by argument: how to end the connection under a WebSocket.
void beast_close_socket(Transport& transport) {
  transport.close();
}

template <class Handler>
void async_teardown(beast::role_type role, Transport& transport, Handler&& handler) {
  error_code failed;
  // A server ends first (RFC 6455, 7.1.1); the client then sees the end of the stream.
  transport.socket().shutdown(
      role == beast::role_type::server ? Socket::shutdown_send : Socket::shutdown_both, failed);
  asio::post(transport.get_executor(),
             [handler = std::forward<Handler>(handler)]() mutable { handler(error_code()); });
}

namespace {

/// A read buffer grown by one large frame is given back.
constexpr size_t kKeptBufferBytes = size_t{4} << 20;
constexpr size_t kRefusalBodyBytes = 4096;

class Channel : public WebSocketChannel, public std::enable_shared_from_this<Channel> {
 public:
  Channel(std::unique_ptr<Transport> transport, ChannelOptions options, ChannelHandlers handlers)
      : options_(std::move(options)),
        handlers_(std::move(handlers)),
        transport_(std::move(transport)),
        stream_(*transport_),
        ticker_(stream_.get_executor()),
        patience_(stream_.get_executor()) {
    websocket::permessage_deflate deflate;
    deflate.client_enable = options_.deflate;
    deflate.server_enable = options_.deflate;
    deflate.compLevel = 3;
    stream_.set_option(deflate);
    stream_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                       websocket::stream_base::none(), false});
    stream_.auto_fragment(false);
    stream_.write_buffer_bytes(16 * 1024);
    stream_.read_message_max(options_.frame_limit_bytes);
  }

  void open_as_client(const std::string& host, const std::string& target) override {
    stream_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
      request.set(beast::http::field::user_agent, fmt::format("daedalus/{}", kVersion));
    }));
    stream_.async_handshake(
        response_, host, target, [self = shared_from_this(), host](error_code failed) {
          if (self->finished_) return;
          if (failed == websocket::error::upgrade_declined)
            return self->finish(self->refusal(host));
          if (failed) {
            return self->finish({.message = fmt::format("WebSocket handshake with {} failed: {}",
                                                        host, self->words(failed))});
          }
          self->opened();
        });
  }

  void open_as_server() override {
    stream_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
      response.set(beast::http::field::server, fmt::format("daedalus/{}", kVersion));
    }));
    stream_.async_accept([self = shared_from_this()](error_code failed) {
      if (self->finished_) return;
      if (failed) return self->finish({.message = self->words(failed)});
      self->opened();
    });
  }

  void send(std::string payload, bool is_binary) override {
    const size_t size = payload.size();
    bool idle = false;
    {
      const std::lock_guard lock(mutex_);
      if (refuses_) return;
      pending_bytes_ += size;
      queue_.push_back({std::move(payload), is_binary});
      idle = !std::exchange(writing_, true);
    }
    if (idle) {
      asio::post(stream_.get_executor(), [self = shared_from_this()] { self->write_next(); });
    }
  }

  size_t pending_bytes() const override { return pending_bytes_; }

  void resume_reading() override {
    if (!std::exchange(paused_, false) || finished_) return;
    last_change_ = Clock::now();
    read();
  }

  void close() override {
    if (finished_ || std::exchange(close_asked_, true)) return;
    {
      const std::lock_guard lock(mutex_);
      refuses_ = true;
    }
    patience_.expires_after(options_.close_patience);
    patience_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->finish({.message = "closed on request, the other side did not answer"});
    });
    if (!open_) return finish({.message = "closed on request"});
    if (!write_in_flight_) write_next();
  }

  void abort(std::string words) override { finish({.message = std::move(words)}); }

  void abandon() override {
    handlers_.on_closed = nullptr;
    finish({});
  }

 private:
  struct Message {
    std::string payload;
    bool is_binary = false;
  };

  void opened() {
    open_ = true;
    last_change_ = last_ping_ = Clock::now();
    handlers_.on_open();
    if (finished_) return;
    tick();
    read();
    if (!write_in_flight_) write_next();
  }

  void read() {
    stream_.async_read(
        buffer_, [self = shared_from_this()](error_code failed, size_t) { self->on_read(failed); });
  }

  void on_read(error_code failed) {
    if (finished_) return;
    if (failed) return finish({.message = words(failed)});
    const auto bytes = buffer_.cdata();
    const bool go_on = handlers_.on_frame({static_cast<const char*>(bytes.data()), bytes.size()},
                                          stream_.got_binary());
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kKeptBufferBytes) buffer_.shrink_to_fit();
    if (finished_) return;
    if (go_on) {
      read();
    } else {
      paused_ = true;
    }
  }

  void write_next() {
    if (finished_ || !open_ || write_in_flight_) return;
    bool more = false;
    {
      const std::lock_guard lock(mutex_);
      writing_ = !queue_.empty();
      if (writing_) {
        current_ = std::move(queue_.front());
        queue_.pop_front();
        more = !queue_.empty();
      }
    }
    transport_->hold(more);
    if (current_) {
      write_in_flight_ = true;
      stream_.binary(current_->is_binary);
      stream_.async_write(
          asio::buffer(current_->payload),
          [self = shared_from_this()](error_code failed, size_t) { self->on_written(failed); });
    } else if (close_asked_) {
      start_close();
    }
  }

  void on_written(error_code failed) {
    write_in_flight_ = false;
    const size_t size = current_->payload.size();
    current_.reset();
    const size_t before = pending_bytes_.fetch_sub(size);
    if (finished_) return;
    if (failed) return finish({.message = words(failed)});
    if (before >= kDrainedBytes && before - size < kDrainedBytes && handlers_.on_drained) {
      handlers_.on_drained();
    }
    write_next();
  }

  void start_close() {
    if (std::exchange(closing_, true)) return;
    stream_.async_close(websocket::close_code::normal, [self = shared_from_this()](error_code) {
      self->finish({.message = "closed on request"});
    });
  }

  /// Looks at the life signs a few times per limit; nothing is timed per frame.
  void tick() {
    auto step = std::chrono::milliseconds(1000);
    for (const auto limit : {options_.ping_interval, options_.silence_limit}) {
      if (limit.count() > 0)
        step = std::min(step, std::max(limit / 8, std::chrono::milliseconds(5)));
    }
    if (options_.ping_interval.count() == 0 && options_.silence_limit.count() == 0) return;
    ticker_.expires_after(step);
    ticker_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled && !self->finished_) self->on_tick();
    });
  }

  void on_tick() {
    const auto now = Clock::now();
    if (paused_ || transport_->received_bytes() != seen_bytes_) last_change_ = now;
    seen_bytes_ = transport_->received_bytes();
    if (options_.silence_limit.count() > 0 && now - last_change_ >= options_.silence_limit) {
      return finish(
          {.message = fmt::format("nothing received for {:g} s",
                                  static_cast<double>(options_.silence_limit.count()) / 1000)});
    }
    const bool due =
        options_.ping_interval.count() > 0 && now - last_ping_ >= options_.ping_interval;
    if (due && !ping_in_flight_ && !close_asked_) {
      last_ping_ = now;
      ping_in_flight_ = true;
      stream_.async_ping(
          {}, [self = shared_from_this()](error_code) { self->ping_in_flight_ = false; });
    }
    tick();
  }

  void finish(NetworkFailure why) {
    if (std::exchange(finished_, true)) return;
    {
      const std::lock_guard lock(mutex_);
      refuses_ = true;
      queue_.clear();
    }
    pending_bytes_ = current_ ? current_->payload.size() : 0;
    ticker_.cancel();
    patience_.cancel();
    transport_->close();
    const auto on_closed = std::exchange(handlers_.on_closed, nullptr);
    if (on_closed) on_closed(why);
  }

  NetworkFailure refusal(const std::string& host) const {
    NetworkFailure why{.http_status = static_cast<int>(response_.result_int())};
    const auto after = response_[beast::http::field::retry_after];
    why.retry_after_s = parse_retry_after({after.data(), after.size()}, wall_clock_now());
    why.body = response_.body().substr(0, kRefusalBodyBytes);
    why.message = refusal_words(host, why.http_status, why.retry_after_s);
    return why;
  }

  std::string words(error_code failed) const {
    if (close_asked_) return "closed on request";
    if (failed == websocket::error::closed) {
      const auto& reason = stream_.reason();
      const int code = reason.code == 0 ? 1005 : reason.code;
      return fmt::format(
          "closed by the {}: {}", options_.peer,
          close_words(code, std::string(reason.reason.data(), reason.reason.size())));
    }
    if (failed == websocket::error::message_too_big) {
      return fmt::format("frame too large: over the limit of {} bytes", options_.frame_limit_bytes);
    }
    if (failed == asio::error::eof) {
      return fmt::format("connection ended by the {} without a close frame", options_.peer);
    }
    return socket_words(failed);
  }

  const ChannelOptions options_;
  ChannelHandlers handlers_;
  std::unique_ptr<Transport> transport_;
  websocket::stream<Transport&> stream_;
  websocket::response_type response_;
  beast::flat_buffer buffer_;
  asio::steady_timer ticker_;
  asio::steady_timer patience_;
  Clock::time_point last_change_;
  Clock::time_point last_ping_;
  uint64_t seen_bytes_ = 0;
  bool open_ = false;
  bool paused_ = false;
  bool ping_in_flight_ = false;
  bool write_in_flight_ = false;
  bool close_asked_ = false;
  bool closing_ = false;
  bool finished_ = false;
  std::optional<Message> current_;
  std::atomic<size_t> pending_bytes_{0};

  std::mutex mutex_;
  std::deque<Message> queue_;  ///< Guarded by mutex_.
  bool writing_ = false;       ///< Guarded by mutex_. Something is on its way to the socket.
  bool refuses_ = false;       ///< Guarded by mutex_. Closed: nothing is taken any more.
};

}  // namespace

std::shared_ptr<WebSocketChannel> WebSocketChannel::create(std::unique_ptr<Transport> transport,
                                                           ChannelOptions options,
                                                           ChannelHandlers handlers) {
  return std::make_shared<Channel>(std::move(transport), std::move(options), std::move(handlers));
}

}  // namespace daedalus
