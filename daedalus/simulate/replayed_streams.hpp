#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daedalus/simulate/client_connections.hpp"
#include "daedalus/simulate/replayed_book.hpp"

namespace daedalus {

/// A client of a replay: its connection, and what of the recording it was given.
struct ReplayClient {
  ClientConnection* connection = nullptr;
  /// Recorded connection that it stands for: it gets that one's own acknowledgements. 0: none.
  int64_t stands_for = 0;
  std::vector<ClientRequest> unacknowledged;
  std::set<int64_t> fed_by;          ///< Recorded connections whose frames it got.
  std::set<std::string> has_images;  ///< Symbols whose in-band book image it got.
  int64_t last_frame = -1;           ///< The last frame it was considered for.
};

/// A frame or REST body that waits until a client asked for the book image before it.
struct HeldBack {
  bool is_body = false;
  int64_t recorded_connection = 0;
  std::string payload;
};

/// One stream of the recording, and of the clients.
struct ReplayStream {
  StreamId id;
  std::string title;  ///< For people.
  std::vector<ReplayClient*> listeners;
  int64_t unserved_frames = 0;
  bool is_recorded = false;  ///< The recording has it; else only clients named it.

  // Of book streams:
  std::unique_ptr<ReplayedBook> book;
  bool waits_for_question = false;  ///< `held` begins with a body nobody asked for yet.
  UnixNanos waits_since;
  bool lured = false;  ///< A delta went out to make a client ask.
  std::deque<HeldBack> held;
  std::vector<std::pair<int64_t, UnixNanos>>
      questions;                  ///< REST questions to be answered, and when they came.
  std::deque<Trade> last_trades;  ///< Of trades streams, where the venue sends history.
};

/// What a recorded frame is.
struct FrameReading {
  struct Book {
    ReplayStream* stream;
    bool is_snapshot;
  };
  std::vector<ReplayStream*> streams;
  std::vector<Book> books;
  std::vector<std::string> other_channels;
  bool is_heartbeat = false;
  bool is_acknowledgement = false;
  bool is_unreadable = false;
  std::optional<int64_t> number;
};

/// All streams, found by what a frame holds. Applies book messages to the streams' books.
class ReplayStreams {
 public:
  explicit ReplayStreams(const VenueWording& wording);

  ReplayStream& get(const StreamId& id);
  ReplayStream* find(const StreamId& id);
  /// The frame's streams; books and last trades move on.
  const FrameReading& read_frame(std::string_view payload, int64_t recorded_connection);
  /// Reads a REST book body into its book. Returns whether the book was synced before.
  bool read_book_body(ReplayStream& stream, std::string_view payload, std::string_view url);
  /// The recording's connections are new from here on.
  void forget_connection(int64_t recorded_connection);

  std::map<StreamId, std::unique_ptr<ReplayStream>>& all() { return streams_; }
  const std::map<StreamId, std::unique_ptr<ReplayStream>>& all() const { return streams_; }

 private:
  class Sink;
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  /// By the name at the front of a frame, without parsing; null: the frame has none.
  ReplayStream* named_at_front(std::string_view payload);
  ReplayStream& of_symbol(StreamKind kind, const std::string& symbol_native);

  const VenueWording& wording_;
  SnapshotSource rule_;
  std::map<StreamId, std::unique_ptr<ReplayStream>> streams_;
  std::unordered_map<std::string, ReplayStream*, TextHash, std::equal_to<>> by_name_;
  std::unordered_map<std::string, ReplayStream*, TextHash, std::equal_to<>> by_symbol_[6];
  std::map<int64_t, ConnectionState> states_;
  FrameReading reading_;
};

}  // namespace daedalus
