#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "daedalus/base/check.hpp"

namespace daedalus {

/// Bytes as a file in memory with a path, for readers that open one.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("fuzz", 0)) {
    DAEDALUS_CHECK(descriptor_ >= 0);
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    DAEDALUS_CHECK(written == static_cast<ssize_t>(bytes.size()));
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace daedalus
