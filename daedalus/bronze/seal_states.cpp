#include "daedalus/bronze/seal_states.hpp"

#include <algorithm>
#include <vector>

#include "daedalus/base/file.hpp"
#include "daedalus/base/serialize.hpp"
#include "daedalus/bronze/segment_record.hpp"

namespace daedalus {
namespace {

constexpr uint32_t kStateVersion = 2;
constexpr std::string_view kSuffix = ".state";

std::string state_path(const DataRoot& root, std::string_view source, std::string_view segment) {
  return root.seal_states(source) + '/' + std::string(segment) + std::string(kSuffix);
}

/// Names of the segments that have a state, ascending.
Result<std::vector<std::string>> saved_segments(const DataRoot& root, std::string_view source) {
  DAEDALUS_TRY(const auto files, list_files(root.seal_states(source)));
  std::vector<std::string> segments;
  for (const std::string& file : files) {
    if (!file.ends_with(kSuffix) || !parse_segment_name(file)) continue;
    segments.push_back(file.substr(0, file.size() - kSuffix.size()));
  }
  return segments;
}

/// The record of the newest sealed segment; absent: none, or it was processed and deleted.
Result<std::optional<SegmentRecord>> newest_record(const DataRoot& root, std::string_view source) {
  std::string newest;
  std::string folder;
  for (const std::string& records : {root.ready_records(source), root.processing_records(source),
                                     root.archive_records(source)}) {
    DAEDALUS_TRY(const auto files, list_files(records));
    const std::string segment = newest_segment(files);
    if (segment <= newest) continue;
    newest = segment;
    folder = records;
  }
  if (newest.empty()) return std::optional<SegmentRecord>();
  DAEDALUS_TRY(const std::string json, read_file(folder + '/' + newest + ".json"));
  DAEDALUS_TRY(SegmentRecord record, parse_segment_record(json));
  return std::optional(std::move(record));
}

}  // namespace

Result<void> save_seal_state(const DataRoot& root, std::string_view source,
                             const SealState& state) {
  StateWriter content;
  content.text(state.segment);
  content.integer(state.last_frame_seq);
  content.integer(state.closed.value);
  content.text(state.interpreter);
  DAEDALUS_OK(make_folders(root.seal_states(source)));
  return publish_file(state_path(root, source, state.segment),
                      seal_state(compress_state(content.bytes()), kStateVersion));
}

Result<std::optional<SealState>> load_seal_state(const DataRoot& root, std::string_view source,
                                                 std::string_view segment) {
  const std::string path = state_path(root, source, segment);
  if (!path_exists(path)) return std::optional<SealState>();
  DAEDALUS_TRY(const std::string bytes, read_file(path));
  // Made again from the journals: a damaged one must not hold up the capture.
  const auto compressed = unseal_state(bytes, kStateVersion);
  if (!compressed) return std::optional<SealState>();
  const auto content = decompress_state(*compressed);
  if (!content) return std::optional<SealState>();
  StateReader in(*content);
  SealState state;
  state.segment = in.text();
  state.last_frame_seq = in.integer();
  state.closed = {in.integer()};
  state.interpreter = in.text();
  if (!in.at_end()) return std::optional<SealState>();
  return std::optional(std::move(state));
}

Result<void> trim_seal_states(const DataRoot& root, std::string_view source, UnixNanos now,
                              std::optional<int64_t> retention_s) {
  DAEDALUS_TRY(const auto segments, saved_segments(root, source));
  for (size_t i = 0; i + 1 < segments.size(); ++i) {
    const UnixNanos hour = parse_segment_name(segments[i])->hour;
    const UnixNanos next_hour = parse_segment_name(segments[i + 1])->hour;
    const int64_t next_hour_age_ns = now.value - next_hour.value - kNanosPerHour;
    const bool outlived = retention_s && next_hour_age_ns > *retention_s * kNanosPerSecond;
    if (hour != next_hour && !outlived) continue;
    DAEDALUS_OK(remove_file(state_path(root, source, segments[i])));
  }
  return {};
}

Result<JournalPosition> source_position(const DataRoot& root, std::string_view source) {
  std::vector<std::string> names;
  for (const std::string& folder :
       {root.active(source), root.ready(source), root.ready_records(source),
        root.processing_records(source), root.archive_records(source), root.journal(source),
        root.seal_states(source)}) {
    DAEDALUS_TRY(const auto files, list_files(folder));
    names.insert(names.end(), files.begin(), files.end());
  }
  JournalPosition position;
  position.newest_segment = newest_segment(names);
  const auto stands_behind = [&](int64_t last_frame_seq, UnixNanos closed) {
    position.next_frame_seq = std::max(position.next_frame_seq, last_frame_seq + 1);
    position.last_capture_time = std::max(position.last_capture_time, closed);
  };
  DAEDALUS_TRY(const auto states, saved_segments(root, source));
  if (!states.empty()) {
    DAEDALUS_TRY(const auto state, load_seal_state(root, source, states.back()));
    if (state) stands_behind(state->last_frame_seq, state->closed);
  }
  // Should the states be lost, numbers and times still go on.
  DAEDALUS_TRY(const auto record, newest_record(root, source));
  if (record) stands_behind(record->last_frame_seq, UnixNanos{record->closed_ns});
  return position;
}

}  // namespace daedalus
