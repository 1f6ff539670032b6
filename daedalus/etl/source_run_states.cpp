// How a source's engines come to stand before a segment: from a kept state, or by a warm-up; and
// how a symbol that was held catches up.
#include "daedalus/base/file.hpp"
#include "daedalus/base/hash.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/etl/source_run.hpp"

namespace daedalus {

/// Fills the engines with everything before `segment`.
Result<void> SourceRun::prepare(const std::string& segment) {
  engines_.clear();
  std::string from = restore_before(segment);  // Replay starts behind this segment.
  const std::string before = predecessor(segment);
  if (before.empty() || from == before) return {};
  if (from.empty()) {
    DAEDALUS_TRY(from, start_of_warmup(segment));
    const std::string first = chain_.behind(from).value_or(segment);
    options_.tell(
        fmt::format("source {}: no state of these features is kept before {}: {}", source_, segment,
                    first < segment ? "warming up without output from " + first
                                    : "its windows begin empty, no data before it are to be read"));
  } else {
    options_.tell(fmt::format("source {}: the state behind {} is kept: warming up from there to {}",
                              source_, from, segment));
  }
  for (auto next = chain_.behind(from); next && *next < segment; next = chain_.behind(*next)) {
    DAEDALUS_OK(run_engines(*next, engines_, options_.filter, /*with_output=*/false));
  }
  return {};
}

/// Takes the last kept state before `segment` that is whole, of this version and of these
/// parameters; the segment behind which the engines then stand, "" for none.
std::string SourceRun::restore_before(const std::string& segment) {
  std::string refused;  // Why the last of them is not used.
  int count = 0;
  const auto tell_refused = [&] {
    if (count == 0) return;
    const std::string others = count == 1 ? "" : fmt::format(", nor are {} before it", count - 1);
    options_.tell(
        fmt::format("source {}: a kept state is not used{}: {}", source_, others, refused));
  };
  for (auto kept = kept_states_.rbegin(); kept != kept_states_.rend(); ++kept) {
    if (*kept >= segment) continue;
    auto state = states_.load(*kept);
    const auto restored = state ? engines_.restore(*std::move(state)) : Failure(state.error());
    if (restored) {
      tell_refused();
      return *kept;
    }
    if (count++ == 0) refused = restored.error().message;
  }
  tell_refused();
  return "";
}

/// The segment behind which a warm-up for `segment` begins.
Result<std::string> SourceRun::start_of_warmup(const std::string& segment) {
  if (!options_.warmup_s) return std::string();
  DAEDALUS_TRY(const SegmentRecord* target, chain_.record(segment));
  const int64_t from_ns = target->opened_ns - *options_.warmup_s * kNanosPerSecond;
  std::string from = chain_.before(segment);
  while (!from.empty()) {
    DAEDALUS_TRY(const SegmentRecord* record, chain_.record(from));
    if (record->closed_ns <= from_ns) break;
    from = chain_.before(from);
  }
  return from;
}

/// Lets symbols whose damaged files are whole again catch up to the others.
Result<EtlSummary> SourceRun::release_repaired() {
  EtlSummary summary;
  if (head_.empty()) return summary;
  if (!is_prepared_ || engines_.segment() != head_) {
    auto state = states_.load(head_);
    if (!state || !engines_.restore(*std::move(state))) return summary;
    is_prepared_ = true;
  }
  for (const auto& [symbol, held_at] : engines_.held()) {
    DAEDALUS_TRY(const bool repaired, is_repaired(symbol, held_at));
    if (!repaired) {
      if (told_held_.insert(symbol).second) {
        options_.tell(
            fmt::format("{} {} of source {} waits before segment {}: its files there are "
                        "not yet repaired",
                        symbol.first, symbol.second, source_, held_at));
      }
      continue;
    }
    told_held_.erase(symbol);
    DAEDALUS_TRY(const EtlSummary one, catch_up(symbol, held_at));
    summary.add(one);
  }
  return summary;
}

Result<bool> SourceRun::is_repaired(const SymbolKey& symbol, const std::string& held_at) {
  if (!chain_.segments().contains(held_at)) return false;
  DAEDALUS_TRY(const SegmentRecord* record, chain_.record(held_at));
  for (const SegmentFile& file : record->files) {
    if (file.exchange != symbol.first || file.symbol != symbol.second) continue;
    const auto hash = hash_file(chain_.file_path(held_at, file));
    if (!hash || *hash != file.xxh3_128) return false;
  }
  return true;
}

/// One symbol from where it was held to the head, with output; one commit.
Result<EtlSummary> SourceRun::catch_up(const SymbolKey& symbol, const std::string& held_at) {
  EtlSummary summary;
  EngineSet alone(source_, options_.parameters, options_.tell);
  DAEDALUS_OK(alone.restore(engines_.save()));
  alone.release_only(symbol, predecessor(held_at));
  DAEDALUS_OK(fresh_staging());
  Manifest manifest{.source = source_,
                    .segment = head_,
                    .inputs_afterwards = InputAfterwards::keep,
                    .covers_segment = false};
  const SymbolFilter filter{.exchange = symbol.first, .symbol = symbol.second};
  for (std::optional<std::string> next = held_at; next && *next <= head_;
       next = chain_.behind(*next)) {
    DAEDALUS_TRY(SegmentOutcome outcome, run_engines(*next, alone, filter, /*with_output=*/true));
    manifest.rows_in += outcome.rows_in;
    ++summary.segments;
    for (ManifestOutput& output : outcome.outputs) {
      // Each segment numbers its staged files from 0.
      const std::string staged = output.staged + "." + *next;
      DAEDALUS_OK(rename_durably(options_.root.path + "/" + output.staged,
                                 options_.root.path + "/" + staged));
      output.staged = staged;
      summary.rows_out += output.rows;
      manifest.outputs.push_back(std::move(output));
    }
  }
  if (!alone.held().empty()) return EtlSummary{};
  engines_.take_symbol(symbol, alone);
  DAEDALUS_TRY(manifest.states.emplace_back(), stage_state(engines_.save()));
  summary.rows_in = manifest.rows_in;
  summary.files = static_cast<int64_t>(manifest.outputs.size());
  DAEDALUS_OK(commit(options_.root, manifest));
  options_.tell(fmt::format("{} {} of source {} caught up from segment {}", symbol.first,
                            symbol.second, source_, held_at));
  return summary;
}

}  // namespace daedalus
