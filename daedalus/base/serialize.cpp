#include "daedalus/base/serialize.hpp"

#include <zstd.h>

#include <memory>

#include "daedalus/base/check.hpp"
#include "daedalus/base/hash.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kMagic = "DAEDSTAT";
/// Of the fast ones: about as small as level 1 here, in two thirds of the time.
constexpr int kCompressionLevel = -2;
constexpr uint64_t kLargestContent = uint64_t{1} << 36;

struct Header {
  char magic[8];
  uint64_t version;
  uint64_t size;
  uint64_t checksum;
};
static_assert(sizeof(Header) == 32);

}  // namespace

std::string seal_state(std::string content, uint32_t version) {
  Header header{.version = version, .size = content.size(), .checksum = xxh3_64(content)};
  kMagic.copy(header.magic, sizeof header.magic);
  content.insert(0, reinterpret_cast<const char*>(&header), sizeof header);
  return content;
}

Result<std::string_view> unseal_state(std::string_view sealed, uint32_t version) {
  Header header;
  if (!sealed.starts_with(kMagic) || sealed.size() < sizeof header) {
    return fail(ErrorKind::malformed, "not a state file, or cut off in its header");
  }
  std::memcpy(&header, sealed.data(), sizeof header);
  if (header.version != version) {
    return fail(ErrorKind::malformed, "a state of format version {}, this program reads {}",
                header.version, version);
  }
  const std::string_view content = sealed.substr(sizeof header);
  if (header.size != content.size()) {
    return fail(ErrorKind::malformed, "a damaged state: its sizes do not agree");
  }
  if (header.checksum != xxh3_64(content)) {
    return fail(ErrorKind::malformed, "a damaged state: its checksum does not agree");
  }
  return content;
}

std::string compress_state(std::string_view content) {
  // Not filled with zeros first: most of the bound is never touched.
  const size_t bound = ZSTD_compressBound(content.size());
  const std::unique_ptr<char[]> packed(new char[bound]);
  const size_t size =
      ZSTD_compress(packed.get(), bound, content.data(), content.size(), kCompressionLevel);
  DAEDALUS_CHECK(!ZSTD_isError(size));
  return std::string(packed.get(), size);
}

Result<std::string> decompress_state(std::string_view compressed) {
  const uint64_t size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  if (size > kLargestContent) return fail(ErrorKind::malformed, "a damaged state: no size");
  std::string content(size, '\0');
  const size_t got =
      ZSTD_decompress(content.data(), content.size(), compressed.data(), compressed.size());
  if (got != size) return fail(ErrorKind::malformed, "a damaged state: it cannot be unpacked");
  return content;
}

}  // namespace daedalus
