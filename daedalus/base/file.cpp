#include "daedalus/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace daedalus {
namespace fs = std::filesystem;
namespace {

Failure io_error(std::string_view doing, const std::string& path) {
  return fail(ErrorKind::io, "cannot {} {}: {}", doing, path, std::strerror(errno));
}

std::string parent_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

Result<std::vector<std::string>> list_entries(const std::string& folder, bool want_folders) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  if (error) return fail(ErrorKind::io, "cannot list {}: {}", folder, error.message());
  while (entries != fs::directory_iterator()) {
    std::error_code type_error;
    const bool matches =
        want_folders ? entries->is_directory(type_error) : entries->is_regular_file(type_error);
    if (matches) names.push_back(entries->path().filename().string());
    entries.increment(error);
    if (error) return fail(ErrorKind::io, "cannot list {}: {}", folder, error.message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<File> File::open_read(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return io_error("open", path);
  return File(descriptor, path);
}

Result<File> File::create(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return io_error("create", path);
  return File(descriptor, path);
}

Result<File> File::create_or_truncate(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return io_error("create", path);
  return File(descriptor, path);
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = std::exchange(other.descriptor_, -1);
    path_ = std::move(other.path_);
  }
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> File::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return io_error("write", path_);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Result<size_t> File::read(char* into, size_t size) {
  while (true) {
    const ssize_t taken = ::read(descriptor_, into, size);
    if (taken >= 0) return static_cast<size_t>(taken);
    if (errno != EINTR) return io_error("read", path_);
  }
}

Result<void> File::sync() {
  if (::fsync(descriptor_) != 0) return io_error("fsync", path_);
  return {};
}

Result<void> File::truncate(int64_t size) {
  if (::ftruncate(descriptor_, size) != 0) return io_error("truncate", path_);
  return {};
}

Result<int64_t> File::size() const {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) return io_error("stat", path_);
  return static_cast<int64_t>(status.st_size);
}

Result<void> File::close() {
  if (descriptor_ < 0) return {};
  if (::close(std::exchange(descriptor_, -1)) != 0) return io_error("close", path_);
  return {};
}

Result<std::string> read_file(const std::string& path) {
  DAEDALUS_TRY(File file, File::open_read(path));
  DAEDALUS_TRY(const int64_t size, file.size());
  std::string bytes(static_cast<size_t>(size), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    DAEDALUS_TRY(const size_t taken, file.read(bytes.data() + filled, bytes.size() - filled));
    if (taken == 0) break;
    filled += taken;
  }
  bytes.resize(filled);
  return bytes;
}

Result<void> make_folders(const std::string& path) {
  if (path.empty() || path_exists(path)) {
    std::error_code error;
    if (path.empty() || fs::is_directory(path, error)) return {};
    return fail(ErrorKind::io, "cannot create folder {}: it is a file", path);
  }
  const std::string parent = parent_of(path);
  if (parent != path) DAEDALUS_OK(make_folders(parent));
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return io_error("create folder", path);
  return sync_folder(parent);
}

Result<void> sync_folder(const std::string& folder) {
  DAEDALUS_TRY(File opened, File::open_read(folder));
  return opened.sync();
}

Result<void> rename_durably(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return fail(ErrorKind::io, "cannot rename {} to {}: {}", from, to, std::strerror(errno));
  }
  DAEDALUS_OK(sync_folder(parent_of(to)));
  if (parent_of(from) != parent_of(to)) DAEDALUS_OK(sync_folder(parent_of(from)));
  return {};
}

Result<void> publish_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + std::string(kTemporarySuffix);
  DAEDALUS_OK(make_folders(parent_of(path)));
  DAEDALUS_TRY(File file, File::create_or_truncate(temporary));
  DAEDALUS_OK(file.write(bytes));
  DAEDALUS_OK(file.sync());
  DAEDALUS_OK(file.close());
  return rename_durably(temporary, path);
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return io_error("remove", path);
  return {};
}

Result<std::vector<std::string>> list_files(const std::string& folder) {
  return list_entries(folder, false);
}

Result<std::vector<std::string>> list_folders(const std::string& folder) {
  return list_entries(folder, true);
}

bool path_exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

Result<int64_t> free_bytes(const std::string& path) {
  struct statvfs status{};
  if (::statvfs(path.c_str(), &status) != 0) return io_error("read the free space of", path);
  return static_cast<int64_t>(status.f_bavail) * static_cast<int64_t>(status.f_frsize);
}

}  // namespace daedalus
