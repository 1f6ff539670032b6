#include "daedalus/etl/segment_chain.hpp"

#include <set>

#include "daedalus/base/file.hpp"
#include "daedalus/journal/segment_name.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kRecordSuffix = ".json";

std::string records_folder(const DataRoot& root, const std::string& source, SegmentPlace place) {
  switch (place) {
    case SegmentPlace::ready:
      return root.ready_records(source);
    case SegmentPlace::processing:
      return root.processing_records(source);
    case SegmentPlace::archive:
      break;
  }
  return root.archive_records(source);
}

}  // namespace

SegmentChain::SegmentChain(DataRoot root, std::string source)
    : root_(std::move(root)), source_(std::move(source)) {}

Result<void> SegmentChain::refresh() {
  places_.clear();
  // A record that is republished in ready is newer than the one in archive.
  for (const SegmentPlace place :
       {SegmentPlace::archive, SegmentPlace::processing, SegmentPlace::ready}) {
    DAEDALUS_TRY(const auto names, list_files(records_folder(root_, source_, place)));
    for (const std::string& name : names) {
      if (!name.ends_with(kRecordSuffix)) continue;
      const std::string segment = name.substr(0, name.size() - kRecordSuffix.size());
      if (!parse_segment_name(segment)) continue;
      const auto [known, is_new] = places_.insert_or_assign(segment, place);
      if (!is_new) records_.erase(known->first);
    }
  }
  return {};
}

Result<const SegmentRecord*> SegmentChain::record(const std::string& segment) {
  const auto known = records_.find(segment);
  if (known != records_.end()) return &known->second;
  const std::string path = record_path(segment);
  DAEDALUS_TRY(const std::string text, read_file(path));
  auto parsed = parse_segment_record(text);
  if (!parsed) return with_context(std::move(parsed).error(), "segment record {}", path);
  if (parsed->segment != segment || parsed->source != source_) {
    return fail(ErrorKind::malformed, "segment record {}: it speaks of segment {} of source {}",
                path, parsed->segment, parsed->source);
  }
  return &(records_[segment] = *std::move(parsed));
}

std::optional<std::string> SegmentChain::behind(const std::string& segment) const {
  const auto next = places_.upper_bound(segment);
  if (next == places_.end()) return std::nullopt;
  return next->first;
}

std::string SegmentChain::before(const std::string& segment) const {
  const auto here = places_.lower_bound(segment);
  return here == places_.begin() ? "" : std::prev(here)->first;
}

std::string SegmentChain::record_path(const std::string& segment) const {
  const auto place = places_.find(segment);
  return records_folder(root_, source_,
                        place == places_.end() ? SegmentPlace::ready : place->second) +
         "/" + segment + std::string(kRecordSuffix);
}

std::string SegmentChain::file_path(const std::string& segment, const SegmentFile& file) const {
  const auto place = places_.find(segment);
  const bool archived = place != places_.end() && place->second == SegmentPlace::archive;
  return (archived ? root_.archive(source_) : root_.ready(source_)) + "/" + file.path;
}

Result<std::vector<std::string>> list_sources(const DataRoot& root) {
  std::set<std::string> sources;
  for (const char* folder : {"/raw/ready", "/raw/processing", "/raw/archive", "/state/etl"}) {
    DAEDALUS_TRY(const auto names, list_folders(root.path + folder));
    sources.insert(names.begin(), names.end());
  }
  return std::vector<std::string>(sources.begin(), sources.end());
}

}  // namespace daedalus
