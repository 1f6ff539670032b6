#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/bronze/unfinished_import.hpp"
#include "daedalus/journal/segment_plan.hpp"

namespace daedalus {

/// Plans an import's records once more, writing nothing, up to where the source stands: all follows
/// from the records, so each gets the number that it got the first time.
class ImportedBefore {
 public:
  /// At least two positions: the last one is where the source stands.
  ImportedBefore(SegmentPlanOptions plan, std::vector<JournalPosition> positions);

  /// Gives the record number and time; false if it is the first that the source does not hold.
  /// Errors: config, if the source holds something else than this import.
  Result<bool> pass(Record& record);
  /// The import ends while all of it was passed. Errors: as above.
  Result<void> finish(UnixNanos now);

 private:
  /// Whether the source ends where the import would have: behind the last record it holds, or
  /// behind the `close` line that follows there.
  Result<void> check_end(const std::string& segment, const std::optional<Record>& close) const;
  Result<void> fail_other() const;
  void plan_from(const JournalPosition& position);

  SegmentPlanOptions options_;
  std::vector<JournalPosition> positions_;
  size_t next_ = 1;  ///< The position that comes next.
  SegmentPlan plan_;
  int64_t segment_bytes_ = 0;
  int64_t next_frame_seq_ = 0;  ///< Behind the last record that is held.
  UnixNanos last_time_;         ///< Its.
  std::string line_;
};

}  // namespace daedalus
