#include "daedalus/journal/record.hpp"

#include <array>
#include <charconv>

#include "daedalus/base/json_text.hpp"

namespace daedalus {
namespace {

constexpr std::array<std::string_view, 13> kTypeNames = {
    "segment", "start", "stop",  "connect", "disconnect",   "recv", "send",
    "http",    "timer", "clock", "disk",    "backpressure", "close"};

void append_integer(std::string& out, int64_t value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, static_cast<size_t>(end - text));
}

/// `,"key":"text"`.
void append_text(std::string& out, std::string_view key_with_punctuation, std::string_view text) {
  out += key_with_punctuation;
  if (is_utf8(text)) {
    append_json_escaped(out, text);
  } else {
    std::string ascii(text);
    for (char& c : ascii) {
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
    append_json_escaped(out, ascii);
  }
  out += '"';
}

bool always_has_payload(RecordType type) {
  return type == RecordType::recv || type == RecordType::send || type == RecordType::http;
}

void append_base64_payload(std::string& out, const Record& record) {
  if (!record.is_binary) out += R"(,"text":true)";
  out += R"(,"b64":")";
  append_base64(out, record.payload);
  out += '"';
}

/// Text as a string; bytes that JSON cannot hold, or that escaping would more than double
/// (control characters: six for one), as base64.
void append_payload(std::string& out, const Record& record) {
  if (record.is_binary || !is_utf8(record.payload)) {
    append_base64_payload(out, record);
    return;
  }
  const size_t before = out.size();
  out += R"(,"data":")";
  append_json_escaped(out, record.payload);
  if (out.size() - before > 2 * record.payload.size() + 64) {
    out.resize(before);
    append_base64_payload(out, record);
    return;
  }
  out += '"';
}

}  // namespace

std::string_view record_type_name(RecordType type) {
  return kTypeNames[static_cast<size_t>(type)];
}

std::optional<RecordType> record_type_of_name(std::string_view name) {
  for (size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<RecordType>(i);
  }
  return std::nullopt;
}

int64_t frame_numbers_taken(const Record& record) {
  return 1 + static_cast<int64_t>(record.payload.size() >> 20);
}

void append_record_line(std::string& out, const Record& record) {
  out += R"({"seq":)";
  append_integer(out, record.frame_seq);
  out += R"(,"time_ns":)";
  append_integer(out, record.capture_time.value);
  out += R"(,"type":")";
  out += record_type_name(record.type);
  out += '"';
  if (record.connection != 0) {
    out += R"(,"conn":)";
    append_integer(out, record.connection);
  }
  if (record.status != 0) {
    out += R"(,"status":)";
    append_integer(out, record.status);
  }
  if (!record.url.empty()) append_text(out, R"(,"url":")", record.url);
  if (!record.detail.empty()) append_text(out, R"(,"detail":")", record.detail);
  if (always_has_payload(record.type) || !record.payload.empty()) append_payload(out, record);
  out += "}\n";
}

Result<Record> parse_record_line(std::string_view line) {
  Record record;
  DAEDALUS_OK(parse_record_line(line, record));
  return record;
}

}  // namespace daedalus
