#include "daedalus/capture/process_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "daedalus/base/file.hpp"

namespace daedalus {

Result<ProcessLock> ProcessLock::take(const std::string& path) {
  DAEDALUS_OK(make_folders(std::filesystem::path(path).parent_path().string()));
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return fail(ErrorKind::io, "cannot open {}: {}", path, std::strerror(errno));
  ProcessLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    char text[32] = {};
    const ssize_t size = ::pread(descriptor, text, sizeof text - 1, 0);
    const std::string holder(text, size > 0 ? static_cast<size_t>(size) : 0);
    return fail(ErrorKind::io, "another capture runs on this data root: process {} holds {}",
                holder.empty() ? "(unknown)" : holder, path);
  }
  const std::string own = std::to_string(::getpid());
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, own.data(), own.size(), 0) != static_cast<ssize_t>(own.size())) {
    return fail(ErrorKind::io, "cannot write {}: {}", path, std::strerror(errno));
  }
  return lock;
}

ProcessLock::ProcessLock(ProcessLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

ProcessLock& ProcessLock::operator=(ProcessLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

ProcessLock::~ProcessLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace daedalus
