#include <utility>

#include "daedalus/bronze/interpreter_inner.hpp"

namespace daedalus {

void Interpreter::Inner::on_book(const BookMessage& message) {
  if (skip_frame) return;
  Stream* stream = data_stream(message.symbol_native, Channel::orderbook, !message.from_rest);
  if (!stream) return;
  if (message.from_rest) return on_rest_image(*stream, message);
  if (message.is_snapshot) return on_image(*stream, message);
  on_delta(*stream, message);
}

void Interpreter::Inner::resync(Stream& stream, GapKind kind) {
  observer->on_resync_needed(stream.connection, stream.subscription, kind);
}

/// Errors are the message's: the stream is in a gap until the next image.
bool Interpreter::Inner::apply_to_book(Stream& stream, const BookMessage& message) {
  const Result<void> applied = stream.book.book.apply(message);
  if (applied) return true;
  note(FrameOutcome::unparsable);
  stream.gap.frames_lost += 1;
  observer->on_unparsable(connection_id, applied.error());
  break_stream(stream, {.kind = GapKind::sequence, .detail = "unusable message"});
  resync(stream, GapKind::sequence);
  return false;
}

void Interpreter::Inner::write_book_row(Stream& stream, BookRowKind kind,
                                        const BookMessage& message) {
  frame_rows += 1;
  rows->on_book_row(next_key(stream.native), kind, message);
}

void Interpreter::Inner::on_image(Stream& stream, const BookMessage& message) {
  drop_buffer(stream);
  if (!apply_to_book(stream, message)) return;
  const bool was_synced = std::exchange(stream.book.is_synced, true);
  stream.book.is_joining = false;
  stream.book.last_sequence = message.last_sequence;
  if (stream.coverage != Coverage::live) close_gap(stream, "snapshot");
  write_book_row(stream, BookRowKind::snapshot, message);
  check_crossed(stream);
  if (!was_synced) observer->on_book_live(stream.connection, stream.subscription);
}

bool Interpreter::Inner::is_older(const BookMessage& delta, int64_t image) const {
  if (!delta.last_sequence) return false;
  return book_rule->snapshot == SnapshotSource::rest_chain ? *delta.last_sequence < image
                                                           : *delta.last_sequence <= image;
}

bool Interpreter::Inner::bridges(const BookMessage& delta, int64_t image) const {
  if (book_rule->snapshot == SnapshotSource::rest_chain && delta.previous_sequence) {
    return *delta.previous_sequence <= image;
  }
  return !delta.first_sequence || *delta.first_sequence <= image + 1;
}

bool Interpreter::Inner::continues(const BookMessage& delta, int64_t last) const {
  if (book_rule->continuity == Continuity::chain && delta.previous_sequence) {
    return *delta.previous_sequence == last;
  }
  return !delta.first_sequence || *delta.first_sequence <= last + 1;
}

void Interpreter::Inner::on_rest_image(Stream& stream, const BookMessage& message) {
  BookTrack& track = stream.book;
  const int64_t image = message.last_sequence.value_or(0);
  if (track.is_synced && track.last_sequence && image < *track.last_sequence) {
    return note(FrameOutcome::stale_snapshot);
  }
  while (!track.buffer.empty() && is_older(track.buffer.front().message, image)) {
    resolve_buffered(stream, track.buffer.front(), FrameOutcome::before_snapshot);
    track.buffer.pop_front();
  }
  if (!track.buffer.empty() && !bridges(track.buffer.front().message, image)) {
    note(FrameOutcome::stale_snapshot);
    open_gap(stream, {.kind = GapKind::snapshot_late,
                      .expected = image + 1,
                      .received = track.buffer.front().message.first_sequence,
                      .detail = "the snapshot is older than the deltas kept"});
    return resync(stream, GapKind::snapshot_late);
  }
  std::deque<BufferedDelta> waiting = std::exchange(track.buffer, {});
  if (!apply_to_book(stream, message)) {
    for (const BufferedDelta& delta : waiting) {
      resolve_buffered(stream, delta, FrameOutcome::unsynced);
    }
    return;
  }
  const bool was_synced = std::exchange(track.is_synced, true);
  track.is_joining = true;
  track.last_sequence = image;
  if (stream.coverage != Coverage::live) close_gap(stream, "snapshot");
  write_book_row(stream, BookRowKind::snapshot, message);
  track.buffer = std::move(waiting);
  write_buffered(stream);
  if (track.is_synced) check_crossed(stream);
  if (!was_synced && track.is_synced) {
    observer->on_book_live(stream.connection, stream.subscription);
  }
}

void Interpreter::Inner::write_buffered(Stream& stream) {
  BookTrack& track = stream.book;
  while (!track.buffer.empty()) {
    const BufferedDelta delta = std::move(track.buffer.front());
    track.buffer.pop_front();
    if (!apply_to_book(stream, delta.message)) {
      return resolve_buffered(stream, delta, FrameOutcome::unparsable);
    }
    if (delta.owns_frame) count(FrameOutcome::rows);
    track.is_joining = false;
    track.last_sequence = delta.message.last_sequence;
    write_book_row(stream, BookRowKind::delta, delta.message);
  }
}

void Interpreter::Inner::on_delta(Stream& stream, const BookMessage& message) {
  BookTrack& track = stream.book;
  if (!track.is_synced) {
    if (book_rule && book_rule->snapshot != SnapshotSource::in_band && message.last_sequence) {
      return buffer_delta(stream, message);
    }
    stream.gap.frames_lost += 1;
    return note(FrameOutcome::unsynced);
  }
  if (message.last_sequence && track.last_sequence && book_rule &&
      book_rule->continuity != Continuity::none &&
      book_rule->continuity != Continuity::connection_counter) {
    return on_sequenced_delta(stream, message);
  }
  accept_delta(stream, message);
}

void Interpreter::Inner::on_sequenced_delta(Stream& stream, const BookMessage& message) {
  BookTrack& track = stream.book;
  const int64_t last = *track.last_sequence;
  if (track.is_joining && is_older(message, last)) return note(FrameOutcome::before_snapshot);
  if (!track.is_joining && *message.last_sequence <= last) return note(FrameOutcome::duplicate);
  if (track.is_joining ? !bridges(message, last) : !continues(message, last)) {
    const bool by_chain =
        book_rule->continuity == Continuity::chain && message.previous_sequence.has_value();
    break_stream(stream,
                 {.kind = GapKind::sequence,
                  .expected = by_chain ? last : last + 1,
                  .received = by_chain ? message.previous_sequence : message.first_sequence});
    buffer_delta(stream, message);
    return resync(stream, GapKind::sequence);
  }
  accept_delta(stream, message);
}

void Interpreter::Inner::accept_delta(Stream& stream, const BookMessage& message) {
  if (!apply_to_book(stream, message)) return;
  BookTrack& track = stream.book;
  track.is_joining = false;
  if (message.last_sequence) track.last_sequence = message.last_sequence;
  const bool ends_gap = stream.coverage == Coverage::gap && stream.gap.kind == GapKind::crossed &&
                        track.book.state() != BookState::crossed;
  if (ends_gap) close_gap(stream, "uncrossed");
  write_book_row(stream, BookRowKind::delta, message);
  check_crossed(stream);
}

void Interpreter::Inner::buffer_delta(Stream& stream, const BookMessage& message) {
  BookTrack& track = stream.book;
  if (!track.buffer.empty()) {
    const int64_t last = *track.buffer.back().message.last_sequence;
    if (*message.last_sequence <= last) return note(FrameOutcome::duplicate);
    if (!continues(message, last)) drop_buffer(stream);
  }
  if (static_cast<int64_t>(track.buffer.size()) >= options.buffered_deltas_per_book) {
    open_gap(stream, {.kind = GapKind::snapshot_late, .detail = "too many deltas wait for it"});
    drop_buffer(stream);
    resync(stream, GapKind::snapshot_late);
  }
  track.buffer.push_back({.message = message});
  buffered_into = table.symbols[table.natives[stream.native].symbol]
                      .streams[static_cast<size_t>(Channel::orderbook)];
}

void Interpreter::Inner::resolve_buffered(Stream& stream, const BufferedDelta& delta,
                                          FrameOutcome what) {
  stream.gap.frames_lost += 1;
  if (delta.owns_frame) count(what);
}

void Interpreter::Inner::drop_buffer(Stream& stream) {
  for (const BufferedDelta& delta : stream.book.buffer) {
    resolve_buffered(stream, delta, FrameOutcome::unsynced);
  }
  stream.book.buffer.clear();
}

/// Where nobody can be asked for an image, a crossed book goes on: its gap ends when it is
/// uncrossed.
void Interpreter::Inner::check_crossed(Stream& stream) {
  BookTrack& track = stream.book;
  if (track.book.state() != BookState::crossed) {
    track.crossed_events = 0;
    return;
  }
  if (track.crossed_events++ == 0) track.crossed_since = now.capture_time;
  if (stream.coverage != Coverage::live) return;
  const int64_t lasted_ns = (now.capture_time - track.crossed_since).count();
  if (track.crossed_events < options.crossed_events && lasted_ns < options.crossed_ns) return;
  const GapFacts facts{.kind = GapKind::crossed};
  if (is_import) return open_gap(stream, facts);
  break_stream(stream, facts);
  resync(stream, GapKind::crossed);
}

}  // namespace daedalus
