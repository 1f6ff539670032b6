#include "daedalus/bronze/seal_states.hpp"

#include <vector>

#include "daedalus/base/file.hpp"
#include "daedalus/base/serialize.hpp"

namespace daedalus {
namespace {

constexpr uint32_t kStateVersion = 1;
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
                      seal_state(content.bytes(), kStateVersion));
}

Result<std::optional<SealState>> load_seal_state(const DataRoot& root, std::string_view source,
                                                 std::string_view segment) {
  const std::string path = state_path(root, source, segment);
  if (!path_exists(path)) return std::optional<SealState>();
  DAEDALUS_TRY(const std::string bytes, read_file(path));
  auto content = unseal_state(bytes, kStateVersion);
  if (!content) return with_context(std::move(content).error(), "seal state {}", path);
  StateReader in(*content);
  SealState state;
  state.segment = in.text();
  state.last_frame_seq = in.integer();
  state.closed = {in.integer()};
  state.interpreter = in.text();
  if (!in.at_end()) return fail(ErrorKind::malformed, "seal state {}: cut short", path);
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
  DAEDALUS_TRY(const auto states, saved_segments(root, source));
  if (states.empty()) return position;
  DAEDALUS_TRY(const auto state, load_seal_state(root, source, states.back()));
  if (state) {
    position.next_frame_seq = state->last_frame_seq + 1;
    position.last_capture_time = state->closed;
  }
  return position;
}

}  // namespace daedalus
