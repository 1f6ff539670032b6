#include "daedalus/base/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <memory>

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

Result<std::string> hash_file(const std::string& path) {
  DAEDALUS_TRY(File file, File::open_read(path));
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::string block(1 << 20, '\0');
  while (true) {
    DAEDALUS_TRY(const size_t taken, file.read(block.data(), block.size()));
    if (taken == 0) break;
    XXH3_128bits_update(state.get(), block.data(), taken);
  }
  return hex(XXH3_128bits_digest(state.get()));
}

}  // namespace daedalus
