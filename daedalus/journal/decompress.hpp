#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// The bytes of a file that is plain, gzip or zstd; its first bytes tell which. Archives of several
/// members are read as one. Memory: two buffers and the archive's window (at most 128 MiB).
class DecompressingFile {
 public:
  /// Errors: io.
  static Result<DecompressingFile> open(const std::string& path);

  DecompressingFile(DecompressingFile&&) noexcept;
  DecompressingFile& operator=(DecompressingFile&&) noexcept;
  ~DecompressingFile();

  /// Up to `size` bytes, at least one; 0 at the end. Errors: io; malformed, for an archive that is
  /// cut off or damaged, after all bytes before that place were given. A later call gives 0.
  Result<size_t> read(char* into, size_t size);
  const std::string& path() const;

 private:
  struct Inner;
  explicit DecompressingFile(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
