#include <fmt/format.h>
#include <simdjson.h>

#include "daedalus/base/json_text.hpp"
#include "daedalus/journal/record.hpp"

namespace daedalus {
namespace {

Failure missing(std::string_view key) {
  return fail(ErrorKind::malformed, "not a segment header: no valid {}", key);
}

Result<std::string> text_of(simdjson::ondemand::object& object, std::string_view key) {
  std::string_view text;
  if (object.find_field_unordered(key).get_string().get(text)) return missing(key);
  return std::string(text);
}

Result<int64_t> integer_of(simdjson::ondemand::object& object, std::string_view key) {
  int64_t value = 0;
  if (object.find_field_unordered(key).get_int64().get(value)) return missing(key);
  return value;
}

}  // namespace

std::string to_json(const SegmentHeader& header) {
  return fmt::format(
      R"({{"format":{},"segment":{},"source":{},"exchange":{},"previous_segment":{},"writer":{},)"
      R"("opened_ns":{},"first_of_hour":{}}})",
      header.format, json_quoted(header.segment), json_quoted(header.source),
      json_quoted(header.exchange), json_quoted(header.previous_segment),
      json_quoted(header.writer), header.opened_ns, header.first_of_hour);
}

Result<SegmentHeader> parse_segment_header(std::string_view json) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(padded).get(document) || document.get_object().get(object)) {
    return fail(ErrorKind::malformed, "not a segment header: {}", json.substr(0, 64));
  }
  SegmentHeader header;
  DAEDALUS_TRY(const int64_t format, integer_of(object, "format"));
  if (format != 1) {
    return fail(ErrorKind::malformed, "segment header of an unknown format: {}", format);
  }
  DAEDALUS_TRY(header.segment, text_of(object, "segment"));
  DAEDALUS_TRY(header.source, text_of(object, "source"));
  DAEDALUS_TRY(header.exchange, text_of(object, "exchange"));
  DAEDALUS_TRY(header.previous_segment, text_of(object, "previous_segment"));
  DAEDALUS_TRY(header.writer, text_of(object, "writer"));
  DAEDALUS_TRY(header.opened_ns, integer_of(object, "opened_ns"));
  if (object.find_field_unordered("first_of_hour").get_bool().get(header.first_of_hour)) {
    return missing("first_of_hour");
  }
  return header;
}

}  // namespace daedalus
