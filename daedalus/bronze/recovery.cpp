#include <algorithm>
#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/bronze/seal.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kJournalSuffix = ".ndjson.zst";

/// Whether the file holds at least its segment line.
Result<bool> has_header(const std::string& path) {
  DAEDALUS_TRY(SegmentReader reader, SegmentReader::open(path));
  DAEDALUS_TRY(const Record* first, reader.next());
  return first != nullptr;
}

/// A file damaged before its end is kept as `<segment>.ndjson.zst.damaged` beside the journals, and
/// cut behind its last whole frame. False if it is not damaged.
Result<bool> cut_damage(const std::string& journal, const std::string& keep_in) {
  DAEDALUS_TRY(SegmentReader reader, SegmentReader::open(journal));
  while (true) {
    const auto next = reader.next();
    if (next && *next) continue;
    if (next) return false;
    if (next.error().kind != ErrorKind::malformed) return Failure(next.error());
    break;
  }
  DAEDALUS_OK(make_folders(keep_in));
  const std::string name = std::filesystem::path(journal).filename();
  DAEDALUS_TRY(const std::string bytes, read_file(journal));
  DAEDALUS_OK(publish_file(keep_in + '/' + name + ".damaged", bytes));
  std::error_code error;
  std::filesystem::resize_file(journal, static_cast<uintmax_t>(reader.valid_bytes()), error);
  if (error) return fail(ErrorKind::io, "cannot truncate {}: {}", journal, error.message());
  return true;
}

Result<SegmentRecord> read_record(const std::string& folder, const std::string& segment) {
  DAEDALUS_TRY(const std::string json, read_file(folder + '/' + segment + ".json"));
  return parse_segment_record(json);
}

/// Left-over journals, and of raw_format ndjson those that were published without their record.
Result<std::vector<std::string>> unfinished_segments(const SealOptions& options) {
  DAEDALUS_TRY(auto segments, journals_in(options.root.active(options.source)));
  DAEDALUS_TRY(const auto published, journals_in(options.root.ready(options.source)));
  for (const std::string& segment : published) {
    if (!folder_of_record(options.root, options.source, segment).empty()) continue;
    segments.push_back(segment);
  }
  std::sort(segments.begin(), segments.end());
  return segments;
}

}  // namespace

Result<RecoveryReport> recover_source(const SealOptions& options) {
  RecoveryReport report;
  Sealer sealer(options);
  DAEDALUS_TRY(const auto segments, unfinished_segments(options));
  for (const std::string& segment : segments) {
    const std::string records = folder_of_record(options.root, options.source, segment);
    if (!records.empty()) {
      DAEDALUS_TRY(const SegmentRecord record, read_record(records, segment));
      DAEDALUS_OK(sealer.release(record));
      continue;
    }
    const std::string journal =
        options.root.active(options.source) + '/' + segment + std::string(kJournalSuffix);
    if (path_exists(journal)) {
      DAEDALUS_TRY(const bool is_damaged,
                   cut_damage(journal, options.root.journal(options.source)));
      if (is_damaged) report.damaged.push_back(segment);
      DAEDALUS_TRY(const bool is_readable, has_header(journal));
      if (!is_readable) {
        DAEDALUS_OK(remove_file(journal));
        report.removed.push_back(segment);
        continue;
      }
    }
    DAEDALUS_TRY(SealedSegment sealed, sealer.seal(segment));
    report.torn_bytes += sealed.record.torn_bytes;
    report.sealed.push_back(std::move(sealed));
  }
  return report;
}

Result<std::vector<std::string>> journals_in(const std::string& folder) {
  DAEDALUS_TRY(const auto files, list_files(folder));
  std::vector<std::string> segments;
  for (const std::string& file : files) {
    if (!file.ends_with(kJournalSuffix) || !parse_segment_name(file)) continue;
    segments.push_back(file.substr(0, file.size() - kJournalSuffix.size()));
  }
  return segments;
}

Result<std::vector<std::string>> sources_with_journals(const DataRoot& root) {
  DAEDALUS_TRY(const auto sources, list_folders(root.path + "/raw/active"));
  std::vector<std::string> found;
  for (const std::string& source : sources) {
    DAEDALUS_TRY(const auto segments, journals_in(root.active(source)));
    if (!segments.empty()) found.push_back(source);
  }
  return found;
}

std::string folder_of_record(const DataRoot& root, std::string_view source,
                             std::string_view segment) {
  for (const std::string& folder : {root.ready_records(source), root.processing_records(source),
                                    root.archive_records(source)}) {
    if (path_exists(folder + '/' + std::string(segment) + ".json")) return folder;
  }
  return {};
}

}  // namespace daedalus
