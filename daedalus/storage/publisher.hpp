#pragma once

#include <set>
#include <span>
#include <string>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// Fsyncs files and folders, several at a time: file systems take them together, so that many cost
/// little more than one. Errors: io.
Result<void> sync_all(std::span<const std::string> paths);

/// Renames many finished files to where they belong and makes that durable with one fsync a folder.
/// Folders that a name needs are made. Errors of all members: io.
class Publisher {
 public:
  /// `from` must be fsynced already; what stands at `to` is replaced.
  Result<void> rename(const std::string& from, const std::string& to);
  /// The same where an earlier run may have done it: fine if only `to` is there. Both missing is an
  /// error.
  Result<void> rename_or_done(const std::string& from, const std::string& to);
  /// A missing file is fine.
  Result<void> remove(const std::string& path);
  /// Makes the folder and notes every parent it had to make.
  Result<void> make_folder(const std::string& folder);
  /// After this all of the above survives a power cut.
  Result<void> sync();

 private:
  std::set<std::string> touched_;  ///< Folders whose names changed.
  std::set<std::string> known_;    ///< Folders that exist.
};

}  // namespace daedalus
