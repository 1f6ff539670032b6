#include "daedalus/bronze/segment_record.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "daedalus/base/json_text.hpp"

namespace daedalus {
namespace {

using simdjson::ondemand::object;

Result<std::string> text_of(object& from, std::string_view key) {
  std::string_view text;
  if (from.find_field_unordered(key).get_string().get(text)) {
    return fail(ErrorKind::malformed, "segment record: no valid {}", key);
  }
  return std::string(text);
}

Result<int64_t> integer_of(object& from, std::string_view key) {
  int64_t value = 0;
  if (from.find_field_unordered(key).get_int64().get(value)) {
    return fail(ErrorKind::malformed, "segment record: no valid {}", key);
  }
  return value;
}

Result<SegmentFile> file_of(object& from) {
  SegmentFile file;
  DAEDALUS_TRY(file.path, text_of(from, "path"));
  DAEDALUS_TRY(file.channel, text_of(from, "channel"));
  DAEDALUS_TRY(file.exchange, text_of(from, "exchange"));
  DAEDALUS_TRY(file.symbol, text_of(from, "symbol"));
  DAEDALUS_TRY(file.rows, integer_of(from, "rows"));
  DAEDALUS_TRY(file.bytes, integer_of(from, "bytes"));
  DAEDALUS_TRY(file.xxh3_128, text_of(from, "xxh3_128"));
  return file;
}

Result<void> read_frames(object& from, std::map<std::string, int64_t>& frames) {
  object counts;
  if (from.find_field_unordered("frames").get_object().get(counts)) {
    return fail(ErrorKind::malformed, "segment record: no valid frames");
  }
  for (auto field : counts) {
    std::string_view name;
    int64_t count = 0;
    if (field.unescaped_key().get(name) || field.value().get_int64().get(count)) {
      return fail(ErrorKind::malformed, "segment record: no valid count in frames");
    }
    frames.emplace(name, count);
  }
  return {};
}

Result<void> read_files(object& from, std::vector<SegmentFile>& files) {
  simdjson::ondemand::array listed;
  if (from.find_field_unordered("files").get_array().get(listed)) {
    return fail(ErrorKind::malformed, "segment record: no valid files");
  }
  for (auto entry : listed) {
    object one;
    if (entry.get_object().get(one)) {
      return fail(ErrorKind::malformed, "segment record: no valid file");
    }
    DAEDALUS_TRY(SegmentFile file, file_of(one));
    files.push_back(std::move(file));
  }
  return {};
}

void append_file(std::string& out, const SegmentFile& file) {
  out += fmt::format(
      R"(    {{"path": {}, "channel": {}, "exchange": {}, "symbol": {}, "rows": {}, "bytes": {}, )"
      R"("xxh3_128": {}}})",
      json_quoted(file.path), json_quoted(file.channel), json_quoted(file.exchange),
      json_quoted(file.symbol), file.rows, file.bytes, json_quoted(file.xxh3_128));
}

}  // namespace

std::string to_json(const SegmentRecord& record) {
  std::string out = "{\n";
  const auto text = [&out](std::string_view key, std::string_view value) {
    out += fmt::format("  \"{}\": {},\n", key, json_quoted(value));
  };
  const auto integer = [&out](std::string_view key, int64_t value) {
    out += fmt::format("  \"{}\": {},\n", key, value);
  };
  integer("format", record.format);
  text("segment", record.segment);
  text("source", record.source);
  text("exchange", record.exchange);
  text("writer", record.writer);
  text("previous_segment", record.previous_segment);
  text("raw_format", record.raw_format);
  integer("opened_ns", record.opened_ns);
  integer("closed_ns", record.closed_ns);
  integer("first_frame_seq", record.first_frame_seq);
  integer("last_frame_seq", record.last_frame_seq);
  integer("records", record.records);
  integer("torn_bytes", record.torn_bytes);
  out += "  \"frames\": {";
  for (bool first = true; const auto& [name, count] : record.frames) {
    out += fmt::format("{}{}: {}", first ? "" : ", ", json_quoted(name), count);
    first = false;
  }
  out += "},\n  \"files\": [";
  for (bool first = true; const SegmentFile& file : record.files) {
    out += first ? "\n" : ",\n";
    append_file(out, file);
    first = false;
  }
  out += record.files.empty() ? "]\n}\n" : "\n  ]\n}\n";
  return out;
}

Result<SegmentRecord> parse_segment_record(std::string_view json) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::ondemand::document document;
  object root;
  if (parser.iterate(padded).get(document) || document.get_object().get(root)) {
    return fail(ErrorKind::malformed, "segment record: not a JSON object");
  }
  SegmentRecord record;
  DAEDALUS_TRY(const int64_t format, integer_of(root, "format"));
  if (format != record.format) {
    return fail(ErrorKind::malformed, "segment record: unknown format {}", format);
  }
  DAEDALUS_TRY(record.segment, text_of(root, "segment"));
  DAEDALUS_TRY(record.source, text_of(root, "source"));
  DAEDALUS_TRY(record.exchange, text_of(root, "exchange"));
  DAEDALUS_TRY(record.writer, text_of(root, "writer"));
  DAEDALUS_TRY(record.previous_segment, text_of(root, "previous_segment"));
  DAEDALUS_TRY(record.raw_format, text_of(root, "raw_format"));
  DAEDALUS_TRY(record.opened_ns, integer_of(root, "opened_ns"));
  DAEDALUS_TRY(record.closed_ns, integer_of(root, "closed_ns"));
  DAEDALUS_TRY(record.first_frame_seq, integer_of(root, "first_frame_seq"));
  DAEDALUS_TRY(record.last_frame_seq, integer_of(root, "last_frame_seq"));
  DAEDALUS_TRY(record.records, integer_of(root, "records"));
  DAEDALUS_TRY(record.torn_bytes, integer_of(root, "torn_bytes"));
  DAEDALUS_OK(read_frames(root, record.frames));
  DAEDALUS_OK(read_files(root, record.files));
  return record;
}

}  // namespace daedalus
