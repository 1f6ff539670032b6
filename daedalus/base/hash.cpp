#include "daedalus/base/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "daedalus/base/file.hpp"

namespace daedalus {
namespace {

std::string hex(XXH128_hash_t hash) {
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace

uint64_t xxh3_64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string xxh3_128_hex(std::string_view bytes) {
  return hex(XXH3_128bits(bytes.data(), bytes.size()));
}

struct Xxh3Stream::Inner {
  XXH3_state_t state;
};

Xxh3Stream::Xxh3Stream() : inner_(std::make_unique<Inner>()) {
  XXH3_128bits_reset(&inner_->state);
}
Xxh3Stream::Xxh3Stream(Xxh3Stream&&) noexcept = default;
Xxh3Stream::~Xxh3Stream() = default;

void Xxh3Stream::add(std::string_view bytes) {
  XXH3_128bits_update(&inner_->state, bytes.data(), bytes.size());
}

std::string Xxh3Stream::hex() const {
  return daedalus::hex(XXH3_128bits_digest(&inner_->state));
}

Result<std::string> hash_file(const std::string& path) {
  DAEDALUS_TRY(File file, File::open_read(path));
  Xxh3Stream hash;
  std::string block(1 << 20, '\0');
  while (true) {
    DAEDALUS_TRY(const size_t taken, file.read(block.data(), block.size()));
    if (taken == 0) break;
    hash.add({block.data(), taken});
  }
  return hash.hex();
}

}  // namespace daedalus
