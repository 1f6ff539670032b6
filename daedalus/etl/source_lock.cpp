#include "daedalus/etl/source_lock.hpp"

#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace daedalus {

Result<SourceLock> SourceLock::take(const std::string& path, const std::string& source) {
  DAEDALUS_OK(make_folders(std::filesystem::path(path).parent_path().string()));
  if (!path_exists(path)) {
    // Created by somebody else in between: fine.
    (void)File::create(path);
  }
  DAEDALUS_TRY(File file, File::open_read(path));
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return fail(ErrorKind::io, "cannot lock {}: {}", path, std::strerror(errno));
    }
    return fail(ErrorKind::unavailable,
                "another process works on source {} (it holds {}): wait until it ends, or stop it",
                source, path);
  }
  return SourceLock(std::move(file));
}

}  // namespace daedalus
