#pragma once

#include <string>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// Keeps a second capture out of a data root: a lock file with our process id, locked by the
/// kernel, so that a killed process leaves nothing behind that blocks.
class ProcessLock {
 public:
  /// Errors: io, naming the process that holds the file.
  static Result<ProcessLock> take(const std::string& path);

  ProcessLock(ProcessLock&& other) noexcept;
  ProcessLock& operator=(ProcessLock&& other) noexcept;
  ~ProcessLock();  ///< Releases.

 private:
  explicit ProcessLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace daedalus
