#include "daedalus/simulate/replayed_book.hpp"

namespace daedalus {
namespace {

constexpr size_t kWaitingLimit = 20'000;

std::vector<PriceLevel> levels_of(const OrderBook& book, Side side) {
  std::vector<BookLevel> levels;
  book.copy_top(side, book.levels(side), levels);
  std::vector<PriceLevel> out;
  out.reserve(levels.size());
  const auto price_scale = static_cast<int8_t>(book.price_scale());
  const auto size_scale = static_cast<int8_t>(book.size_scale());
  for (const BookLevel& level : levels) {
    out.push_back({{level.price, price_scale}, {level.size, size_scale}});
  }
  return out;
}

}  // namespace

void ReplayedBook::clear() {
  book_.clear();
  waiting_.clear();
  synced_ = joined_ = false;
}

void ReplayedBook::apply(const BookMessage& message) {
  if (message.is_snapshot || message.from_rest) {
    apply_image(message);
  } else {
    apply_delta(message);
  }
}

void ReplayedBook::apply_image(const BookMessage& message) {
  if (rule_ != SnapshotSource::in_band && synced_) return;
  if (!book_.apply(message)) return clear();
  synced_ = true;
  joined_ = false;
  last_id_ = message.last_sequence.value_or(0);
  time_ = message.time;
  if (rule_ == SnapshotSource::in_band) return;
  std::deque<BookMessage> waiting = std::move(waiting_);
  waiting_.clear();
  for (const BookMessage& delta : waiting) apply_delta(delta);
}

bool ReplayedBook::is_old(const BookMessage& delta) const {
  const int64_t last = delta.last_sequence.value_or(0);
  return rule_ == SnapshotSource::rest_chain && !joined_ ? last < last_id_ : last <= last_id_;
}

bool ReplayedBook::follows(const BookMessage& delta) const {
  const int64_t first = delta.first_sequence.value_or(0);
  if (rule_ == SnapshotSource::rest_chain) {
    return delta.previous_sequence == last_id_ || (!joined_ && first <= last_id_);
  }
  return joined_ ? first == last_id_ + 1 : first <= last_id_ + 1;
}

void ReplayedBook::apply_delta(const BookMessage& message) {
  if (rule_ == SnapshotSource::in_band) {
    if (synced_ && !book_.apply(message)) clear();
    time_ = message.time;
    return;
  }
  if (synced_ && is_old(message)) return;
  if (synced_ && !follows(message)) synced_ = false;
  if (!synced_) {
    waiting_.push_back(message);
    if (waiting_.size() > kWaitingLimit) waiting_.pop_front();
    return;
  }
  if (!book_.apply(message)) return clear();
  joined_ = true;
  last_id_ = message.last_sequence.value_or(last_id_);
  time_ = message.time;
}

BookMessage ReplayedBook::image(const std::string& symbol_native) const {
  BookMessage message;
  message.is_snapshot = true;
  message.symbol_native = symbol_native;
  message.time = time_;
  if (rule_ != SnapshotSource::in_band) message.last_sequence = last_id_;
  message.bids = levels_of(book_, Side::buy);
  message.asks = levels_of(book_, Side::sell);
  return message;
}

}  // namespace daedalus
