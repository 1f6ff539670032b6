#include "daedalus/bronze/imported_before.hpp"

#include <utility>

#include "daedalus/base/check.hpp"

namespace daedalus {
namespace {

SegmentPlanOptions at(SegmentPlanOptions options, const JournalPosition& position) {
  options.position = position;
  return options;
}

}  // namespace

ImportedBefore::ImportedBefore(SegmentPlanOptions plan, std::vector<JournalPosition> positions)
    : options_(std::move(plan)),
      positions_(std::move(positions)),
      plan_(at(options_, positions_.front())) {
  DAEDALUS_CHECK(positions_.size() > 1);
}

void ImportedBefore::plan_from(const JournalPosition& position) {
  plan_ = SegmentPlan(at(options_, position));
  segment_bytes_ = 0;
}

Result<void> ImportedBefore::fail_other() const {
  return fail(ErrorKind::config,
              "source {} holds something else than its unfinished import would have written ({}): "
              "import under another name (--source)",
              options_.source, positions_[next_].newest_segment);
}

Result<void> ImportedBefore::check_end(const std::string& segment,
                                       const std::optional<Record>& close) const {
  const JournalPosition& held = positions_[next_];
  const bool is_closed = close && held.next_frame_seq == close->frame_seq + 1 &&
                         held.last_capture_time == close->capture_time;
  // As `daedalus seal` publishes what a kill left.
  const bool is_cut = held.next_frame_seq == next_frame_seq_ &&
                      held.last_capture_time.value == last_time_.value + 1;
  const bool is_named = held.newest_segment == segment || held.newest_segment == plan_.segment();
  if (is_named && (is_closed || is_cut)) return {};
  return fail_other();
}

Result<bool> ImportedBefore::pass(Record& record) {
  while (true) {
    const std::string segment = plan_.segment();
    Record placed = record;
    const SegmentPlan::Placement placement = plan_.place(placed);
    if (placed.frame_seq >= positions_[next_].next_frame_seq) {
      DAEDALUS_OK(check_end(segment, placement.close));
      if (next_ + 1 == positions_.size()) return false;
      plan_from(positions_[next_++]);
      continue;
    }
    line_.clear();
    if (placement.header) {
      segment_bytes_ = 0;
      append_record_line(line_, *placement.header);
    }
    append_record_line(line_, placed);
    segment_bytes_ += static_cast<int64_t>(line_.size());
    plan_.set_segment_bytes(segment_bytes_);
    next_frame_seq_ = plan_.next_frame_seq();
    last_time_ = placed.capture_time;
    record = std::move(placed);
    return true;
  }
}

Result<void> ImportedBefore::finish(UnixNanos now) {
  const std::string segment = plan_.segment();
  const auto close = plan_.finish(now);
  if (next_ + 1 < positions_.size()) return fail_other();
  return check_end(segment, close);
}

}  // namespace daedalus
