#include "daedalus/bronze/unfinished_import.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/base/hash.hpp"
#include "daedalus/base/json_text.hpp"
#include "daedalus/bronze/seal_states.hpp"

namespace daedalus {
namespace {

using simdjson::ondemand::object;

std::string to_json(const UnfinishedImport& import) {
  const ImportInput& input = import.input;
  std::string out = fmt::format(
      "{{\n  \"format\": 1,\n  \"exchange\": {},\n  \"from\": {},\n  \"symbol\": {},\n"
      "  \"time_key\": {},\n  \"frame_key\": {},\n  \"segment_max_bytes\": {},\n"
      "  \"segment_max_age_ns\": {},\n  \"files\": [",
      json_quoted(input.exchange), json_quoted(input.format), json_quoted(input.symbol),
      json_quoted(input.time_key), json_quoted(input.frame_key), input.limits.max_bytes,
      input.limits.max_age.count());
  for (bool first = true; const ImportInput::File& file : input.files) {
    out +=
        fmt::format("{}\n    {{\"path\": {}, \"bytes\": {}, \"xxh3_128\": {}}}", first ? "" : ",",
                    json_quoted(file.path), file.bytes, json_quoted(file.xxh3_128));
    first = false;
  }
  out += "],\n  \"positions\": [";
  for (bool first = true; const JournalPosition& position : import.positions) {
    out += fmt::format(
        "{}\n    {{\"newest_segment\": {}, \"next_frame_seq\": {}, \"last_capture_time_ns\": {}}}",
        first ? "" : ",", json_quoted(position.newest_segment), position.next_frame_seq,
        position.last_capture_time.value);
    first = false;
  }
  return out + "]\n}\n";
}

Result<std::string> text_of(object& from, std::string_view key) {
  std::string_view text;
  if (from.find_field_unordered(key).get_string().get(text)) {
    return fail(ErrorKind::malformed, "no valid {}", key);
  }
  return std::string(text);
}

Result<int64_t> integer_of(object& from, std::string_view key) {
  int64_t value = 0;
  if (from.find_field_unordered(key).get_int64().get(value)) {
    return fail(ErrorKind::malformed, "no valid {}", key);
  }
  return value;
}

template <class Read>
Result<void> for_each_of(object& from, std::string_view key, Read&& read) {
  simdjson::ondemand::array list;
  if (from.find_field_unordered(key).get_array().get(list)) {
    return fail(ErrorKind::malformed, "no valid {}", key);
  }
  for (auto entry : list) {
    object one;
    if (entry.get_object().get(one)) return fail(ErrorKind::malformed, "no valid {}", key);
    DAEDALUS_OK(read(one));
  }
  return {};
}

Result<void> read_file_entry(object& from, std::vector<ImportInput::File>& files) {
  ImportInput::File file;
  DAEDALUS_TRY(file.path, text_of(from, "path"));
  DAEDALUS_TRY(file.bytes, integer_of(from, "bytes"));
  DAEDALUS_TRY(file.xxh3_128, text_of(from, "xxh3_128"));
  files.push_back(std::move(file));
  return {};
}

Result<void> read_position(object& from, std::vector<JournalPosition>& positions) {
  JournalPosition position;
  DAEDALUS_TRY(position.newest_segment, text_of(from, "newest_segment"));
  DAEDALUS_TRY(position.next_frame_seq, integer_of(from, "next_frame_seq"));
  DAEDALUS_TRY(position.last_capture_time.value, integer_of(from, "last_capture_time_ns"));
  if (!position.newest_segment.empty() && !parse_segment_name(position.newest_segment)) {
    return fail(ErrorKind::malformed, "no valid newest_segment");
  }
  const int64_t before = positions.empty() ? 0 : positions.back().next_frame_seq;
  if (position.next_frame_seq <= before) return fail(ErrorKind::malformed, "positions go back");
  positions.push_back(std::move(position));
  return {};
}

Result<UnfinishedImport> parse_unfinished_import(std::string_view json) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::ondemand::document document;
  object root;
  if (parser.iterate(padded).get(document) || document.get_object().get(root)) {
    return fail(ErrorKind::malformed, "not a JSON object");
  }
  DAEDALUS_TRY(const int64_t format, integer_of(root, "format"));
  if (format != 1) return fail(ErrorKind::malformed, "unknown format {}", format);
  UnfinishedImport import;
  ImportInput& input = import.input;
  DAEDALUS_TRY(input.exchange, text_of(root, "exchange"));
  DAEDALUS_TRY(input.format, text_of(root, "from"));
  DAEDALUS_TRY(input.symbol, text_of(root, "symbol"));
  DAEDALUS_TRY(input.time_key, text_of(root, "time_key"));
  DAEDALUS_TRY(input.frame_key, text_of(root, "frame_key"));
  DAEDALUS_TRY(input.limits.max_bytes, integer_of(root, "segment_max_bytes"));
  DAEDALUS_TRY(const int64_t max_age_ns, integer_of(root, "segment_max_age_ns"));
  input.limits.max_age = Nanoseconds(max_age_ns);
  DAEDALUS_OK(
      for_each_of(root, "files", [&](object& one) { return read_file_entry(one, input.files); }));
  DAEDALUS_OK(for_each_of(root, "positions",
                          [&](object& one) { return read_position(one, import.positions); }));
  if (import.positions.empty()) return fail(ErrorKind::malformed, "no positions");
  return import;
}

/// Ended by its writer; what is damaged was not.
Result<bool> is_closed(const std::string& journal) {
  DAEDALUS_TRY(SegmentReader reader, SegmentReader::open(journal));
  bool closed = false;
  while (true) {
    const auto next = reader.next();
    if (!next && next.error().kind == ErrorKind::malformed) return false;
    if (!next) return Failure(next.error());
    if (*next == nullptr) return closed;
    closed = (*next)->type == RecordType::close;
  }
}

}  // namespace

