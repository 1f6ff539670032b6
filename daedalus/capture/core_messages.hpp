#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "daedalus/base/log.hpp"
#include "daedalus/base/time.hpp"
#include "daedalus/journal/record.hpp"

namespace daedalus {

/// When something happened, on both clocks: the wall clock dates records and may step, the
/// monotonic one runs the deadlines.
struct CoreTime {
  UnixNanos wall;
  Nanoseconds monotonic{0};
};

/// What the capture core is told. A `link` is the number of one connect attempt, given out by the
/// core; every link that was opened ends with exactly one ConnectionEnded, after which nothing of
/// it follows.
struct ConnectionOpened {
  int64_t link = 0;
};
struct ConnectionEnded {
  int64_t link = 0;
  std::string why;      ///< Of a refused upgrade: the beginning of its body, or nothing.
  int http_status = 0;  ///< Of a refused upgrade; 0: none.
  std::optional<int64_t> retry_after_s;
};
struct FrameReceived {
  int64_t link = 0;
  std::string payload;
  bool is_binary = false;
};
/// Exactly one for each request.
struct HttpAnswered {
  int64_t request = 0;
  int status = 0;  ///< 0: no answer came, `failure` says why.
  std::string body;
  std::optional<int64_t> retry_after_s;
  std::string failure;
};
struct TimerTick {};
struct DiskReport {
  std::optional<int64_t> flushed_frame_seq;  ///< All records up to here are on disk.
  std::optional<int64_t> free_mb;
};
/// The source's queue was full and its sockets were not read.
struct QueueWasFull {
  Nanoseconds waited{0};
};
struct StopRequested {
  std::string why;
};
using CoreInput = std::variant<ConnectionOpened, ConnectionEnded, FrameReceived, HttpAnswered,
                               TimerTick, DiskReport, QueueWasFull, StopRequested>;

/// What the core tells people and statistics; `text` is whole and names venue and symbol.
struct CoreFact {
  enum class Kind {
    connected,
    disconnected,
    refused,         ///< The venue said no: to a connect, a subscription or a REST request.
    subscribed,      ///< All subscribe frames of a connection are sent.
    silent,          ///< Streams that were asked for and never delivered.
    unknown_symbol,  ///< Not in the venue's own list of instruments.
    gap_opened,
    gap_closed,
    unparsable,
    request_failed,  ///< A REST request got no answer in time.
    notice,          ///< The venue tells something.
    clock_stepped,
    disk_low,  ///< The core stops by itself after it.
    stopped,
  };
  Kind kind = Kind::notice;
  std::string text;
};

/// The beginning of a refusal's body, on one line.
std::string beginning(std::string_view body);

/// The level a fact is logged at.
LogLevel fact_level(CoreFact::Kind kind);

/// What the capture core wants done. Called in order, on the caller's thread, without waiting.
class CoreActions {
 public:
  virtual ~CoreActions() = default;
  /// A segment of the journal begins; what is appended from here on belongs to it.
  virtual void begin_segment(const std::string& name) = 0;
  /// Takes a record into the journal, before anything reads it: `line` is the record as it is
  /// written, with its newline.
  virtual void append(std::string_view line, const Record& record) = 0;
  virtual void end_segment(const std::string& name) = 0;
  virtual void open_connection(int64_t link, const std::string& url) = 0;
  virtual void close_connection(int64_t link) = 0;
  virtual void send_frame(int64_t link, const std::string& text) = 0;
  virtual void http_get(int64_t request, const std::string& url) = 0;
  virtual void tell(const CoreFact& fact) = 0;
};

}  // namespace daedalus
