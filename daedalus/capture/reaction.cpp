#include "daedalus/capture/reaction.hpp"

namespace daedalus {

void Reaction::clear() {
  if (!anything_) return;
  resyncs.clear();
  broken.clear();
  live_books.clear();
  first_data.clear();
  controls.clear();
  unparsable.clear();
  gaps.clear();
  anything_ = false;
}

void Reaction::on_resync_needed(int64_t connection, const Subscription& stream, GapKind kind) {
  resyncs.push_back({connection, stream, kind});
  anything_ = true;
}

void Reaction::on_connection_broken(int64_t connection, GapKind kind) {
  broken.emplace_back(connection, kind);
  anything_ = true;
}

void Reaction::on_book_live(int64_t, const Subscription& stream) {
  live_books.push_back(stream);
  anything_ = true;
}

void Reaction::on_data(int64_t, const Subscription& stream, UnixNanos) {
  if (!streams_.on_data(stream)) return;
  first_data.push_back(stream);
  anything_ = true;
}

void Reaction::on_control(int64_t connection, const ControlMessage& message) {
  if (message.kind == ControlMessage::Kind::heartbeat ||
      message.kind == ControlMessage::Kind::acknowledged) {
    return;
  }
  controls.emplace_back(connection, message);
  anything_ = true;
}

void Reaction::on_unparsable(int64_t, const Error& error) {
  unparsable.push_back(error.message);
  anything_ = true;
}

void Reaction::on_gap_row(const RowKey& key, const GapRow& gap) {
  if (tap_ != nullptr) tap_->on_gap_row(key, gap);
  gaps.emplace_back(key.symbol.empty() ? key.symbol_native : key.symbol, gap);
  anything_ = true;
}

}  // namespace daedalus
