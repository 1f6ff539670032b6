#include "daedalus/journal/segment_plan.hpp"

#include <algorithm>

#include "daedalus/base/check.hpp"
#include "daedalus/base/version.hpp"

namespace daedalus {
namespace {

constexpr int kLastCounter = 99'999;

}  // namespace

std::string newest_segment(std::span<const std::string> names) {
  std::optional<SegmentName> newest;
  for (const std::string& name : names) {
    const auto parsed = parse_segment_name(name);
    if (parsed && (!newest || *parsed > *newest)) newest = parsed;
  }
  return newest ? to_text(*newest) : std::string();
}

SegmentPlan::SegmentPlan(SegmentPlanOptions options)
    : options_(std::move(options)),
      next_seq_(options_.position.next_frame_seq),
      last_time_(options_.position.last_capture_time),
      segment_(options_.position.newest_segment),
      newest_(parse_segment_name(segment_)) {
  DAEDALUS_CHECK(newest_.has_value() || segment_.empty());
  if (newest_) last_time_ = std::max(last_time_, newest_->hour);
}

SegmentPlan::Placement SegmentPlan::place(Record& record) {
  Placement placement;
  const UnixNanos time = std::max(last_time_, record.capture_time);
  if (const auto end = end_due(time)) placement.close = close_at(*end);
  if (!open_) placement.header = open_at(time);
  last_time_ = time;
  record.capture_time = time;
  record.frame_seq = next_seq_;
  next_seq_ += frame_numbers_taken(record);
  return placement;
}

std::optional<Record> SegmentPlan::tick(UnixNanos now) {
  const auto end = end_due(std::max(last_time_, now));
  if (!end) return std::nullopt;
  return close_at(*end);
}

std::optional<Record> SegmentPlan::finish(UnixNanos now) {
  if (!open_) return std::nullopt;
  const UnixNanos behind_last{last_time_.value + 1};
  const UnixNanos hour_end = newest_->hour + Nanoseconds(kNanosPerHour);
  return close_at(std::min(std::max(now, behind_last), hour_end));
}

/// The closing time, if the open segment ends before something of this time.
std::optional<UnixNanos> SegmentPlan::end_due(UnixNanos time) const {
  if (!open_) return std::nullopt;
  const UnixNanos hour_end = newest_->hour + Nanoseconds(kNanosPerHour);
  if (time >= hour_end) return hour_end;
  if (newest_->counter >= kLastCounter) return std::nullopt;
  const bool time_moved = time > last_time_;
  const bool too_large = segment_bytes_ >= options_.limits.max_bytes;
  const bool far_too_large = segment_bytes_ >= 2 * options_.limits.max_bytes;
  const bool too_old = time - opened_ >= options_.limits.max_age;
  if (far_too_large || (time_moved && (too_large || too_old))) return time;
  return std::nullopt;
}

Record SegmentPlan::close_at(UnixNanos time) {
  open_ = false;
  last_time_ = time;
  return own_record(RecordType::close, time);
}

Record SegmentPlan::open_at(UnixNanos time) {
  const UnixNanos hour = floor_to(time, kNanosPerHour);
  const bool same_hour = newest_ && newest_->hour == hour;
  // Names must ascend: a full hour that is taken up again has no name left.
  DAEDALUS_CHECK(!same_hour || newest_->counter < kLastCounter);
  const SegmentName name{.hour = hour, .counter = same_hour ? newest_->counter + 1 : 1};
  const SegmentHeader header{.segment = to_text(name),
                             .source = options_.source,
                             .exchange = options_.exchange,
                             .previous_segment = segment_,
                             .writer = std::string(kWriter),
                             .opened_ns = time.value,
                             .first_of_hour = name.counter == 1};
  newest_ = name;
  segment_ = header.segment;
  open_ = true;
  opened_ = time;
  segment_bytes_ = 0;
  Record record = own_record(RecordType::segment, time);
  record.detail = to_json(header);
  return record;
}

Record SegmentPlan::own_record(RecordType type, UnixNanos time) {
  Record record;
  record.frame_seq = next_seq_++;
  record.capture_time = time;
  record.type = type;
  return record;
}

}  // namespace daedalus
