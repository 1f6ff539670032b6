#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daedalus/base/file.hpp"
#include "daedalus/journal/record.hpp"

namespace daedalus {

/// Appends records to one journal file: `append` collects lines in memory, `flush` compresses them
/// to one independent zstd frame (level 1, content checksum), writes it and fsyncs.
/// Memory: what was appended since the last flush; the owner flushes by time and size.
class SegmentWriter {
 public:
  /// Creates `<folder>/<segment>.ndjson.zst` and syncs the folder. An existing file is an error.
  static Result<SegmentWriter> create(const std::string& folder, const std::string& segment);

  SegmentWriter(SegmentWriter&&) noexcept;
  SegmentWriter& operator=(SegmentWriter&&) noexcept;
  ~SegmentWriter();

  void append(const Record& record);
  /// Whole lines, each with its newline, as append_record_line makes them.
  void append_lines(std::string_view lines);
  /// Bytes of lines not yet flushed, and in the whole segment.
  int64_t pending_bytes() const;
  int64_t total_bytes() const;
  Result<void> flush();
  /// Flushes and closes.
  Result<void> close();
  const std::string& path() const;

 private:
  struct Inner;
  explicit SegmentWriter(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
