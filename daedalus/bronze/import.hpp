#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "daedalus/bronze/seal.hpp"
#include "daedalus/journal/recording.hpp"
#include "daedalus/journal/segment_plan.hpp"

namespace daedalus {

struct ImportReport {
  int64_t records = 0;  ///< Lines that became journal records, now.
  int64_t segments = 0;
  std::map<std::string, int64_t> frames;  ///< By what became of them.
  std::map<std::string, int64_t> rows;    ///< By bronze table.
  int64_t unreadable_lines = 0;
  std::string first_unreadable;  ///< Why, with file and line.
  std::string first_unparsable;  ///< Why a frame could not be read, with venue and symbol.
  std::vector<std::string> warnings;
};

struct ImportOptions {
  SealOptions seal;
  std::string format;  ///< `--from`.
  RecordingOptions recording;
  SegmentLimits limits;
  /// Told now and then, and at the end.
  std::function<void(const ImportReport&)> on_progress;
};

/// Other people's recordings become journal segments of a source, in the order given, each sealed
/// as it closes: from there on the code is that of live capture. Lines that cannot be read are
/// counted and passed over. An import that was cut short is finished by the same call: its result
/// is that of one that was not. Errors: config, for what the user can change (a recording that
/// begins before the source's end is refused); io.
Result<ImportReport> import_recordings(const ImportOptions& options,
                                       std::span<const std::string> files);

}  // namespace daedalus
