#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"
#include "daedalus/journal/decompress.hpp"

namespace daedalus {

/// Readable bytes behind each line, which simdjson wants.
inline constexpr size_t kLinePadding = 64;
inline constexpr size_t kLineLimit = 256u << 20;

/// The lines of a plain, gzip or zstd file. Memory: the longest line, twice.
class LineReader {
 public:
  /// Errors: io.
  static Result<LineReader> open(const std::string& path);

  /// The next line without its end (a carriage return before it is cut too), absent at the end. The
  /// view holds until the next call, with kLinePadding readable bytes behind it. Errors: io;
  /// malformed: the archive is cut off or damaged (all whole lines before it were given), or a line
  /// is longer than kLineLimit. After an error there are no more lines.
  Result<std::optional<std::string_view>> next();
  /// Of the line last given, from 1.
  int64_t line_number() const { return line_number_; }
  const std::string& path() const { return file_.path(); }

 private:
  explicit LineReader(DecompressingFile file) : file_(std::move(file)) {}

  Result<void> read_more();
  std::string_view take(size_t size, size_t skip);

  DecompressingFile file_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;  ///< Without the padding.
  size_t at_ = 0;        ///< Start of what was not given yet.
  size_t searched_ = 0;  ///< No line end in [at_, searched_).
  size_t end_ = 0;
  bool at_end_ = false;
  int64_t line_number_ = 0;
};

}  // namespace daedalus
