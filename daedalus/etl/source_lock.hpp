#pragma once

#include <string>

#include "daedalus/base/file.hpp"

namespace daedalus {

/// One process at a time works on a source: a lock on a file, which the kernel lets go when the
/// process ends, however it ends.
class SourceLock {
 public:
  /// Errors: unavailable if another process holds it, naming that one; io.
  static Result<SourceLock> take(const std::string& path, const std::string& source);

 private:
  explicit SourceLock(File file) : file_(std::move(file)) {}

  File file_;
};

}  // namespace daedalus
