#include "daedalus/net/transport.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cstring>

namespace daedalus {

Transport::Transport(Socket socket, size_t read_buffer_bytes)
    : socket_(std::move(socket)), in_(read_buffer_bytes) {}

Transport::~Transport() = default;

asio::ssl::stream<Socket&>& Transport::start_tls(std::shared_ptr<asio::ssl::context> context) {
  context_ = std::move(context);
  tls_ = std::make_unique<asio::ssl::stream<Socket&>>(socket_, *context_);
  return *tls_;
}

void Transport::unread(std::string_view bytes) {
  std::vector<char> all(bytes.begin(), bytes.end());
  all.insert(all.end(), in_.begin() + static_cast<ptrdiff_t>(in_begin_),
             in_.begin() + static_cast<ptrdiff_t>(in_end_));
  in_begin_ = 0;
  in_end_ = all.size();
  all.resize(std::max(all.size(), in_.size()));
  in_ = std::move(all);
}

void Transport::close() {
  error_code ignored;
  socket_.close(ignored);
}

template <class Handler>
void Transport::receive(asio::mutable_buffer into, Handler handler) {
  if (tls_) {
    tls_->async_read_some(into, std::move(handler));
  } else {
    socket_.async_read_some(into, std::move(handler));
  }
}

size_t Transport::hand_out(asio::mutable_buffer into) {
  const size_t taken = std::min(into.size(), in_end_ - in_begin_);
  std::memcpy(into.data(), in_.data() + in_begin_, taken);
  in_begin_ += taken;
  return taken;
}

void Transport::start_read(asio::mutable_buffer into, IoHandler handler) {
  if (in_begin_ < in_end_ || into.size() == 0) {
    const size_t taken = hand_out(into);
    asio::post(get_executor(), [handler = std::move(handler), taken]() mutable {
      std::move(handler)(error_code(), taken);
    });
    return;
  }
  const bool direct = into.size() >= in_.size();
  const asio::mutable_buffer target = direct ? into : asio::buffer(in_);
  receive(target, [this, direct, into, handler = std::move(handler)](error_code failed,
                                                                     size_t size) mutable {
    received_bytes_ += size;
    if (!direct) {
      in_begin_ = 0;
      in_end_ = size;
      size = hand_out(into);
    }
    std::move(handler)(failed, size);
  });
}

void Transport::start_write(size_t taken, IoHandler handler) {
  if (hold_ && out_.size() < kHoldBytes) {
    asio::post(get_executor(), [handler = std::move(handler), taken]() mutable {
      std::move(handler)(error_code(), taken);
    });
    return;
  }
  auto written = [this, taken, handler = std::move(handler)](error_code failed, size_t) mutable {
    out_.clear();
    std::move(handler)(failed, taken);
  };
  if (tls_) {
    asio::async_write(*tls_, asio::buffer(out_), std::move(written));
  } else {
    asio::async_write(socket_, asio::buffer(out_), std::move(written));
  }
}

}  // namespace daedalus