Result<std::vector<ImportInput::File>> identify_files(std::span<const std::string> paths) {
  std::vector<ImportInput::File> files;
  for (const std::string& path : paths) {
    DAEDALUS_TRY(const File file, File::open_read(path));
    DAEDALUS_TRY(const int64_t bytes, file.size());
    DAEDALUS_TRY(std::string hash, hash_file(path));
    files.push_back({.path = path, .bytes = bytes, .xxh3_128 = std::move(hash)});
  }
  return files;
}

bool is_same_import(const ImportInput& one, const ImportInput& other) {
  const auto same_file = [](const ImportInput::File& left, const ImportInput::File& right) {
    return left.bytes == right.bytes && left.xxh3_128 == right.xxh3_128;
  };
  return one.exchange == other.exchange && one.format == other.format &&
         one.symbol == other.symbol && one.time_key == other.time_key &&
         one.frame_key == other.frame_key && one.limits.max_bytes == other.limits.max_bytes &&
         one.limits.max_age == other.limits.max_age &&
         std::equal(one.files.begin(), one.files.end(), other.files.begin(), other.files.end(),
                    same_file);
}

std::string describe(const ImportInput& input) {
  std::string out = fmt::format(
      "--from {} --exchange {} --segment-max-mb {}, segment_max_age_seconds {}:", input.format,
      input.exchange, input.limits.max_bytes >> 20, input.limits.max_age.count() / kNanosPerSecond);
  const auto option = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) out += fmt::format(" {} {}", name, value);
  };
  option("--symbol", input.symbol);
  option("--time-key", input.time_key);
  option("--frame-key", input.frame_key);
  for (const ImportInput::File& file : input.files) out += ' ' + file.path;
  return out;
}

Result<void> save_unfinished_import(const DataRoot& root, std::string_view source,
                                    const UnfinishedImport& import) {
  const std::string path = root.unfinished_import(source);
  DAEDALUS_OK(make_folders(std::filesystem::path(path).parent_path()));
  return publish_file(path, to_json(import));
}

Result<std::optional<UnfinishedImport>> load_unfinished_import(const DataRoot& root,
                                                               std::string_view source) {
  const std::string path = root.unfinished_import(source);
  if (!path_exists(path)) return std::optional<UnfinishedImport>();
  DAEDALUS_TRY(const std::string json, read_file(path));
  auto import = parse_unfinished_import(json);
  if (import) return std::optional(std::move(*import));
  return fail(ErrorKind::malformed,
              "{} is damaged ({}), so the import it tells of cannot be finished: remove it, and "
              "import under another name (--source)",
              path, import.error().message);
}

Result<void> remove_unfinished_import(const DataRoot& root, std::string_view source) {
  const std::string path = root.unfinished_import(source);
  if (!path_exists(path)) return {};
  DAEDALUS_OK(remove_file(path));
  return sync_folder(std::filesystem::path(path).parent_path());
}

Result<void> discard_open_segments(const SealOptions& options) {
  const std::string active = options.root.active(options.source);
  DAEDALUS_TRY(const auto segments, journals_in(active));
  for (const std::string& segment : segments) {
    if (!folder_of_record(options.root, options.source, segment).empty()) continue;
    DAEDALUS_TRY(const auto state, load_seal_state(options.root, options.source, segment));
    const std::string journal = active + '/' + segment + std::string(kSegmentSuffix);
    DAEDALUS_TRY(const bool closed, is_closed(journal));
    if (!state && !closed) DAEDALUS_OK(remove_file(journal));
  }
  return {};
}

}  // namespace daedalus
