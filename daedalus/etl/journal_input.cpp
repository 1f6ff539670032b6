#include "daedalus/etl/journal_input.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/journal/segment_name.hpp"

namespace daedalus {
namespace {

namespace fs = std::filesystem;

/// A second name for the file, or a copy where the file system has no such thing.
Result<void> link_file(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_directories(fs::path(to).parent_path(), error);
  fs::create_hard_link(from, to, error);
  if (error) fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (error) return fail(ErrorKind::io, "cannot copy {} to {}: {}", from, to, error.message());
  return {};
}

}  // namespace

std::string journal_file_name(const std::string& segment) {
  return segment + std::string(kSegmentSuffix);
}

JournalInput::JournalInput(const DataRoot& root, std::string source, SealOptionsOf options,
                           const std::string& folder)
    : published_(root),
      own_{.path = root.path + "/" + folder + "/" + source},
      source_(std::move(source)),
      options_(std::move(options)) {}

std::string JournalInput::file_path(const SegmentFile& file) const {
  return own_.ready(source_) + "/" + file.path;
}

/// The journal where the sealer takes it from, and the state behind the segment before.
Result<void> JournalInput::provide(const SegmentRecord& published,
                                   const std::string& journal) const {
  std::error_code ignored;
  fs::remove_all(own_.path + "/raw", ignored);
  DAEDALUS_OK(
      link_file(journal, own_.active(source_) + "/" + journal_file_name(published.segment)));
  const std::string name = "/" + published.previous_segment + ".state";
  const std::string own = own_.seal_states(source_) + name;
  const std::string captured = published_.seal_states(source_) + name;
  // Sealing drops the state it began from; a crash before this segment's commit needs it again.
  const std::string spare = own_.path + "/spare";
  if (published.previous_segment.empty()) return {};
  for (const std::string& from : {spare + name, captured}) {
    if (!path_exists(own) && path_exists(from)) DAEDALUS_OK(link_file(from, own));
  }
  if (!path_exists(own)) return {};
  fs::remove_all(spare, ignored);
  return link_file(own, spare + name);
}

Result<JournalInput::Sealed> JournalInput::seal(const SegmentRecord& published,
                                                const std::string& journal,
                                                int64_t state_retention_hours) {
  if (!options_) return fail(ErrorKind::config, "{}: journals cannot be read here", journal);
  if (!sealer_) {
    DAEDALUS_TRY(SealOptions options, options_(source_, published.exchange));
    options.root = own_;
    options.raw_format = "parquet";
    options.journal_retention_s = std::nullopt;
    sealer_.emplace(options);
  }
  DAEDALUS_OK(provide(published, journal));
  DAEDALUS_TRY(SealedSegment sealed, sealer_->seal(published.segment));
  DAEDALUS_OK(trim_seal_states(own_, source_, {published.closed_ns}, state_retention_hours * 3600));
  return Sealed{.record = std::move(sealed.record), .warning = std::move(sealed.warning)};
}

Result<std::vector<ManifestOutput>> JournalInput::stage_gaps(const SegmentRecord& sealed,
                                                             const SymbolFilter& filter) const {
  const DataRoot relative{.path = ""};
  std::vector<ManifestOutput> outputs;
  for (const SegmentFile& file : sealed.files) {
    if (file.channel != "gaps" || !filter.takes({file.exchange, file.symbol})) continue;
    const std::string staged = fmt::format(
        "{}/gaps_{:06}.parquet.tmp", staging_folder(relative, source_).substr(1), outputs.size());
    const std::string partition =
        hour_partition(file.exchange, file.symbol, UnixNanos{sealed.opened_ns});
    DAEDALUS_OK(link_file(file_path(file), published_.path + "/" + staged));
    outputs.push_back(
        {.staged = staged,
         .path = fmt::format("{}/{}/part_{}_{}.parquet", relative.silver("gaps").substr(1),
                             partition, source_, sealed.segment),
         .rows = file.rows,
         .bytes = file.bytes,
         .xxh3_128 = file.xxh3_128});
  }
  return outputs;
}

}  // namespace daedalus
