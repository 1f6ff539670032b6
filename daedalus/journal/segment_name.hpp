#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daedalus/base/time.hpp"

namespace daedalus {

/// `segment_<UTC YYYYMMDDTHH>_<counter, 5 digits>`: sorts by name. The counter restarts at 1 each
/// hour.
struct SegmentName {
  UnixNanos hour;  ///< Start of the UTC hour.
  int counter = 1;

  auto operator<=>(const SegmentName&) const = default;
};

/// What a segment's journal file has behind its name.
inline constexpr std::string_view kSegmentSuffix = ".ndjson.zst";

std::string to_text(const SegmentName& name);
/// From the name, with or without a file's suffix. Absent for anything else.
std::optional<SegmentName> parse_segment_name(std::string_view text);

}  // namespace daedalus
