#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "daedalus/journal/record.hpp"
#include "daedalus/journal/segment_name.hpp"

namespace daedalus {

/// When a segment ends besides at its hour.
struct SegmentLimits {
  int64_t max_bytes = 128 << 20;  ///< Of uncompressed lines.
  Nanoseconds max_age{900 * kNanosPerSecond};
};

/// Where a source's journal stands when a process takes it up.
struct JournalPosition {
  std::string newest_segment;  ///< Greatest name that exists anywhere; empty: none.
  int64_t next_frame_seq = 1;
  UnixNanos last_capture_time;
};

/// The greatest segment name among names of files (active, records, journal, archive); empty if
/// none.
std::string newest_segment(std::span<const std::string> names);

struct SegmentPlanOptions {
  std::string source;
  std::string exchange;
  SegmentLimits limits;
  JournalPosition position;
};

/// Decides, without any I/O, the number and time of each record of a source and which segment it
/// goes to. Pure: the same records, ticks and byte counts give the same journal.
///
/// - Numbers ascend over segments and restarts; a record takes `frame_numbers_taken`. The `segment`
///   and `close` lines have numbers of their own, so checkpoints (which stand under the `segment`
///   line's number) come before all else of their segment.
/// - A capture time is the one given, but never before the last one. A source that is taken up
///   again never goes back before the hour of its newest segment either.
/// - A segment holds the capture times [opened, closed) of one UTC hour. The next record in the
///   queue's order ends it: in another hour (closing time: the hour's end), or when the segment is
///   too large or too old (closing time: that record's). A tick does the same in an idle source,
///   and opens nothing: hours without records have no segments.
/// - An end by size or age waits until the time moves on, so that no moment lies in two segments;
///   twice the size ends it in any case, or a stopped clock would fill the disk with one segment.
/// - The counter restarts at 1 each hour, which is what `first_of_hour` says, and goes on behind
///   the newest name of the hour. Past 99,999 segments an hour are not split further.
class SegmentPlan {
 public:
  explicit SegmentPlan(SegmentPlanOptions options);

  /// What to write for a record: the open segment's `close` line if it ends here, the `segment`
  /// line if one begins here, then the record itself, all in this order.
  struct Placement {
    std::optional<Record> close;
    std::optional<Record> header;
  };
  /// Gives `record` its number and time.
  Placement place(Record& record);
  /// Time passes without a record: the `close` line of the open segment if it ends now.
  std::optional<Record> tick(UnixNanos now);
  /// The source stops: the `close` line of the open segment, if there is one.
  std::optional<Record> finish(UnixNanos now);

  /// To be told after each line: bytes of lines in the open segment so far.
  void set_segment_bytes(int64_t bytes) { segment_bytes_ = bytes; }

  bool is_open() const { return open_; }
  /// The open segment, or the last one; empty before the first.
  const std::string& segment() const { return segment_; }
  UnixNanos last_capture_time() const { return last_time_; }
  int64_t next_frame_seq() const { return next_seq_; }

 private:
  std::optional<UnixNanos> end_due(UnixNanos time) const;
  Record close_at(UnixNanos time);
  Record open_at(UnixNanos time);
  Record own_record(RecordType type, UnixNanos time);

  SegmentPlanOptions options_;
  int64_t next_seq_;
  UnixNanos last_time_;
  std::string segment_;                ///< Open or last.
  std::optional<SegmentName> newest_;  ///< Of which `segment_` is the text, once one is known.
  bool open_ = false;
  UnixNanos opened_;
  int64_t segment_bytes_ = 0;
};

}  // namespace daedalus
