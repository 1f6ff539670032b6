#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "daedalus/base/file.hpp"
#include "daedalus/bronze/seal.hpp"
#include "daedalus/capture/process_lock.hpp"
#include "daedalus/capture/seal_settings.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

struct Arguments {
  std::string source;
  bool again = false;
};

void print_sealed(const SealedSegment& sealed) {
  int64_t rows = 0;
  for (const SegmentFile& file : sealed.record.files) rows += file.rows;
  const std::string torn = sealed.record.torn_bytes == 0
                               ? std::string()
                               : fmt::format(", {} torn bytes cut off", sealed.record.torn_bytes);
  fmt::print("{}/{}: {} records, {} files, {} rows{}\n", sealed.record.source,
             sealed.record.segment, sealed.record.records, sealed.record.files.size(), rows, torn);
  if (!sealed.warning.empty()) fmt::print("  {}\n", sealed.warning);
}

/// The exchange that a journal names in its first line.
Result<const Exchange*> exchange_of(const std::string& folder, const std::string& segment) {
  DAEDALUS_TRY(SegmentReader journal, SegmentReader::open(folder + '/' + segment + ".ndjson.zst"));
  DAEDALUS_TRY(const Record* first, journal.next());
  if (!first || first->type != RecordType::segment) {
    return fail(ErrorKind::malformed, "{}/{}: no segment line", folder, segment);
  }
  DAEDALUS_TRY(const SegmentHeader header, parse_segment_header(first->detail));
  return find_exchange(header.exchange);
}

/// Of the first journal that still tells it.
Result<const Exchange*> exchange_of_any(const std::string& folder,
                                        const std::vector<std::string>& segments) {
  for (const std::string& segment : segments) {
    if (auto exchange = exchange_of(folder, segment)) return exchange;
  }
  return fail(ErrorKind::malformed, "{}: no journal there has a whole first line", folder);
}

Result<void> seal_left_over(const Config& config, const std::string& source) {
  const DataRoot root{config.data_root};
  DAEDALUS_TRY(const auto segments, journals_in(root.active(source)));
  if (segments.empty()) {
    fmt::print("{}: nothing to seal\n", source);
    return {};
  }
  DAEDALUS_TRY(const Exchange* exchange, exchange_of_any(root.active(source), segments));
  DAEDALUS_TRY(const SealOptions options, seal_settings(config, source, *exchange));
  DAEDALUS_TRY(const RecoveryReport report, recover_source(options));
  for (const SealedSegment& sealed : report.sealed) print_sealed(sealed);
  for (const std::string& segment : report.removed) {
    fmt::print("{}/{}: not one whole frame in it, removed\n", source, segment);
  }
  for (const std::string& segment : report.damaged) {
    fmt::print("{}/{}: damaged; sealed up to there, the whole file is kept in {}\n", source,
               segment, root.journal(source));
  }
  return {};
}

/// The state before the segment is there, or none is needed.
Result<bool> can_begin_at(const DataRoot& root, const std::string& source,
                          const std::string& segment) {
  DAEDALUS_TRY(SegmentReader journal,
               SegmentReader::open(root.journal(source) + '/' + segment + ".ndjson.zst"));
  DAEDALUS_TRY(const Record* first, journal.next());
  if (!first) return false;
  DAEDALUS_TRY(const SegmentHeader header, parse_segment_header(first->detail));
  if (header.previous_segment.empty()) return true;
  DAEDALUS_TRY(const auto state, load_seal_state(root, source, header.previous_segment));
  return state.has_value();
}

Result<void> seal_once_more(const Config& config, const std::string& source) {
  const DataRoot root{config.data_root};
  DAEDALUS_TRY(const auto segments, journals_in(root.journal(source)));
  if (segments.empty()) {
    return fail(ErrorKind::unavailable, "{}: no journals are kept (journal_retention)", source);
  }
  DAEDALUS_TRY(const Exchange* exchange, exchange_of_any(root.journal(source), segments));
  DAEDALUS_TRY(const SealOptions options, seal_settings(config, source, *exchange));
  Sealer sealer(options);
  bool begun = false;
  for (const std::string& segment : segments) {
    if (!begun) {
      DAEDALUS_TRY(begun, can_begin_at(root, source, segment));
    }
    if (!begun) {
      fmt::print("{}/{}: passed over, no state is kept before it\n", source, segment);
      continue;
    }
    const auto sealed = sealer.seal_again(segment);
    if (!sealed && sealed.error().kind == ErrorKind::unavailable) {
      fmt::print("{}/{}: passed over, {}\n", source, segment, sealed.error().message);
      begun = false;
      continue;
    }
    if (!sealed) return Failure(sealed.error());
    print_sealed(*sealed);
  }
  return trim_seal_states(root, source, UnixNanos{}, std::nullopt);
}

Result<void> run(const Arguments& arguments, const GlobalOptions& global) {
  DAEDALUS_TRY(const Config config, load_settings(global));
  const DataRoot root{config.data_root};
  DAEDALUS_TRY(const ProcessLock lock, ProcessLock::take(root.lock_file()));
  std::vector<std::string> sources{arguments.source};
  if (!arguments.source.empty()) DAEDALUS_OK(check_source_name(arguments.source));
  if (arguments.source.empty()) {
    DAEDALUS_TRY(sources, arguments.again ? list_folders(root.path + "/raw/journal")
                                          : sources_with_journals(root));
  }
  if (sources.empty()) fmt::print("nothing to seal in {}\n", root.path);
  for (const std::string& source : sources) {
    DAEDALUS_OK(arguments.again ? seal_once_more(config, source) : seal_left_over(config, source));
  }
  return {};
}

}  // namespace

std::function<int()> declare_seal(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("--source", arguments->source, "Only this source (default: all)");
  app.add_flag("--again", arguments->again, "Seal kept journals once more, with this parser");
  return [arguments, &global] {
    const auto done = run(*arguments, global);
    return done ? int{kExitDone} : report_error(done.error());
  };
}

}  // namespace daedalus
