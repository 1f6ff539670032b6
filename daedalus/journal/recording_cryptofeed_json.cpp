// cryptofeed's JSON recordings, one object a line: t = header, http, connect, send or recv; conn =
// an id; ts = seconds; addr or url; data = text, or b64 = bytes.

#include <simdjson.h>

#include <map>

#include "daedalus/base/json_text.hpp"
#include "daedalus/journal/recording_lines.hpp"

namespace daedalus {
namespace {

using simdjson::ondemand::object;

std::string_view text_or_empty(object& line, std::string_view key) {
  std::string_view text;
  if (line.find_field_unordered(key).get_string().get(text)) return {};
  return text;
}

class CryptofeedJson : public LineRecording {
 public:
  explicit CryptofeedJson(LineReader lines) : LineRecording(std::move(lines), std::nullopt) {}

 private:
  Result<bool> read_line(std::string_view text, Record& record) override {
    if (text.empty()) return false;
    simdjson::ondemand::document document;
    object line;
    if (parser_.iterate(text.data(), text.size(), text.size() + kLinePadding).get(document) ||
        document.get_object().get(line)) {
      return fail(ErrorKind::malformed, "no JSON object: {}", text.substr(0, 60));
    }
    const std::string_view type = text_or_empty(line, "t");
    if (type == "header") return false;
    const auto known = record_type_of_name(type);
    if (!known || !is_taken(*known)) {
      return fail(ErrorKind::malformed, "t is none of header, http, connect, send, recv: {}",
                  text.substr(0, 60));
    }
    record.type = *known;
    DAEDALUS_OK(read_time(line, record));
    read_connection(line, record);
    if (record.type == RecordType::connect) return true;
    DAEDALUS_OK(read_payload(line, record));
    return true;
  }

  static bool is_taken(RecordType type) {
    return type == RecordType::http || type == RecordType::connect || type == RecordType::send ||
           type == RecordType::recv;
  }

  static Result<void> read_time(object& line, Record& record) {
    std::string_view digits;
    if (line.find_field_unordered("ts").raw_json_token().get(digits)) {
      return fail(ErrorKind::malformed, "ts is missing");
    }
    digits = digits.substr(0, digits.find_last_not_of(" \t\r\n") + 1);
    DAEDALUS_TRY(record.capture_time, parse_unix_seconds(digits));
    return {};
  }

  void read_connection(object& line, Record& record) {
    if (record.type == RecordType::http) {
      record.status = 200;
      record.url = text_or_empty(line, "url");
      return;
    }
    if (record.type == RecordType::connect) record.url = text_or_empty(line, "addr");
    int64_t& number = by_id_[std::string(text_or_empty(line, "conn"))];
    if (number == 0 || record.type == RecordType::connect) number = ++connections_;
    record.connection = number;
  }

  static Result<void> read_payload(object& line, Record& record) {
    std::string_view payload;
    if (!line.find_field_unordered("data").get_string().get(payload)) {
      record.payload = payload;
      return {};
    }
    if (line.find_field_unordered("b64").get_string().get(payload) ||
        !decode_base64(payload, record.payload)) {
      return fail(ErrorKind::malformed, "neither data nor b64 can be read");
    }
    record.is_binary = true;
    return {};
  }

  simdjson::ondemand::parser parser_;
  std::map<std::string, int64_t> by_id_;  ///< The newest connection of an id.
  int64_t connections_ = 0;
};

}  // namespace

bool is_cryptofeed_json(std::string_view line) {
  if (!line.starts_with('{')) return false;
  for (const std::string_view kind : {"header", "http", "connect", "send", "recv"}) {
    const std::string field = "\"t\":\"" + std::string(kind) + "\"";
    if (line.find(field) != std::string_view::npos) return true;
  }
  return false;
}

OpenedRecording open_cryptofeed_json(LineReader lines, const RecordingOptions& /*options*/) {
  return std::make_unique<CryptofeedJson>(std::move(lines));
}

}  // namespace daedalus
