#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// Most bytes of lines that one zstd frame of a journal may hold.
inline constexpr int64_t kFrameContentLimit = 256ll << 20;

/// Compresses to independent frames: level 1, content checksum, content size in the header.
class FrameCompressor {
 public:
  FrameCompressor();
  FrameCompressor(FrameCompressor&&) noexcept;
  FrameCompressor& operator=(FrameCompressor&&) noexcept;
  ~FrameCompressor();

  /// The compressed frame; the view holds until the next call.
  std::string_view compress(std::string_view content);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

/// Walks the frames of a file, front to back, one in memory at a time.
class FrameScanner {
 public:
  static Result<FrameScanner> open(const std::string& path);

  FrameScanner(FrameScanner&&) noexcept;
  FrameScanner& operator=(FrameScanner&&) noexcept;
  ~FrameScanner();

  /// The content of the next whole and undamaged frame; absent at the end or before a torn tail.
  /// The view holds until the next call. Errors: io; malformed, for a bad frame that has another
  /// one behind it, naming file and offset; every later call gives the same error.
  Result<std::optional<std::string_view>> next();
  /// File bytes of the frames given so far.
  int64_t valid_bytes() const;
  /// Bytes behind the last valid frame; known after `next` was absent.
  int64_t torn_bytes() const;
  const std::string& path() const;

 private:
  struct Inner;
  explicit FrameScanner(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
