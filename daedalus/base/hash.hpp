#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// XXH3, 64 bits: for checksums inside our own files.
uint64_t xxh3_64(std::string_view bytes);
/// XXH3, 128 bits, as 32 hex digits: what `xxh128sum` prints.
std::string xxh3_128_hex(std::string_view bytes);
/// The same over bytes that come in pieces.
class Xxh3Stream {
 public:
  Xxh3Stream();
  Xxh3Stream(Xxh3Stream&&) noexcept;
  ~Xxh3Stream();

  void add(std::string_view bytes);
  std::string hex() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};
/// The same over a file's bytes. Errors: io.
Result<std::string> hash_file(const std::string& path);

}  // namespace daedalus
