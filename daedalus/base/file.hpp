#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// An open file descriptor with one owner. Errors of all members: io, naming the path.
class File {
 public:
  /// Opens for reading. A missing file is an error.
  static Result<File> open_read(const std::string& path);
  /// Creates for writing; it must not exist yet: nothing is ever overwritten by accident.
  static Result<File> create(const std::string& path);
  /// Creates for writing, or empties what is there: for temporary names only.
  static Result<File> create_or_truncate(const std::string& path);

  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  /// Writes all of it, also over short writes.
  Result<void> write(std::string_view bytes);
  /// Up to `bytes.size()` bytes at the current place; 0 at the end.
  Result<size_t> read(char* into, size_t size);
  Result<void> sync();
  Result<void> truncate(int64_t size);
  Result<int64_t> size() const;
  /// Closes and reports what the kernel held back. Further calls do nothing.
  Result<void> close();

  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

 private:
  File(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_ = -1;
  std::string path_;
};

Result<std::string> read_file(const std::string& path);
/// Creates a folder and those above it; each new name survives a power cut.
Result<void> make_folders(const std::string& path);
/// Makes what happened to names in a folder survive a power cut.
Result<void> sync_folder(const std::string& folder);
/// Renames within one file system and syncs both folders. An existing target is replaced.
Result<void> rename_durably(const std::string& from, const std::string& to);
/// One-step publication: temporary name beside it, fsync, rename, fsync of the folder.
Result<void> publish_file(const std::string& path, std::string_view bytes);
/// Removes a file; a missing one is fine.
Result<void> remove_file(const std::string& path);
/// The plain files of a folder, names only, sorted; empty if the folder is not there.
Result<std::vector<std::string>> list_files(const std::string& folder);
/// The folders inside a folder, names only, sorted; empty if it is not there.
Result<std::vector<std::string>> list_folders(const std::string& folder);
bool path_exists(const std::string& path);
/// Bytes a user may still write on the file system that holds `path`.
Result<int64_t> free_bytes(const std::string& path);

/// The suffix of every unfinished file; readers and recovery pass over it.
inline constexpr std::string_view kTemporarySuffix = ".tmp";

}  // namespace daedalus
