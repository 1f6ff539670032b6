#include "daedalus/storage/publisher.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "daedalus/base/file.hpp"

namespace daedalus {
namespace {

std::string parent_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

Result<void> sync_all(std::span<const std::string> paths) {
  constexpr size_t kThreads = 8;
  if (paths.size() <= 1) return paths.empty() ? Result<void>() : sync_folder(paths.front());
  std::atomic<size_t> next = 0;
  std::mutex guard;
  Result<void> outcome;  // Guarded by `guard`.
  const auto work = [&] {
    for (size_t i = next++; i < paths.size(); i = next++) {
      auto synced = sync_folder(paths[i]);
      const std::lock_guard lock(guard);
      if (!synced && outcome) outcome = std::move(synced);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 0; i < std::min(kThreads, paths.size()); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  return outcome;
}

Result<void> Publisher::make_folder(const std::string& folder) {
  if (known_.contains(folder)) return {};
  std::string missing = folder;
  while (!path_exists(missing)) {
    missing = parent_of(missing);
    touched_.insert(missing);
  }
  DAEDALUS_OK(make_folders(folder));
  known_.insert(folder);
  return {};
}

Result<void> Publisher::rename(const std::string& from, const std::string& to) {
  DAEDALUS_OK(make_folder(parent_of(to)));
  if (std::rename(from.c_str(), to.c_str()) != 0) {
    return fail(ErrorKind::io, "cannot rename {} to {}: {}", from, to, std::strerror(errno));
  }
  touched_.insert(parent_of(from));
  touched_.insert(parent_of(to));
  return {};
}

Result<void> Publisher::rename_or_done(const std::string& from, const std::string& to) {
  if (!path_exists(from) && path_exists(to)) {
    touched_.insert(parent_of(to));
    return {};
  }
  return rename(from, to);
}

Result<void> Publisher::remove(const std::string& path) {
  if (!path_exists(path)) return {};
  DAEDALUS_OK(remove_file(path));
  touched_.insert(parent_of(path));
  return {};
}

Result<void> Publisher::sync() {
  std::vector<std::string> folders;
  for (const std::string& folder : touched_) {
    if (path_exists(folder)) folders.push_back(folder);
  }
  touched_.clear();
  return sync_all(folders);
}

}  // namespace daedalus
