#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace daedalus {

/// A fresh folder for one test, removed with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/daedalus_journal_XXXXXX";
    path_ = ::mkdtemp(name);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace daedalus
