// Anybody's recording of one JSON object a line with a time in it; see docs/formats.md.

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <span>
#include <vector>

#include "daedalus/base/json_text.hpp"
#include "daedalus/journal/recording_lines.hpp"

namespace daedalus {
namespace {

constexpr std::array<std::string_view, 7> kTimeKeys = {
    "ts", "time", "timestamp", "recv_ts", "local_timestamp", "capture_time_ns", "time_ns"};
constexpr std::array<std::string_view, 4> kFrameKeys = {"data", "frame", "raw", "message"};

/// A value as it stands in the line.
simdjson::error_code raw_value(simdjson::ondemand::value value, std::string_view& raw) {
  simdjson::ondemand::json_type type{};
  if (const auto error = value.type().get(type)) return error;
  const bool nested =
      type == simdjson::ondemand::json_type::object || type == simdjson::ondemand::json_type::array;
  if (!nested) {
    raw = value.raw_json_token();
  } else if (const auto error = simdjson::to_json_string(value).get(raw)) {
    return error;
  }
  raw = raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
  return simdjson::SUCCESS;
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

/// Keys in the order in which they are tried, with the value that a line has for each.
class WantedKeys {
 public:
  explicit WantedKeys(std::span<const std::string_view> keys) : keys_(keys.begin(), keys.end()) {
    values_.resize(keys_.size());
  }

  void forget_values() { values_.assign(keys_.size(), std::nullopt); }
  /// Where the value of this key goes; null if nobody wants it.
  std::optional<std::string_view>* slot(std::string_view key) {
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == key) return &values_[i];
    }
    return nullptr;
  }
  std::optional<std::string_view> first_value() const {
    for (const auto& value : values_) {
      if (value) return value;
    }
    return std::nullopt;
  }
  std::string text() const { return fmt::format("{}", fmt::join(keys_, ", ")); }

 private:
  std::vector<std::string> keys_;
  std::vector<std::optional<std::string_view>> values_;
};

template <size_t N>
WantedKeys keys_or(const std::string& asked, const std::array<std::string_view, N>& usual) {
  if (asked.empty()) return WantedKeys(usual);
  const std::string_view only = asked;
  return WantedKeys({&only, 1});
}

class Ndjson : public LineRecording {
 public:
  Ndjson(LineReader lines, const RecordingOptions& options)
      : LineRecording(std::move(lines), assumed_connect(options)),
        time_keys_(keys_or(options.time_key, kTimeKeys)),
        frame_keys_(keys_or(options.frame_key, kFrameKeys)),
        url_key_(std::array<std::string_view, 1>{"url"}),
        frame_key_asked_(!options.frame_key.empty()) {}

 private:
  Result<bool> read_line(std::string_view text, Record& record) override {
    if (text.find_first_not_of(" \t") == std::string_view::npos) return false;
    simdjson::ondemand::document document;
    if (parser_.iterate(text.data(), text.size(), text.size() + kLinePadding).get(document) ||
        take_fields(document)) {
      return fail(ErrorKind::malformed, "no JSON object: {}", text.substr(0, 60));
    }
    const auto time = time_keys_.first_value();
    if (!time) return fail(ErrorKind::malformed, "no time: none of the keys {}", time_keys_.text());
    DAEDALUS_TRY(record.capture_time, parse_time(*time));
    DAEDALUS_OK(read_frame(text, record));
    const std::string_view url = url_key_.first_value().value_or("");
    const bool is_rest = url.starts_with("\"http");
    record.type = is_rest ? RecordType::http : RecordType::recv;
    record.connection = is_rest ? 0 : 1;
    record.status = is_rest ? 200 : 0;
    if (is_rest) record.url = url.substr(1, url.size() - 2);
    return true;
  }

  /// In one pass that ends at the first error: after one, simdjson may not be asked again.
  simdjson::error_code take_fields(simdjson::ondemand::document& document) {
    for (WantedKeys* keys : {&time_keys_, &frame_keys_, &url_key_}) keys->forget_values();
    simdjson::ondemand::object object;
    if (const auto error = document.get_object().get(object)) return error;
    for (auto result : object) {
      simdjson::ondemand::field field;
      if (const auto error = std::move(result).get(field)) return error;
      std::string_view key;
      if (const auto error = field.unescaped_key().get(key)) return error;
      std::string_view raw;
      bool read = false;
      for (WantedKeys* keys : {&time_keys_, &frame_keys_, &url_key_}) {
        auto* slot = keys->slot(key);
        if (slot == nullptr) continue;
        const auto error = read ? simdjson::SUCCESS : raw_value(field.value(), raw);
        if (error) return error;
        read = true;
        *slot = raw;
      }
    }
    return simdjson::SUCCESS;
  }

  Result<void> read_frame(std::string_view text, Record& record) {
    const auto raw = frame_keys_.first_value();
    if (!raw && frame_key_asked_) {
      return fail(ErrorKind::malformed, "no key {}", frame_keys_.text());
    }
    if (!raw || !raw->starts_with('"')) {
      record.payload = raw.value_or(text);
    } else if (!append_json_unescaped(record.payload, raw->substr(1))) {
      return fail(ErrorKind::malformed, "the message is no valid text");
    }
    return {};
  }

  WantedKeys time_keys_;
  WantedKeys frame_keys_;
  WantedKeys url_key_;
  bool frame_key_asked_;
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
