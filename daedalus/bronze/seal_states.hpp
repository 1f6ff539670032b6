#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"
#include "daedalus/base/time.hpp"
#include "daedalus/journal/segment_plan.hpp"
#include "daedalus/storage/data_root.hpp"

namespace daedalus {

/// What sealing hands from one segment to the next: `state/seal/<source>/<segment>.state`.
struct SealState {
  std::string segment;         ///< The one it stands behind.
  int64_t last_frame_seq = 0;  ///< Greatest number taken up to its end.
  UnixNanos closed;
  std::string interpreter;  ///< Interpreter::save.
};

Result<void> save_seal_state(const DataRoot& root, std::string_view source, const SealState& state);
/// Absent if there is no such file, or it is damaged. Errors: io.
Result<std::optional<SealState>> load_seal_state(const DataRoot& root, std::string_view source,
                                                 std::string_view segment);

/// Removes states that nobody needs: kept are the last one and the one before each hour, the latter
/// as long as journals are (`retention_s` behind `now`; absent: for ever).
Result<void> trim_seal_states(const DataRoot& root, std::string_view source, UnixNanos now,
                              std::optional<int64_t> retention_s);

/// Where a source's journal stands, from what lies on disk; to be asked after recovery.
Result<JournalPosition> source_position(const DataRoot& root, std::string_view source);

}  // namespace daedalus
