#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daedalus/journal/segment_plan.hpp"
#include "daedalus/journal/segment_writer.hpp"

namespace daedalus {

struct JournalSinkOptions {
  std::string folder;  ///< raw/active/<source>; made if absent.
  SegmentPlanOptions plan;
  int64_t flush_bytes = 4 << 20;  ///< Lines in memory before a flush that nobody asked for.
};

/// The journal of one source, written record by record: SegmentPlan's decisions carried out on
/// disk. After an error nothing more may be appended; what was flushed stands.
class JournalSink {
 public:
  /// Errors: io.
  static Result<JournalSink> open(JournalSinkOptions options);

  JournalSink(JournalSink&&) noexcept;
  JournalSink& operator=(JournalSink&&) noexcept;
  ~JournalSink();

  /// Gives the record its number and time (it comes with the time it was captured at) and writes it
  /// to the segment it belongs to. In memory until a flush.
  Result<void> append(Record& record);
  /// Time passes without a record; may end the segment.
  Result<void> tick(UnixNanos now);
  Result<void> flush();
  /// Ends the open segment in good order. A record may follow; it opens another one.
  Result<void> finish(UnixNanos now);

  /// The segments that ended since the last call, oldest first.
  std::vector<std::string> take_closed();
  int64_t pending_bytes() const;
  const SegmentPlan& plan() const;

 private:
  struct Inner;
  explicit JournalSink(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
