#include <map>

#include "daedalus/bronze/interpreter_inner.hpp"

namespace daedalus {
namespace {

void copy_top(const OrderBook& book, size_t depth, BookMessage& out) {
  const auto price_scale = static_cast<int8_t>(book.price_scale());
  const auto size_scale = static_cast<int8_t>(book.size_scale());
  for (const Side side : {Side::buy, Side::sell}) {
    std::vector<PriceLevel>& levels = side == Side::buy ? out.bids : out.asks;
    levels.clear();
    book.walk(side, [&](const BookLevel& level) {
      levels.push_back({{level.price, price_scale}, {level.size, size_scale}});
      return levels.size() != depth;
    });
  }
}

}  // namespace

const Stream* Interpreter::Inner::synced_book(std::string_view symbol_native) const {
  const auto native = table.find_native(symbol_native);
  if (!native) return nullptr;
  const SymbolStreams& symbol = table.symbols[table.natives[*native].symbol];
  const int index = symbol.streams[static_cast<size_t>(Channel::orderbook)];
  if (index < 0 || !table.streams[index].book.is_synced) return nullptr;
  return &table.streams[index];
}

std::optional<uint64_t> Interpreter::book_hash(std::string_view symbol_native) const {
  const Stream* stream = inner_->synced_book(symbol_native);
  if (!stream) return std::nullopt;
  return stream->book.book.hash();
}

void Interpreter::copy_book_top(std::string_view symbol_native, int64_t depth,
                                BookMessage& out) const {
  out.bids.clear();
  out.asks.clear();
  const Stream* stream = inner_->synced_book(symbol_native);
  if (stream) copy_top(stream->book.book, static_cast<size_t>(depth), out);
}

const FrameCounts& Interpreter::frame_counts() const {
  FrameCounts& named = inner_->named_counts;
  named.clear();
  for (size_t i = 0; i < kFrameOutcomes; ++i) {
    if (inner_->counts[i] > 0) {
      named[std::string(frame_outcome_name(static_cast<FrameOutcome>(i)))] = inner_->counts[i];
    }
  }
  for (const Stream& stream : inner_->table.streams) {
    for (const BufferedDelta& delta : stream.book.buffer) {
      if (delta.owns_frame) named["buffered"] += 1;
    }
  }
  return named;
}

void Interpreter::reset_frame_counts() {
  inner_->counts = {};
  for (Stream& stream : inner_->table.streams) {
    for (BufferedDelta& delta : stream.book.buffer) delta.owns_frame = false;
  }
}

std::optional<Instrument> Interpreter::instrument(std::string_view symbol_native) const {
  const auto found = inner_->table.instruments.find(symbol_native);
  if (found == inner_->table.instruments.end()) return std::nullopt;
  return found->second;
}

void Interpreter::write_checkpoints(UnixNanos opened, int64_t frame_seq, RowSink& rows) const {
  std::map<std::string_view, const Stream*> live;
  for (const Stream& stream : inner_->table.streams) {
    if (stream.book.is_synced) live[inner_->table.natives[stream.native].key.symbol] = &stream;
  }
  int64_t place = 0;
  for (const auto& [symbol, stream] : live) {
    RowKey key = inner_->table.natives[stream->native].key;
    key.capture_time = opened;
    key.recv_seq = frame_seq * kRowsPerFrame + place++;
    BookMessage image{.is_snapshot = true, .symbol_native = key.symbol_native};
    image.last_sequence = stream->book.last_sequence;
    copy_top(stream->book.book, 0, image);
    rows.on_book_row(key, BookRowKind::checkpoint, image);
  }
}

}  // namespace daedalus
