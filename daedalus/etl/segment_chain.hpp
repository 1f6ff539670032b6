#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"
#include "daedalus/bronze/segment_record.hpp"
#include "daedalus/storage/data_root.hpp"

namespace daedalus {

/// Where a segment's record lies.
enum class SegmentPlace { ready, processing, archive };

/// The segments of one source that exist, by name, which is their order. Records are read when they
/// are asked for and remembered.
class SegmentChain {
 public:
  SegmentChain(DataRoot root, std::string source);

  /// Looks again at the folders. Errors: io.
  Result<void> refresh();

  const std::map<std::string, SegmentPlace>& segments() const { return places_; }
  /// Errors: malformed or io, naming the file.
  Result<const SegmentRecord*> record(const std::string& segment);
  /// The first segment behind `segment` ("": the very first).
  std::optional<std::string> behind(const std::string& segment) const;
  /// The last segment before `segment`; "" if none.
  std::string before(const std::string& segment) const;
  std::string record_path(const std::string& segment) const;
  /// Where a file of the segment lies now: in ready, or in archive.
  std::string file_path(const std::string& segment, const SegmentFile& file) const;
  void forget(const std::string& segment) { records_.erase(segment); }

  const std::string& source() const { return source_; }

 private:
  DataRoot root_;
  std::string source_;
  std::map<std::string, SegmentPlace> places_;
  std::map<std::string, SegmentRecord> records_;
};

/// The sources that have segments or ETL states, sorted. Errors: io.
Result<std::vector<std::string>> list_sources(const DataRoot& root);

}  // namespace daedalus
