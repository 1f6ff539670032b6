#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "daedalus/book/order_book.hpp"
#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// One symbol's book as a recording has it so far: what a client that comes late is given. Follows
/// the venue's own rule of how deltas join an image and each other.
class ReplayedBook {
 public:
  explicit ReplayedBook(SnapshotSource rule) : rule_(rule) {}

  /// In the recording's order. Messages that cannot be are passed over.
  void apply(const BookMessage& message);
  /// Whether `image` is the venue's book: an image came, and no delta is missing since.
  bool is_synced() const { return synced_; }
  /// All levels, best first, with the sequence and time of the last message.
  BookMessage image(const std::string& symbol_native) const;
  void clear();

 private:
  void apply_image(const BookMessage& message);
  void apply_delta(const BookMessage& message);
  bool follows(const BookMessage& delta) const;
  bool is_old(const BookMessage& delta) const;

  SnapshotSource rule_;
  OrderBook book_;
  bool synced_ = false;
  bool joined_ = false;  ///< A delta was applied since the image.
  int64_t last_id_ = 0;
  ExchangeTime time_;
  std::deque<BookMessage> waiting_;  ///< Deltas that came before their image.
};

}  // namespace daedalus
