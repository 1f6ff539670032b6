#include "daedalus/bronze/import.hpp"

#include <optional>
#include <utility>

#include "daedalus/bronze/imported_before.hpp"
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
    DAEDALUS_OK(take_up(files));
    SegmentPlanOptions plan{.source = seal.source,
                            .exchange = std::string(seal.exchange->name),
                            .limits = options_.limits,
                            .position = unfinished_.positions.back()};
    if (unfinished_.positions.size() > 1) before_.emplace(plan, unfinished_.positions);
    DAEDALUS_TRY(journal_, JournalSink::open(
                               {.folder = seal.root.active(seal.source), .plan = std::move(plan)}));
    RecordingOptions recording = options_.recording;
    recording.exchange = seal.exchange;
    for (const std::string& file : files) {
      DAEDALUS_TRY(const auto reader, open_recording(options_.format, file, recording));
      DAEDALUS_OK(read_all(*reader, file));
      recording.continues = true;
    }
    if (has_begun_) DAEDALUS_OK(end());
    DAEDALUS_OK(remove_unfinished_import(seal.root, seal.source));
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

  /// Finds where the source stands, and whether this import was begun before.
  Result<void> take_up(std::span<const std::string> files) {
    const SealOptions& seal = options_.seal;
    ImportInput input{.exchange = std::string(seal.exchange->name),
                      .format = options_.format,
                      .symbol = options_.recording.symbol,
                      .time_key = options_.recording.time_key,
                      .frame_key = options_.recording.frame_key,
                      .limits = options_.limits,
                      .files = {}};
    DAEDALUS_TRY(input.files, identify_files(files));
    DAEDALUS_TRY(auto unfinished, load_unfinished_import(seal.root, seal.source));
    if (unfinished && !is_same_import(unfinished->input, input)) {
      return fail(ErrorKind::config,
                  "source {} holds a part of an import that was cut short: finish it first, with "
                  "the same options and files ({}), or import under another name (--source)",
                  seal.source, describe(unfinished->input));
    }
    if (unfinished) DAEDALUS_OK(discard_open_segments(seal));
    DAEDALUS_OK(recover(unfinished.has_value()));
    DAEDALUS_TRY(const JournalPosition position, source_position(seal.root, seal.source));
    if (!unfinished) {
      unfinished_ = {.input = std::move(input), .positions = {position}};
      return {};
    }
    unfinished_ = std::move(*unfinished);
    const int64_t taken_up_at = unfinished_.positions.back().next_frame_seq;
    if (position.next_frame_seq < taken_up_at) {
      return fail(
          ErrorKind::config,
          "source {} has lost where it stood when its import was cut short (its seal states "
          "and records are gone): import under another name (--source)",
          seal.source);
    }
    if (position.next_frame_seq > taken_up_at) unfinished_.positions.push_back(position);
    report_.warnings.push_back(
        "an import that was cut short is finished: what it had sealed stays");
    return {};
  }

  Result<void> recover(bool is_resumed) {
    DAEDALUS_TRY(RecoveryReport recovered, recover_source(options_.seal));
    for (const SealedSegment& sealed : recovered.sealed) {
      if (is_resumed) {
        count(sealed);
        continue;
      }
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
      if (!has_begun_) DAEDALUS_OK(begin((*next)->capture_time, file));
      Record record = **next;
      // Numbers of the source: those of earlier imports lie below, since each had its record.
      if (record.connection > 0) record.connection += begun_at().next_frame_seq - 1;
      DAEDALUS_OK(append(std::move(record)));
      if (!before_ && ++report_.records % kProgressEvery == 0 && options_.on_progress) {
        options_.on_progress(report_);
      }
    }
  }

  Result<void> begin(UnixNanos first, const std::string& file) {
    const JournalPosition& position = begun_at();
    if (!position.newest_segment.empty() && first < position.last_capture_time) {
      return fail(ErrorKind::config,
                  "{} begins at {}, before the end of what source {} holds ({}): it is there "
                  "already, or belongs to another source; "
                  "import it under another name (--source)",
                  file, format_rfc3339(first), options_.seal.source,
                  format_rfc3339(position.last_capture_time));
    }
    DAEDALUS_OK(save_unfinished_import(options_.seal.root, options_.seal.source, unfinished_));
    has_begun_ = true;
    return append({.capture_time = first, .type = RecordType::start, .detail = "import"});
  }

  Result<void> end() {
    DAEDALUS_OK(append({.capture_time = last_time_, .type = RecordType::stop}));
    if (before_) return before_->finish(last_time_);
    DAEDALUS_OK(journal_->finish(last_time_));
    return seal_closed();
  }

  Result<void> append(Record record) {
    if (before_) {
      DAEDALUS_TRY(const bool is_held, before_->pass(record));
      if (is_held) {
        last_time_ = record.capture_time;
        return {};
      }
      before_.reset();
    }
    DAEDALUS_OK(journal_->append(record));
    last_time_ = record.capture_time;
    return seal_closed();
  }

  Result<void> seal_closed() {
    for (const std::string& segment : journal_->take_closed()) {
      DAEDALUS_TRY(const SealedSegment sealed, sealer_.seal(segment));
      count(sealed);
    }
    return {};
  }

  const JournalPosition& begun_at() const { return unfinished_.positions.front(); }

  void count(const SealedSegment& sealed) {
    report_.segments += 1;
    for (const auto& [name, count] : sealed.record.frames) report_.frames[name] += count;
    for (const SegmentFile& file : sealed.record.files) report_.rows[file.channel] += file.rows;
    if (report_.first_unparsable.empty()) report_.first_unparsable = sealed.first_unparsable;
    if (!sealed.warning.empty()) report_.warnings.push_back(sealed.warning);
  }

  const ImportOptions& options_;
  Sealer sealer_;
  UnfinishedImport unfinished_;           ///< This import.
  std::optional<ImportedBefore> before_;  ///< While records come that the source holds.
  std::optional<JournalSink> journal_;
  bool has_begun_ = false;
  UnixNanos last_time_;
  ImportReport report_;
};

}  // namespace

Result<ImportReport> import_recordings(const ImportOptions& options,
                                       std::span<const std::string> files) {
  return Import(options).run(files);
}

}  // namespace daedalus
