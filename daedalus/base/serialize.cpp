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
constexpr size_t kHeaderSize = 8 + 4 * 8;
constexpr int64_t kLargestContent = int64_t{1} << 36;

}  // namespace

std::string seal_state(std::string_view content, uint32_t version) {
  StateWriter header;
  header.integer(version);
  header.integer(content.size());
  header.integer(xxh3_64(content));
  // Not filled with zeros first: most of the bound is never touched.
  const size_t bound = ZSTD_compressBound(content.size());
  const std::unique_ptr<char[]> packed(new char[bound]);
  const size_t size =
      ZSTD_compress(packed.get(), bound, content.data(), content.size(), kCompressionLevel);
  DAEDALUS_CHECK(!ZSTD_isError(size));
  header.integer(size);
  std::string sealed;
  sealed.reserve(kHeaderSize + size);
  sealed.append(kMagic).append(header.bytes()).append(packed.get(), size);
  return sealed;
}

Result<std::string> unseal_state(std::string_view sealed, uint32_t version) {
  if (!sealed.starts_with(kMagic) || sealed.size() < kHeaderSize) {
    return fail(ErrorKind::malformed, "not a state file, or cut off in its header");
  }
  StateReader header(sealed.substr(kMagic.size(), kHeaderSize - kMagic.size()));
  const auto found_version = header.integer<uint32_t>();
  const auto size = header.integer<int64_t>();
  const auto checksum = header.integer<uint64_t>();
  const auto packed_size = header.integer<size_t>();
  if (found_version != version) {
    return fail(ErrorKind::malformed, "a state of format version {}, this program reads {}",
                found_version, version);
  }
  const std::string_view packed = sealed.substr(kHeaderSize);
  if (packed_size != packed.size() || size < 0 || size > kLargestContent ||
      ZSTD_getFrameContentSize(packed.data(), packed.size()) != static_cast<uint64_t>(size)) {
    return fail(ErrorKind::malformed, "a damaged state: its sizes do not agree");
  }
  std::string content(static_cast<size_t>(size), '\0');
  const size_t got = ZSTD_decompress(content.data(), content.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) || got != content.size() || xxh3_64(content) != checksum) {
    return fail(ErrorKind::malformed, "a damaged state: its checksum does not agree");
  }
  return content;
}

}  // namespace daedalus
