// cryptofeed's JSON recordings, one object a line: t = header, http, connect, send or recv; conn =
// an id; ts = seconds; addr or url; data = text, or b64 = bytes.

#include <simdjson.h>

#include <map>

#include "daedalus/base/json_text.hpp"
#include "daedalus/journal/recording_lines.hpp"

namespace daedalus {
namespace {

/// What a line says; views live as long as the parser's document.
struct Line {
  std::string_view type;
  std::string_view connection;
  std::string_view time;  ///< Its digits.
  std::string_view address;
  std::optional<std::string_view> text;
  std::optional<std::string_view> base64;
};

simdjson::error_code take_field(simdjson::ondemand::field& field, Line& line) {
  const simdjson::ondemand::raw_json_string key = field.key();
  std::string_view text;
  if (key == "ts") {
    text = field.value().raw_json_token();
    line.time = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    return simdjson::SUCCESS;
  }
  const bool wanted =
      key == "t" || key == "conn" || key == "addr" || key == "url" || key == "data" || key == "b64";
  if (!wanted) return simdjson::SUCCESS;
  if (const auto error = field.value().get_string().get(text)) return error;
  if (key == "t") line.type = text;
  if (key == "conn") line.connection = text;
  if (key == "addr" || key == "url") line.address = text;
  if (key == "data") line.text = text;
  if (key == "b64") line.base64 = text;
  return simdjson::SUCCESS;
}

/// In one pass that ends at the first error: after one, simdjson may not be asked again.
simdjson::error_code take_fields(simdjson::ondemand::document& document, Line& line) {
  simdjson::ondemand::object object;
  if (const auto error = document.get_object().get(object)) return error;
  for (auto result : object) {
    simdjson::ondemand::field field;
    if (const auto error = std::move(result).get(field)) return error;
    if (const auto error = take_field(field, line)) return error;
  }
  return simdjson::SUCCESS;
}

class CryptofeedJson : public LineRecording {
 public:
  explicit CryptofeedJson(LineReader lines) : LineRecording(std::move(lines), std::nullopt) {}

 private:
  Result<bool> read_line(std::string_view text, Record& record) override {
    if (text.empty()) return false;
    simdjson::ondemand::document document;
    Line line;
    if (parser_.iterate(text.data(), text.size(), text.size() + kLinePadding).get(document) ||
        take_fields(document, line)) {
      return fail(ErrorKind::malformed, "no JSON object of a recording: {}", text.substr(0, 60));
    }
    if (line.type == "header") return false;
    const auto known = record_type_of_name(line.type);
    if (!known || !is_taken(*known)) {
      return fail(ErrorKind::malformed, "t is none of header, http, connect, send, recv: {}",
                  text.substr(0, 60));
    }
    record.type = *known;
    DAEDALUS_TRY(record.capture_time, parse_unix_seconds(line.time));
    read_connection(line, record);
    if (record.type == RecordType::connect) return true;
    DAEDALUS_OK(read_payload(line, record));
    return true;
  }

  static bool is_taken(RecordType type) {
    return type == RecordType::http || type == RecordType::connect || type == RecordType::send ||
           type == RecordType::recv;
  }

  void read_connection(const Line& line, Record& record) {
    if (record.type == RecordType::http) {
      record.status = 200;
      record.url = line.address;
      return;
    }
    if (record.type == RecordType::connect) record.url = line.address;
    int64_t& number = by_id_[std::string(line.connection)];
    if (number == 0 || record.type == RecordType::connect) number = ++connections_;
    record.connection = number;
  }

  static Result<void> read_payload(const Line& line, Record& record) {
    if (line.text) {
      record.payload = *line.text;
      return {};
    }
    if (!line.base64 || !decode_base64(*line.base64, record.payload)) {
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
