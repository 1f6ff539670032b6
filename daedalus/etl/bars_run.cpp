#include "daedalus/etl/bars_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/etl/source_lock.hpp"
#include "daedalus/storage/publisher.hpp"

namespace daedalus {
namespace {

namespace fs = std::filesystem;

/// The folders of the tables that are asked for, below a root.
std::vector<std::string> table_folders(const EngineParameters& parameters) {
  const DataRoot relative{.path = ""};
  std::vector<std::string> folders;
  for (const Channel channel : {Channel::orderbook, Channel::trades, Channel::ticker}) {
    for (const int duration_s : parameters.of(channel).bar_durations_s) {
      folders.push_back(relative.gold_bars(channel_name(channel), duration_s).substr(1));
    }
  }
  for (const InformationBarSpec& spec : parameters.information_bars) {
    folders.push_back(
        relative.gold_information_bars(information_bar_name(spec.kind), spec.threshold_text())
            .substr(1));
  }
  return folders;
}

bool lies_in_folder(const std::string& path, const std::string& key, const std::string& value) {
  return value.empty() || path.find("/" + key + "=" + value + "/") != std::string::npos;
}

}  // namespace

BarsRun::BarsRun(const BarsOptions& options, std::string source)
    : options_(options),
      source_(std::move(source)),
      chain_(options.root, source_),
      engines_(source_, options.parameters, options.tell, options.threads),
      journals_(options.root, source_, options.seal_options, "state/bars_bronze") {}

/// The segments up to the end of the range, in their order.
Result<std::vector<BarsRun::Selected>> BarsRun::select() {
  std::vector<Selected> selected;
  for (const auto& [segment, place] : chain_.segments()) {
    DAEDALUS_TRY(const SegmentRecord* record, chain_.record(segment));
    if (options_.end && record->opened_ns >= options_.end->value) break;
    const bool is_written = !options_.start || record->closed_ns > options_.start->value;
    selected.push_back({segment, is_written});
  }
  return selected;
}

Result<void> BarsRun::check_chain(const std::string& segment, const SegmentInput& input) {
  DAEDALUS_TRY(const SegmentRecord* record, chain_.record(segment));
  const std::string& previous = record->previous_segment;
  if (previous.empty() || previous == engines_.segment()) return {};
  if (engines_.segment().empty()) {
    options_.tell(fmt::format("source {}: what lies before segment {} is gone, so bars begin there",
                              source_, segment));
    return {};
  }
  if (!options_.skip_missing) {
    return fail(ErrorKind::malformed,
                "segment {} of source {} is missing: {} names it as its predecessor; bring it "
                "back to {}, or run with --skip-missing to turn it into a gap",
                previous, source_, segment, options_.root.ready_records(source_));
  }
  options_.tell(
      fmt::format("segment {} of source {} is missing and becomes a gap", previous, source_));
  engines_.lose_until(input);
  return {};
}

Result<SegmentInput> BarsRun::read_input(const std::string& segment) {
  DAEDALUS_TRY(const SegmentRecord* record, chain_.record(segment));
  SegmentInput input;
  if (record->raw_format == "ndjson") {
    const std::string journal = chain_.file_path(segment, {.path = journal_file_name(segment)});
    DAEDALUS_TRY(const auto sealed, journals_.seal(*record, journal, /*state_retention_hours=*/1));
    if (!sealed.warning.empty()) options_.tell(sealed.warning);
    input = segment_input(sealed.record,
                          [&](const SegmentFile& file) { return journals_.file_path(file); });
  } else {
    input = segment_input(*record,
                          [&](const SegmentFile& file) { return chain_.file_path(segment, file); });
  }
  const auto is_needed = [&](const BronzeFile& file) {
    return file.channel == "gaps" ||
           std::any_of(options_.channels.begin(), options_.channels.end(),
                       [&](Channel channel) { return channel_name(channel) == file.channel; });
  };
  for (auto& [symbol, files] : input.symbols) {
    std::erase_if(files, [&](const BronzeFile& file) { return !is_needed(file); });
  }
  return input;
}

Result<void> BarsRun::find_earlier_files() {
  const std::string prefix = fmt::format("part_{}_", source_);
  for (const std::string& folder : table_folders(options_.parameters)) {
    std::error_code error;
    fs::recursive_directory_iterator entries(options_.out.path + "/" + folder, error);
    for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
      const std::string path = entries->path().string();
      const bool is_ours = entries->path().filename().string().starts_with(prefix) &&
                           lies_in_folder(path, "exchange", options_.filter.exchange) &&
                           lies_in_folder(path, "symbol", options_.filter.symbol);
      if (is_ours) earlier_files_.insert(path.substr(options_.out.path.size() + 1));
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      return fail(ErrorKind::io, "cannot list {}/{}: {}", options_.out.path, folder,
                  error.message());
    }
  }
  return {};
}

/// What the ETL has committed for this segment, if it writes here: those files stay as they are.
std::set<std::string> BarsRun::files_of_etl(const std::string& segment) const {
  std::set<std::string> paths;
  if (options_.out.path != options_.root.path) return paths;
  if (const auto manifest = find_manifest(options_.root, source_, segment)) {
    for (const ManifestOutput& output : manifest->outputs) paths.insert(output.path);
  }
  return paths;
}

