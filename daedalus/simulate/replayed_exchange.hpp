#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daedalus/journal/record.hpp"
#include "daedalus/simulate/replayed_streams.hpp"
#include "daedalus/simulate/venue_server.hpp"

namespace daedalus {

/// The records of a recording, in order.
class ReplaySource {
 public:
  virtual ~ReplaySource() = default;
  /// Null at the end; holds until the next call. Errors: io, malformed: the replay ends there.
  virtual Result<const Record*> next() = 0;
};

struct ReplayOptions {
  double speed = 1;                 ///< Recorded seconds a second; 0: as fast as clients take it.
  int wait_clients = 1;             ///< Connections with subscriptions that the start waits for,
  Nanoseconds settle{500'000'000};  ///< and how long no further subscription must have come then.
  /// How long frames behind a book image wait until a client asks for that image,
  Nanoseconds patience{30 * kNanosPerSecond};
  /// and a question for an image until the recording comes to it.
  Nanoseconds question_patience{10 * kNanosPerSecond};
  size_t held_limit_bytes = size_t{256} << 20;
};

struct ReplayProgress {
  int64_t records = 0;
  int64_t frames = 0;                ///< Recorded frames passed.
  int64_t frames_sent = 0;           ///< To clients; one to two clients counts twice.
  int64_t frames_unserved = 0;       ///< Nobody was subscribed to them.
  int64_t frames_without_image = 0;  ///< Of in-band books whose image was not recorded.
  int64_t bytes_sent = 0;
  int64_t images_recorded = 0;  ///< Book images answered as recorded,
  int64_t images_made = 0;      ///< and made from the replayed book.
  UnixNanos at;                 ///< Recorded time.
  bool started = false;
  bool ended = false;
  std::string error;  ///< Why it ended before its end.
};

/// A recording served as the venue itself. Causal: it starts when clients have subscribed, and
/// frames recorded behind a REST book image wait until a client asked for that image. A client that
/// is there from the start and subscribes to what was recorded gets exactly the recorded payloads;
/// who comes later, or subscribes to less, gets a count of its own (where the venue counts) and a
/// book image made from the replayed book.
class ReplayedExchange final : public VenueServer {
 public:
  /// Errors: config, for an exchange nobody can play.
  static Result<std::unique_ptr<ReplayedExchange>> create(const Exchange& exchange,
                                                          std::unique_ptr<ReplaySource> source,
                                                          const ReplayOptions& options);

  void on_open(int64_t connection, std::string_view target, UnixNanos now,
               VenueOutbox& out) override;
  void on_frame(int64_t connection, std::string_view text, UnixNanos now,
                VenueOutbox& out) override;
  void on_closed(int64_t connection) override;
  void on_http(int64_t request, std::string_view target, UnixNanos now, VenueOutbox& out) override;
  std::optional<UnixNanos> next_time() const override;
  void advance(UnixNanos until, VenueOutbox& out) override;

  const ReplayProgress& progress() const { return progress_; }
  /// Streams whose frames nobody got, with their number.
  std::map<std::string, int64_t> unserved() const;
  /// Begins the recording again: all connections are closed, books are empty.
  void restart(std::unique_ptr<ReplaySource> source, UnixNanos now, VenueOutbox& out);

 private:
  enum class Phase { waiting, running, ended };
  struct RecordedConnection {
    std::set<StreamId> streams;  ///< As far as the recording says.
    bool begun = false;
    std::optional<int64_t> last_number;
  };

  ReplayedExchange(const VenueWording& wording, std::unique_ptr<ReplaySource> source,
                   const ReplayOptions& options);

  // Clients (replayed_exchange_clients.cpp).
  void take_outcome(ReplayClient& client, RequestOutcome outcome, UnixNanos now, VenueOutbox& out);
  void acknowledge(ReplayClient& client, UnixNanos now, VenueOutbox& out);
  void give_first_image(ReplayClient& client, const AskedStream& stream, UnixNanos now,
                        VenueOutbox& out);
  void remove_listener(ReplayClient& client, const StreamId& id);
  void answer_book(ReplayStream& stream, int64_t request, std::string_view target, UnixNanos now,
                   VenueOutbox& out);
  void answer_from_book(ReplayStream& stream, int64_t request, int limit, UnixNanos now,
                        VenueOutbox& out);
  void close_fed_by(int64_t recorded_connection, UnixNanos now, VenueOutbox& out);
  /// Recorded connections that begin find the clients that stand for them.
  void match_clients(UnixNanos now, VenueOutbox& out);
  int subscribed_clients() const;
  bool enough_clients(UnixNanos now) const;
  bool all_recorded_streams_are_asked_for() const;
  /// What a recorded request or connect URL subscribed to.
  std::set<StreamId> streams_asked_by(const Record& record) const;
  bool are_asked_for(const std::set<StreamId>& streams) const;
  /// A recorded request waits until clients made it too, while they still make requests at all; the
  /// replay's clock stands meanwhile.
  bool awaits_request(const Record& record, UnixNanos now);
  void send(ReplayClient& client, std::string_view frame, UnixNanos now, VenueOutbox& out);

  // Records.
  void read_next();
  bool needs_clients(const Record& record) const;
  UnixNanos due_time(const Record& record) const;
  void process(const Record& record, UnixNanos now, VenueOutbox& out);
  void process_frame(const Record& record, UnixNanos now, VenueOutbox& out);
  void process_body(const Record& record, UnixNanos now, VenueOutbox& out);
  void begin_connection(RecordedConnection& recorded, int64_t id);
  void repeat_number_gap(int64_t id, RecordedConnection& recorded, int64_t number);
  void deliver(const FrameReading& reading, int64_t recorded_connection, std::string_view payload,
               UnixNanos now, VenueOutbox& out);
  void deliver_to_stream(ReplayStream& stream, int64_t recorded_connection,
                         std::string_view payload, bool is_image, UnixNanos now, VenueOutbox& out);
  void deliver_control(const FrameReading& reading, int64_t recorded_connection,
                       std::string_view payload, UnixNanos now, VenueOutbox& out);
  bool give(ReplayClient& client, int64_t recorded_connection, std::string_view payload,
            UnixNanos now, VenueOutbox& out);
  void hold(ReplayStream& stream, HeldBack item);
  void release(ReplayStream& stream, UnixNanos now, VenueOutbox& out);
  void look_after_waiting(UnixNanos now, VenueOutbox& out);
  void beat(UnixNanos now, VenueOutbox& out);

  const VenueWording& wording_;
  ReplayOptions options_;
  std::unique_ptr<ReplaySource> source_;
  const Record* current_ = nullptr;
  ClientConnections connections_;
  std::map<int64_t, std::unique_ptr<ReplayClient>> clients_;
  ReplayStreams streams_;
  std::map<int64_t, RecordedConnection> recorded_;
  std::map<std::string, std::string, std::less<>> documents_;  ///< REST bodies by path.
  ReplayProgress progress_;

  Phase phase_ = Phase::waiting;
  int clients_wanted_ = 1;
  UnixNanos waiting_since_;
  UnixNanos last_subscription_;
  /// Replay time: recorded `base_record_` was due at `base_now_`.
  std::optional<UnixNanos> base_record_;
  UnixNanos base_now_;
  UnixNanos last_look_;
  UnixNanos next_beat_;
  int64_t frame_count_ = 0;
  size_t held_bytes_ = 0;
  std::set<StreamId> awaited_;  ///< Streams of the recorded request that clients have yet to make.
  bool rejoining_ = false;
};

}  // namespace daedalus
