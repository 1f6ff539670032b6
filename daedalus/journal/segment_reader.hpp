#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daedalus/journal/record.hpp"

namespace daedalus {

/// Reads a journal file record by record, one zstd frame in memory at a time (bound: 256 MiB a
/// frame). A torn tail (a frame cut off or damaged at the end) ends the reading without error; its
/// size is then in `torn_bytes`. Damage in the middle is an error: malformed, with the place.
class SegmentReader {
 public:
  static Result<SegmentReader> open(const std::string& path);

  SegmentReader(SegmentReader&&) noexcept;
  SegmentReader& operator=(SegmentReader&&) noexcept;
  ~SegmentReader();

  /// The next record, absent at the end. The reference holds until the next call.
  Result<const Record*> next();
  /// File bytes of whole valid frames, up to now.
  int64_t valid_bytes() const;
  /// Bytes behind the last valid frame; known at the end.
  int64_t torn_bytes() const;

 private:
  struct Inner;
  explicit SegmentReader(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

/// Cuts a left-over file behind its last valid frame and fsyncs. Returns the bytes cut off.
Result<int64_t> cut_torn_tail(const std::string& path);

}  // namespace daedalus
