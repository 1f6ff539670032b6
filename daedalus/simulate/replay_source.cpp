#include "daedalus/simulate/replay_source.hpp"

#include <algorithm>
#include <optional>

#include "daedalus/base/file.hpp"
#include "daedalus/base/log.hpp"
#include "daedalus/journal/segment_name.hpp"
#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/storage/data_root.hpp"

namespace daedalus {
namespace {

class JournalSource final : public ReplaySource {
 public:
  explicit JournalSource(std::vector<std::string> files) : files_(std::move(files)) {}

  Result<const Record*> next() override {
    for (;;) {
      if (!reader_) {
        if (next_file_ == files_.size()) return nullptr;
        DAEDALUS_TRY(reader_, SegmentReader::open(files_[next_file_++]));
      }
      DAEDALUS_TRY(const Record* record, reader_->next());
      if (record != nullptr) return record;
      reader_.reset();
    }
  }

 private:
  std::vector<std::string> files_;
  size_t next_file_ = 0;
  std::optional<SegmentReader> reader_;
};

class RecordingSource final : public ReplaySource {
 public:
  RecordingSource(std::string format, std::vector<std::string> files, RecordingOptions options)
      : format_(std::move(format)), files_(std::move(files)), options_(std::move(options)) {}

  Result<void> open_next() {
    options_.continues = next_file_ > 0;
    DAEDALUS_TRY(reader_, open_recording(format_, files_[next_file_++], options_));
    return {};
  }

  Result<const Record*> next() override {
    for (;;) {
      auto record = reader_->next();
      if (!record) {
        if (record.error().kind != ErrorKind::malformed) return Failure(record.error());
        if (passed_over_++ < 10) log_warning("{}", record.error().message);
        continue;
      }
      if (*record != nullptr) return *record;
      if (next_file_ == files_.size()) return nullptr;
      DAEDALUS_OK(open_next());
    }
  }

 private:
  std::string format_;
  std::vector<std::string> files_;
  RecordingOptions options_;
  size_t next_file_ = 0;
  int passed_over_ = 0;
  std::unique_ptr<RecordingReader> reader_;
};

Result<void> add_journals(const std::string& folder, std::vector<std::string>& files) {
  DAEDALUS_TRY(const std::vector<std::string> names, list_files(folder));
  for (const std::string& name : names) {
    if (name.ends_with(".ndjson.zst") && parse_segment_name(name))
      files.push_back(folder + "/" + name);
  }
  return {};
}

void sort_by_segment(std::vector<std::string>& files) {
  const auto name = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  std::sort(files.begin(), files.end(),
            [&](const std::string& a, const std::string& b) { return name(a) < name(b); });
  files.erase(
      std::unique(files.begin(), files.end(),
                  [&](const std::string& a, const std::string& b) { return name(a) == name(b); }),
      files.end());
}

}  // namespace

std::unique_ptr<ReplaySource> replay_journals(std::vector<std::string> files) {
  return std::make_unique<JournalSource>(std::move(files));
}

Result<std::unique_ptr<ReplaySource>> replay_recording(const std::string& format,
                                                       std::vector<std::string> files,
                                                       const RecordingOptions& options) {
  if (files.empty()) return fail(ErrorKind::config, "no recording to replay");
  auto source = std::make_unique<RecordingSource>(format, std::move(files), options);
  DAEDALUS_OK(source->open_next());
  return source;
}

Result<std::vector<std::string>> journal_files_of_folder(const std::string& folder) {
  std::vector<std::string> files;
  DAEDALUS_OK(add_journals(folder, files));
  sort_by_segment(files);
  if (files.empty()) return fail(ErrorKind::config, "no journal segments in {}", folder);
  return files;
}

Result<std::vector<std::string>> journal_files_of_source(const std::string& data_root,
                                                         const std::string& source) {
  const DataRoot root{data_root};
  std::vector<std::string> files;
  // ready and archive: where raw_format ndjson publishes them.
  for (const std::string& folder :
       {root.journal(source), root.active(source), root.ready(source), root.archive(source)}) {
    DAEDALUS_OK(add_journals(folder, files));
  }
  sort_by_segment(files);
  if (files.empty()) {
    return fail(ErrorKind::config,
                "source {} has no journal under {} (journal_retention says how long they are kept)",
                source, data_root);
  }
  return files;
}

Result<std::string> exchange_of_journal(const std::string& file) {
  DAEDALUS_TRY(SegmentReader reader, SegmentReader::open(file));
  DAEDALUS_TRY(const Record* record, reader.next());
  if (record == nullptr || record->type != RecordType::segment) {
    return fail(ErrorKind::malformed, "{} does not begin with a segment record", file);
  }
  DAEDALUS_TRY(const SegmentHeader header, parse_segment_header(record->detail));
  return header.exchange;
}

}  // namespace daedalus
