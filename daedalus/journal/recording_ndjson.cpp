// Anybody's recording of one JSON object a line with a time in it; see docs/formats.md.

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <vector>

#include "daedalus/base/json_text.hpp"
#include "daedalus/journal/recording_lines.hpp"

namespace daedalus {
namespace {

using simdjson::ondemand::object;

constexpr std::array<std::string_view, 7> kTimeKeys = {
    "ts", "time", "timestamp", "recv_ts", "local_timestamp", "capture_time_ns", "time_ns"};
constexpr std::array<std::string_view, 4> kFrameKeys = {"data", "frame", "raw", "message"};

/// A value as it stands in the line.
std::optional<std::string_view> raw_field(object& line, std::string_view key) {
  simdjson::ondemand::value value;
  if (line.find_field_unordered(key).get(value)) return std::nullopt;
  simdjson::ondemand::json_type type{};
  if (value.type().get(type)) return std::nullopt;
  std::string_view raw;
  const bool nested =
      type == simdjson::ondemand::json_type::object || type == simdjson::ondemand::json_type::array;
  if (!nested) {
    raw = value.raw_json_token();
  } else if (simdjson::to_json_string(value).get(raw)) {
    return std::nullopt;
  }
  return raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
}

/// Unix time of the unit that the digits before the point tell, with the digits behind it.
Result<UnixNanos> parse_number_time(std::string_view text) {
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return parse_unix_integer(text);
  DAEDALUS_TRY(UnixNanos time, parse_unix_integer(text.substr(0, point)));
  int64_t unit = point > 17 ? 1 : point > 14 ? 1000 : point > 11 ? 1'000'000 : kNanosPerSecond;
  for (const char c : text.substr(point + 1)) {
    if (c < '0' || c > '9') {
      return fail(ErrorKind::malformed, "not a time: {}", text.substr(0, 64));
    }
    unit /= 10;
    time.value += unit * (c - '0');
  }
  return time;
}

Result<UnixNanos> parse_time(std::string_view raw) {
  if (!raw.starts_with('"')) return parse_number_time(raw);
  const std::string_view text = raw.substr(1, raw.size() - 2);
  if (text.find('-') != std::string_view::npos) return parse_rfc3339(text);
  return parse_number_time(text);
}

class Ndjson : public LineRecording {
 public:
  Ndjson(LineReader lines, const RecordingOptions& options)
      : LineRecording(std::move(lines), assumed_connect(options)) {
    time_keys_.assign(kTimeKeys.begin(), kTimeKeys.end());
    frame_keys_.assign(kFrameKeys.begin(), kFrameKeys.end());
    if (!options.time_key.empty()) time_keys_ = {options.time_key};
    frame_key_asked_ = !options.frame_key.empty();
    if (frame_key_asked_) frame_keys_ = {options.frame_key};
  }

 private:
  Result<bool> read_line(std::string_view text, Record& record) override {
    if (text.find_first_not_of(" \t") == std::string_view::npos) return false;
    simdjson::ondemand::document document;
    object line;
    if (parser_.iterate(text.data(), text.size(), text.size() + kLinePadding).get(document) ||
        document.get_object().get(line)) {
      return fail(ErrorKind::malformed, "no JSON object: {}", text.substr(0, 60));
    }
    DAEDALUS_OK(read_time(line, record));
    DAEDALUS_OK(read_frame(line, text, record));
    const auto url = raw_field(line, "url");
    const bool is_rest = url && url->starts_with("\"http");
    record.type = is_rest ? RecordType::http : RecordType::recv;
    record.connection = is_rest ? 0 : 1;
    record.status = is_rest ? 200 : 0;
    if (is_rest) record.url = url->substr(1, url->size() - 2);
    return true;
  }

  Result<void> read_time(object& line, Record& record) {
    for (const std::string& key : time_keys_) {
      const auto raw = raw_field(line, key);
      if (!raw) continue;
      DAEDALUS_TRY(record.capture_time, parse_time(*raw));
      return {};
    }
    return fail(ErrorKind::malformed, "no time: none of the keys {}", fmt::join(time_keys_, ", "));
  }

  Result<void> read_frame(object& line, std::string_view text, Record& record) {
    for (const std::string& key : frame_keys_) {
      const auto raw = raw_field(line, key);
      if (!raw) continue;
      if (!raw->starts_with('"')) {
        record.payload = *raw;
      } else if (!append_json_unescaped(record.payload, raw->substr(1))) {
        return fail(ErrorKind::malformed, "{} is no valid text", key);
      }
      return {};
    }
    if (frame_key_asked_) return fail(ErrorKind::malformed, "no key {}", frame_keys_.front());
    record.payload = text;
    return {};
  }

  std::vector<std::string> time_keys_;
  std::vector<std::string> frame_keys_;
  bool frame_key_asked_ = false;
  simdjson::ondemand::parser parser_;
};

}  // namespace

bool is_ndjson(std::string_view line) {
  const size_t at = line.find_first_not_of(" \t");
  return at != std::string_view::npos && line[at] == '{';
}

OpenedRecording open_ndjson(LineReader lines, const RecordingOptions& options) {
  return std::make_unique<Ndjson>(std::move(lines), options);
}

}  // namespace daedalus
