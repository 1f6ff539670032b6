#include "daedalus/bronze/import.hpp"

#include <optional>
#include <utility>

#include "daedalus/journal/source_journal.hpp"

namespace daedalus {
namespace {

constexpr int64_t kProgressEvery = 8192;

class Import {
 public:
  explicit Import(const ImportOptions& options) : options_(options), sealer_(options.seal) {}

  Result<ImportReport> run(std::span<const std::string> files) {
    const SealOptions& seal = options_.seal;
    DAEDALUS_OK(check_order(files));
    DAEDALUS_OK(recover());
    DAEDALUS_TRY(position_, source_position(seal.root, seal.source));
    DAEDALUS_TRY(journal_, JournalSink::open({.folder = seal.root.active(seal.source),
                                              .plan = {.source = seal.source,
                                                       .exchange = std::string(seal.exchange->name),
                                                       .limits = options_.limits,
                                                       .position = position_}}));
    RecordingOptions recording = options_.recording;
    recording.exchange = seal.exchange;
    for (const std::string& file : files) {
      DAEDALUS_TRY(const auto reader, open_recording(options_.format, file, recording));
      DAEDALUS_OK(read_all(*reader, file));
      recording.continues = true;
    }
    if (report_.records > 0) {
      DAEDALUS_OK(append({.capture_time = last_time_, .type = RecordType::stop}));
      DAEDALUS_OK(journal_->finish(last_time_));
      DAEDALUS_OK(seal_closed());
    }
    if (options_.on_progress) options_.on_progress(report_);
    return std::move(report_);
  }

 private:
  /// Oldest first: times never go back in a journal, so a file given too late would lose its own.
  Result<void> check_order(std::span<const std::string> files) const {
    RecordingOptions recording = options_.recording;
    recording.exchange = options_.seal.exchange;
    std::optional<UnixNanos> before;
    for (size_t i = 0; i < files.size(); ++i) {
      DAEDALUS_TRY(const auto reader, open_recording(options_.format, files[i], recording));
      DAEDALUS_TRY(const auto begins, first_time(*reader));
      if (before && begins && *begins < *before) {
        return fail(ErrorKind::config, "{} begins at {}, before {}: name the oldest first",
                    files[i], format_rfc3339(*begins), files[i - 1]);
      }
      if (begins) before = begins;
      recording.continues = true;
    }
    return {};
  }

  static Result<std::optional<UnixNanos>> first_time(RecordingReader& reader) {
    while (true) {
      const auto next = reader.next();
      if (!next && next.error().kind == ErrorKind::malformed) continue;
      if (!next) return Failure(next.error());
      if (*next == nullptr) return std::optional<UnixNanos>();
      return std::optional<UnixNanos>((*next)->capture_time);
    }
  }

  Result<void> recover() {
    DAEDALUS_TRY(RecoveryReport recovered, recover_source(options_.seal));
    for (const SealedSegment& sealed : recovered.sealed) {
      report_.warnings.push_back(sealed.record.segment + ": an import before was cut short here");
    }
    return {};
  }

  Result<void> read_all(RecordingReader& reader, const std::string& file) {
    while (true) {
      auto next = reader.next();
      if (!next && next.error().kind == ErrorKind::malformed) {
        if (report_.unreadable_lines++ == 0) report_.first_unreadable = next.error().message;
        continue;
      }
      if (!next) return Failure(std::move(next).error());
      if (*next == nullptr) return {};
      if (report_.records == 0) DAEDALUS_OK(begin((*next)->capture_time, file));
      Record record = **next;
      // Numbers of the source: those of earlier imports lie below, since each had its record.
      if (record.connection > 0) record.connection += position_.next_frame_seq - 1;
      DAEDALUS_OK(append(std::move(record)));
      if (++report_.records % kProgressEvery == 0 && options_.on_progress) {
        options_.on_progress(report_);
      }
    }
  }

  Result<void> begin(UnixNanos first, const std::string& file) {
    if (!position_.newest_segment.empty() && first < position_.last_capture_time) {
      return fail(ErrorKind::config,
                  "{} begins at {}, before the end of what source {} holds ({}): it is there "
                  "already, in part if its import was cut short, or belongs to another source; "
                  "import it under another name (--source)",
                  file, format_rfc3339(first), options_.seal.source,
                  format_rfc3339(position_.last_capture_time));
    }
    return append({.capture_time = first, .type = RecordType::start, .detail = "import"});
  }

  Result<void> append(Record record) {
    DAEDALUS_OK(journal_->append(record));
    last_time_ = record.capture_time;
    return seal_closed();
  }

  Result<void> seal_closed() {
    for (const std::string& segment : journal_->take_closed()) {
      DAEDALUS_TRY(const SealedSegment sealed, sealer_.seal(segment));
      report_.segments += 1;
      for (const auto& [name, count] : sealed.record.frames) report_.frames[name] += count;
      for (const SegmentFile& file : sealed.record.files) report_.rows[file.channel] += file.rows;
      if (report_.first_unparsable.empty()) report_.first_unparsable = sealed.first_unparsable;
      if (!sealed.warning.empty()) report_.warnings.push_back(sealed.warning);
    }
    return {};
  }

  const ImportOptions& options_;
  Sealer sealer_;
  JournalPosition position_;
  std::optional<JournalSink> journal_;
  UnixNanos last_time_;
  ImportReport report_;
};

}  // namespace

Result<ImportReport> import_recordings(const ImportOptions& options,
                                       std::span<const std::string> files) {
  return Import(options).run(files);
}

}  // namespace daedalus
