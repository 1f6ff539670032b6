#include "daedalus/journal/recording.hpp"

#include <array>
#include <string>
#include <vector>

#include "daedalus/base/nearest_name.hpp"
#include "daedalus/journal/recording_lines.hpp"

namespace daedalus {
namespace {

constexpr std::array<RecordingFormat, 3> kFormats = {{
    {"cryptofeed", "cryptofeed's recordings: text lines, or JSON lines with t, conn and ts"},
    {"hftbacktest", "lines of <local time in ns or us> <frame>, with the book's REST image"},
    {"ndjson", "one JSON object a line with a time; keys by --time-key and --frame-key"},
}};

/// First lines that are asked what they are: a rotated file may begin in the middle of one.
constexpr int kLinesProbed = 10;

/// One way to read a file of a format.
struct Shape {
  std::string_view format;
  bool (*fits)(std::string_view line);
  OpenedRecording (*open)(LineReader lines, const RecordingOptions& options);
};

/// The particular before the general.
constexpr std::array<Shape, 4> kShapes = {{
    {"cryptofeed", is_cryptofeed_json, open_cryptofeed_json},
    {"cryptofeed", is_cryptofeed_text, open_cryptofeed_text},
    {"hftbacktest", is_hftbacktest, open_hftbacktest},
    {"ndjson", is_ndjson, open_ndjson},
}};

Result<void> check_format(std::string_view format) {
  std::vector<std::string> names;
  for (const RecordingFormat& known : kFormats) {
    if (known.name == format) return {};
    names.emplace_back(known.name);
  }
  const std::string nearest = nearest_name(format, names);
  return fail(ErrorKind::config, "no recording format \"{}\"; {}known: {}", format,
              nearest.empty() ? "" : "did you mean " + nearest + "? ", fmt::join(names, ", "));
}

/// The first lines that say anything. A cut archive gives what it can; reading it will tell.
Result<std::vector<std::string>> first_lines(const std::string& path) {
  DAEDALUS_TRY(LineReader lines, LineReader::open(path));
  std::vector<std::string> found;
  while (static_cast<int>(found.size()) < kLinesProbed) {
    const auto line = lines.next();
    if (!line || !*line) break;
    if (!(*line)->empty()) found.emplace_back(**line);
  }
  return found;
}

const Shape* shape_of(const std::vector<std::string>& lines, std::string_view format) {
  for (const Shape& shape : kShapes) {
    if (!format.empty() && shape.format != format) continue;
    for (const std::string& line : lines) {
      if (shape.fits(line)) return &shape;
    }
  }
  return nullptr;
}

}  // namespace

std::span<const RecordingFormat> recording_formats() {
  return kFormats;
}

OpenedRecording open_recording(std::string_view format, const std::string& path,
                               const RecordingOptions& options) {
  DAEDALUS_OK(check_format(format));
  DAEDALUS_TRY(const std::vector<std::string> lines, first_lines(path));
  const Shape* shape = shape_of(lines, format);
  if (shape == nullptr && !lines.empty()) {
    const Shape* other = shape_of(lines, "");
    return fail(ErrorKind::config, "{} is no {} recording{}; it begins with: {}", path, format,
                other == nullptr ? "" : fmt::format(" but looks like {}", other->format),
                lines.front().substr(0, 60));
  }
  for (const Shape& any : kShapes) {
    if (shape == nullptr && any.format == format) shape = &any;
  }
  DAEDALUS_TRY(LineReader reader, LineReader::open(path));
  return shape->open(std::move(reader), options);
}

}  // namespace daedalus