/// Staged files become the segment's, then those of an earlier run that it no longer has go. A kill
/// in between leaves files that are whole; the next run does the rest.
Result<void> BarsRun::publish(const std::string& segment, const SegmentOutcome& outcome) {
  std::vector<std::string> staged;
  for (const ManifestOutput& output : outcome.outputs) {
    staged.push_back(options_.out.path + "/" + output.staged);
  }
  DAEDALUS_OK(sync_all(staged));
  Publisher publisher;
  const std::string name = fmt::format("/part_{}_{}.parquet", source_, segment);
  const std::set<std::string> of_etl = files_of_etl(segment);
  std::set<std::string> gone;
  for (const std::string& path : earlier_files_) {
    if (path.ends_with(name) && !of_etl.contains(path)) gone.insert(path);
  }
  for (const ManifestOutput& output : outcome.outputs) {
    if (of_etl.contains(output.path)) continue;  // The same rows.
    DAEDALUS_OK(publisher.rename(options_.out.path + "/" + output.staged,
                                 options_.out.path + "/" + output.path));
    gone.erase(output.path);
  }
  const auto held = engines_.held();
  for (const std::string& path : gone) {
    const bool is_held = std::any_of(held.begin(), held.end(), [&](const auto& one) {
      return lies_in_folder(path, "exchange", one.first.first) &&
             lies_in_folder(path, "symbol", one.first.second);
    });
    if (!is_held) DAEDALUS_OK(publisher.remove(options_.out.path + "/" + path));
  }
  return publisher.sync();
}

std::optional<PartTarget> BarsRun::target_of(const Selected& selected, bool is_last) const {
  if (!selected.is_written) return std::nullopt;
  return PartTarget{.root = options_.out,
                    .source = source_,
                    .segment = selected.segment,
                    .staging = staging(),
                    .is_bars_only = true,
                    .has_unfinished_bars = is_last && options_.has_unfinished};
}

Result<BarsSummary> BarsRun::run() {
  BarsSummary summary;
  DAEDALUS_TRY(const SourceLock lock,
               SourceLock::take(options_.out.path + "/state/bars/" + source_ + "/lock", source_));
  DAEDALUS_OK(chain_.refresh());
  DAEDALUS_TRY(const auto selected, select());
  DAEDALUS_OK(find_earlier_files());
  std::error_code ignored;
  fs::remove_all(options_.root.path + "/state/bars_bronze/" + source_, ignored);
  for (size_t i = 0; i < selected.size() && !options_.stopping(); ++i) {
    const Selected& one = selected[i];
    fs::remove_all(options_.out.path + "/" + staging(), ignored);
    DAEDALUS_OK(make_folders(options_.out.path + "/" + staging()));
    DAEDALUS_OK(chain_.refresh());  // An ETL may have archived it meanwhile.
    DAEDALUS_TRY(const SegmentInput input, read_input(one.segment));
    DAEDALUS_OK(check_chain(one.segment, input));
    const auto target = target_of(one, i + 1 == selected.size());
    DAEDALUS_TRY(const SegmentOutcome outcome, engines_.process(input, options_.filter, target));
    if (target) DAEDALUS_OK(publish(one.segment, outcome));
    int64_t bars = 0;
    for (const ManifestOutput& output : outcome.outputs) bars += output.rows;
    summary.bars += bars;
    summary.files += static_cast<int64_t>(outcome.outputs.size());
    summary.rows_in += outcome.rows_in;
    ++summary.segments;
    options_.progress(fmt::format("[{}/{}] {} {}: {} rows in, {} bars{}", i + 1, selected.size(),
                                  source_, one.segment, outcome.rows_in, bars,
                                  target ? "" : " (read only: before the range)"));
  }
  summary.held_symbols = static_cast<int64_t>(engines_.held().size());
  fs::remove_all(options_.out.path + "/" + staging(), ignored);
  fs::remove_all(options_.root.path + "/state/bars_bronze/" + source_, ignored);
  return summary;
}

Result<BarsSummary> build_bars(const BarsOptions& options) {
  BarsSummary all;
  DAEDALUS_TRY(const auto known, list_sources(options.root));
  for (const std::string& source : options.sources) {
    if (std::find(known.begin(), known.end(), source) != known.end()) continue;
    options.tell(fmt::format("source {} has no segments under {}", source, options.root.path));
    ++all.failed_sources;
  }
  for (const std::string& source : known) {
    const bool is_wanted =
        options.sources.empty() ||
        std::find(options.sources.begin(), options.sources.end(), source) != options.sources.end();
    if (!is_wanted || options.stopping()) continue;
    const auto one = BarsRun(options, source).run();
    if (!one) {
      options.tell(fmt::format("source {}: {}", source, one.error().message));
      ++all.failed_sources;
      continue;
    }
    all.segments += one->segments;
    all.rows_in += one->rows_in;
    all.bars += one->bars;
    all.files += one->files;
    all.held_symbols += one->held_symbols;
  }
  return all;
}

}  // namespace daedalus
