#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"
#include "daedalus/base/time.hpp"

namespace daedalus {

/// What a line of the journal tells; the names are the values of its `type` key.
enum class RecordType {
  segment,       ///< First line of each segment: who wrote it, what is before it.
  start,         ///< A capture process began: all connections are new. `detail`: live or import.
  stop,          ///< It ended in good order.
  connect,       ///< A connection stands. `url`.
  disconnect,    ///< It fell. `detail`: why.
  recv,          ///< A frame, exactly as received. `payload`, `is_binary`.
  send,          ///< A frame that we sent. `payload`.
  http,          ///< A REST answer. `url`, `status`, `payload` = body.
  timer,         ///< A deadline of the core ran out. `detail`: which.
  clock,         ///< The wall clock stepped. `detail`: by how many ns.
  disk,          ///< Free space and faults. `detail`.
  backpressure,  ///< The queue was full. `detail`: for how long.
  close,         ///< Last line of a segment that ended in good order; its time is the closing time.
};

std::string_view record_type_name(RecordType type);
/// Absent for any other text.
std::optional<RecordType> record_type_of_name(std::string_view name);

/// One line of the journal.
struct Record {
  int64_t frame_seq = 0;   ///< Of the source: ascending, over segments and restarts.
  UnixNanos capture_time;  ///< Never goes back.
  RecordType type = RecordType::recv;
  int64_t connection = 0;  ///< Of the source; 0: none. New for every connect, also after restarts.
  bool is_binary = false;
  int64_t status = 0;  ///< HTTP.
  std::string url;
  std::string detail;
  std::string payload;
};

/// How many frame numbers a record takes: one, and one more for each MiB of payload, since a row
/// needs at least 16 bytes and a number serves 65,536 rows.
int64_t frame_numbers_taken(const Record& record);

/// Appends the record as one line with its newline (docs/formats.md, "Journal"). The payload comes
/// back byte for byte; bytes of `url` and `detail` that are not UTF-8 become question marks.
void append_record_line(std::string& out, const Record& record);
/// Reads a line without its newline. Errors: malformed, naming what is wrong.
Result<Record> parse_record_line(std::string_view line);
/// The same into a record whose strings' memory is reused; after an error its content is
/// unspecified.
Result<void> parse_record_line(std::string_view line, Record& into);

/// The detail of a `segment` record, as JSON.
struct SegmentHeader {
  int format = 1;
  std::string segment;
  std::string source;
  std::string exchange;
  std::string previous_segment;  ///< Empty: the source's first.
  std::string writer;            ///< "daedalus 0.1.0".
  int64_t opened_ns = 0;
  bool first_of_hour = false;  ///< Bronze begins with checkpoints.
};

std::string to_json(const SegmentHeader& header);
Result<SegmentHeader> parse_segment_header(std::string_view json);

}  // namespace daedalus
