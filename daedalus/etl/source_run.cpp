#include "daedalus/etl/source_run.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "daedalus/base/file.hpp"
#include "daedalus/base/hash.hpp"
#include "daedalus/storage/publisher.hpp"

namespace daedalus {

void EtlSummary::add(const EtlSummary& other) {
  segments += other.segments;
  rows_in += other.rows_in;
  rows_out += other.rows_out;
  files += other.files;
  held_symbols += other.held_symbols;
  missing_segment = missing_segment || other.missing_segment;
}

SourceRun::SourceRun(EtlOptions options, std::string source)
    : options_(std::move(options)),
      source_(std::move(source)),
      chain_(options_.root, source_),
      states_(options_.root, source_),
      engines_(source_, options_.parameters, options_.tell, options_.threads),
      journals_(options_.root, source_, options_.seal_options) {}

Result<void> SourceRun::open() {
  if (options_.dry_run) return {};
  DAEDALUS_TRY(lock_, SourceLock::take(options_.root.etl_states(source_) + "/lock", source_));
  DAEDALUS_TRY(const bool finished, recover(options_.root, source_));
  if (finished) options_.tell(fmt::format("source {}: finished the commit a crash left", source_));
  return {};
}

Result<EtlSummary> SourceRun::pass(int64_t limit) {
  EtlSummary summary;
  DAEDALUS_OK(chain_.refresh());
  DAEDALUS_OK(rewind());
  const bool is_plain = options_.filter.is_all() && !options_.start && !options_.end;
  if (is_plain && !options_.dry_run) {
    DAEDALUS_TRY(const EtlSummary repaired, release_repaired());
    summary.add(repaired);
  }
  DAEDALUS_TRY(const auto selected, select());
  selected_ = selected.size();
  for (const std::string& segment : selected) {
    if (options_.stopping() || (limit > 0 && summary.segments >= limit)) break;
    DAEDALUS_TRY(const SegmentRecord* record, chain_.record(segment));
    DAEDALUS_TRY(const bool holds, chain_holds(*record, predecessor(segment)));
    if (!holds) {
      summary.missing_segment = true;
      break;
    }
    DAEDALUS_TRY(const EtlSummary one, process(segment));
    summary.add(one);
    tell_progress(segment, one, summary.segments);
  }
  summary.held_symbols = static_cast<int64_t>(engines_.held().size());
  return summary;
}

void SourceRun::tell_progress(const std::string& segment, const EtlSummary& one, int64_t done) {
  options_.progress(options_.dry_run
                        ? fmt::format("[{}/{}] {} {}: would process {} rows", done, selected_,
                                      source_, segment, one.rows_in)
                        : fmt::format("[{}/{}] {} {}: {} rows in, {} rows out in {} files", done,
                                      selected_, source_, segment, one.rows_in, one.rows_out,
                                      one.files));
}

/// A segment that came again (sealed anew) is done again, with all behind it.
Result<void> SourceRun::rewind() {
  DAEDALUS_TRY(kept_states_, states_.list());
  head_ = kept_states_.empty() ? "" : kept_states_.back();
  for (const auto& [segment, place] : chain_.segments()) {
    if (segment > head_) break;
    if (place == SegmentPlace::archive) continue;
    options_.tell(
        fmt::format("source {}: segment {} came again, it and all behind it are computed "
                    "again",
                    source_, segment));
    if (!options_.dry_run) DAEDALUS_OK(states_.drop_from(segment));
    std::erase_if(kept_states_, [&](const std::string& kept) { return kept >= segment; });
    head_ = kept_states_.empty() ? "" : kept_states_.back();
    chain_.forget(segment);
    is_prepared_ = false;
    break;
  }
  return {};
}

Result<std::vector<std::string>> SourceRun::select() {
  std::vector<std::string> selected;
  const bool has_range = options_.start || options_.end;
  for (const auto& [segment, place] : chain_.segments()) {
    if (!has_range && segment <= head_) continue;
    DAEDALUS_TRY(const bool in_range, is_in_range(segment));
    if (in_range) selected.push_back(segment);
  }
  return selected;
}

Result<bool> SourceRun::is_in_range(const std::string& segment) {
  if (!options_.start && !options_.end) return true;
  DAEDALUS_TRY(const SegmentRecord* record, chain_.record(segment));
  if (options_.end && record->opened_ns >= options_.end->value) return false;
  return !options_.start || record->closed_ns > options_.start->value;
}

std::string SourceRun::predecessor(const std::string& segment) const {
  // Deleted segments are known by their state.
  const auto state = std::lower_bound(kept_states_.begin(), kept_states_.end(), segment);
  const std::string kept = state == kept_states_.begin() ? "" : *std::prev(state);
  return std::max(kept, chain_.before(segment));
}

Result<bool> SourceRun::chain_holds(const SegmentRecord& record, const std::string& predecessor) {
  if (record.previous_segment.empty() || record.previous_segment == predecessor) return true;
  if (options_.skip_missing) return true;
  if (told_missing_ != record.previous_segment) {
    told_missing_ = record.previous_segment;
    options_.tell(fmt::format(
        "segment {} of source {} is missing: {} names it as its predecessor; bring it back to {}, "
        "or run with --skip-missing to turn it into a gap",
        record.previous_segment, source_, record.segment, options_.root.ready_records(source_)));
  }
  return false;
}

Result<EtlSummary> SourceRun::process(const std::string& segment) {
  const bool is_next = options_.filter.is_all() && predecessor(segment) == head_;
  EtlSummary summary{.segments = 1};
  if (options_.dry_run) {
    DAEDALUS_TRY(const SegmentRecord* record, chain_.record(segment));
    for (const SegmentFile& file : record->files) summary.rows_in += file.rows;
    return summary;
  }
  if (!is_prepared_ || engines_.segment() != predecessor(segment)) DAEDALUS_OK(prepare(segment));
  is_prepared_ = false;  // Until this segment is through.
  if (is_next) DAEDALUS_OK(claim(segment));
  DAEDALUS_OK(fresh_staging());
  DAEDALUS_TRY(SegmentOutcome outcome,
               run_engines(segment, engines_, options_.filter, /*with_output=*/true));
  DAEDALUS_OK(publish(segment, is_next, outcome));
  is_prepared_ = true;
  summary.rows_in = outcome.rows_in;
  summary.files = static_cast<int64_t>(outcome.outputs.size());
  for (const ManifestOutput& output : outcome.outputs) summary.rows_out += output.rows;
  return summary;
}

Result<SegmentOutcome> SourceRun::run_engines(const std::string& segment, EngineSet& engines,
                                              const SymbolFilter& filter, bool with_output) {
  DAEDALUS_TRY(const SegmentRecord* record, chain_.record(segment));
  std::optional<SegmentRecord> sealed;
  DAEDALUS_TRY(const SegmentInput input, read_input(segment, *record, sealed));
  const bool is_missing_one = !record->previous_segment.empty() && !engines.segment().empty() &&
                              record->previous_segment != engines.segment();
  if (is_missing_one) {
    options_.tell(fmt::format("segment {} of source {} is missing and becomes a gap",
                              record->previous_segment, source_));
    engines.lose_until(input);
  }
  std::optional<PartTarget> target;
  if (with_output) {
    target = PartTarget{.root = options_.root, .source = source_, .segment = segment};
  }
  DAEDALUS_TRY(SegmentOutcome outcome, engines.process(input, filter, target));
  if (with_output && sealed) {
    DAEDALUS_TRY(auto gaps, journals_.stage_gaps(*sealed, filter));
    std::move(gaps.begin(), gaps.end(), std::back_inserter(outcome.outputs));
  }
  return outcome;
}

/// `sealed`: the record of what was sealed for it, if the segment has no bronze.
Result<SegmentInput> SourceRun::read_input(const std::string& segment, const SegmentRecord& record,
                                           std::optional<SegmentRecord>& sealed) {
  if (record.raw_format != "ndjson") {
    return segment_input(record,
                         [&](const SegmentFile& file) { return chain_.file_path(segment, file); });
  }
  const std::string journal = chain_.file_path(segment, {.path = journal_file_name(segment)});
  DAEDALUS_TRY(auto done, journals_.seal(record, journal, options_.state_retention_hours));
  if (!done.warning.empty()) options_.tell(done.warning);
  sealed = std::move(done.record);
  return segment_input(*sealed, [&](const SegmentFile& file) { return journals_.file_path(file); });
}

Result<void> SourceRun::claim(const std::string& segment) {
  const auto place = chain_.segments().at(segment);
  if (place != SegmentPlace::ready) return {};
  const std::string from = chain_.record_path(segment);
  const std::string folder = options_.root.processing_records(source_);
  return Publisher().rename(from, folder + "/" + segment + ".json");  // Synced by the commit.
}

Result<void> SourceRun::fresh_staging() const {
  const std::string folder = staging_folder(options_.root, source_);
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  return make_folders(folder);
}

Result<ManifestOutput> SourceRun::stage_state(const SourceState& state) const {
  const DataRoot relative{.path = ""};
  const std::string bytes = to_bytes(state);
  ManifestOutput output{
      .staged = staging_folder(relative, source_).substr(1) + "/engines.state.tmp",
      .path = StateStore(relative, source_).path_of(state.segment).substr(1),
      .bytes = static_cast<int64_t>(bytes.size()),
      .xxh3_128 = xxh3_128_hex(bytes)};
  DAEDALUS_TRY(File file, File::create_or_truncate(options_.root.path + "/" + output.staged));
  DAEDALUS_OK(file.write(bytes));
  DAEDALUS_OK(file.close());
  return output;
}

Result<void> SourceRun::publish(const std::string& segment, bool is_next, SegmentOutcome& outcome) {
  Manifest manifest{.source = source_,
                    .segment = segment,
                    .inputs_afterwards = InputAfterwards::keep,
                    .outputs = outcome.outputs,
                    .covers_segment = options_.filter.is_all(),
                    .rows_in = outcome.rows_in};
  if (is_next) {
    DAEDALUS_TRY(manifest.states.emplace_back(), stage_state(engines_.save()));
    if (chain_.segments().at(segment) != SegmentPlace::archive) {
      manifest.inputs_afterwards = options_.inputs_afterwards;
    }
  }
  DAEDALUS_TRY(const SegmentRecord* record, chain_.record(segment));
  for (const SegmentFile& file : record->files) manifest.inputs.push_back(file.path);
  if (record->raw_format == "ndjson") manifest.inputs.push_back(journal_file_name(segment));
  const auto earlier = find_manifest(options_.root, source_, segment);
  if (manifest.covers_segment && earlier) {
    std::set<std::string> now;
    for (const ManifestOutput& output : manifest.outputs) now.insert(output.path);
    for (const ManifestOutput& output : earlier->outputs) {
      if (!now.contains(output.path)) manifest.removed.push_back(output.path);
    }
  }
  DAEDALUS_OK(commit(options_.root, manifest));
  if (!is_next) return {};
  head_ = segment;
  DAEDALUS_OK(states_.prune(options_.state_retention_hours));
  DAEDALUS_TRY(kept_states_, states_.list());
  return chain_.refresh();
}

}  // namespace daedalus
