#include "daedalus/journal/zstd_frames.hpp"

#define ZSTD_STATIC_LINKING_ONLY  // ZSTD_getFrameHeader
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstring>

#include "daedalus/base/check.hpp"
#include "daedalus/base/file.hpp"

namespace daedalus {
namespace {

constexpr size_t kReadBytes = 1 << 20;

/// Memory that grows without being filled with zeros; its content is lost when it grows.
struct Scratch {
  std::unique_ptr<char[]> bytes;
  size_t capacity = 0;

  void need(size_t size) {
    if (size <= capacity) return;
    capacity = std::max(size, capacity * 2);
    bytes = std::make_unique_for_overwrite<char[]>(capacity);
  }
};

/// The header of a frame as our writer makes them: with content size, within the bound,
/// checksummed.
bool is_our_header(std::string_view bytes, size_t& content_size) {
  ZSTD_frameHeader header;
  if (ZSTD_getFrameHeader(&header, bytes.data(), bytes.size()) != 0) return false;
  if (header.frameType != ZSTD_frame || header.checksumFlag == 0) return false;
  if (header.frameContentSize == ZSTD_CONTENTSIZE_UNKNOWN) return false;
  if (header.frameContentSize > static_cast<uint64_t>(kFrameContentLimit)) return false;
  content_size = static_cast<size_t>(header.frameContentSize);
  return true;
}

/// Whether a frame begins anywhere in `bytes`.
bool holds_a_frame(std::string_view bytes) {
  constexpr std::string_view kMagic = "\x28\xb5\x2f\xfd";
  size_t ignored = 0;
  for (size_t at = bytes.find(kMagic); at != std::string_view::npos;
       at = bytes.find(kMagic, at + 1)) {
    if (is_our_header(bytes.substr(at), ignored)) return true;
  }
  return false;
}

}  // namespace

struct FrameCompressor::Inner {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  Scratch out;

  Inner() {
    DAEDALUS_CHECK(context != nullptr);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1);
  }
  Inner(const Inner&) = delete;
  Inner& operator=(const Inner&) = delete;
  ~Inner() { ZSTD_freeCCtx(context); }
};

FrameCompressor::FrameCompressor() : inner_(std::make_unique<Inner>()) {}
FrameCompressor::FrameCompressor(FrameCompressor&&) noexcept = default;
FrameCompressor& FrameCompressor::operator=(FrameCompressor&&) noexcept = default;
FrameCompressor::~FrameCompressor() = default;

std::string_view FrameCompressor::compress(std::string_view content) {
  inner_->out.need(ZSTD_compressBound(content.size()));
  const size_t size = ZSTD_compress2(inner_->context, inner_->out.bytes.get(), inner_->out.capacity,
                                     content.data(), content.size());
  DAEDALUS_CHECK(!ZSTD_isError(size));
  return {inner_->out.bytes.get(), size};
}

struct FrameScanner::Inner {
  explicit Inner(File opened) : file(std::move(opened)) { DAEDALUS_CHECK(context != nullptr); }
  Inner(const Inner&) = delete;
  Inner& operator=(const Inner&) = delete;
  ~Inner() { ZSTD_freeDCtx(context); }

  std::string_view unread() const { return std::string_view(input).substr(at); }

  Result<void> read_more() {
    input.erase(0, at);
    at = 0;
    const size_t before = input.size();
    input.resize(before + std::max(kReadBytes, before));
    auto taken = file.read(input.data() + before, input.size() - before);
    input.resize(before + (taken ? *taken : 0));
    if (!taken) return Failure(std::move(taken).error());
    at_end = *taken == 0;
    return {};
  }

  /// Reads until a whole frame is in `input`. Absent: what follows is no whole frame.
  Result<std::optional<size_t>> whole_frame() {
    while (true) {
      const size_t size = ZSTD_findFrameCompressedSize(unread().data(), unread().size());
      if (!ZSTD_isError(size)) return std::optional<size_t>(size);
      // Too short to tell is the one error that more bytes can heal; four bytes name the kind.
      const bool short_of_bytes = ZSTD_getErrorCode(size) == ZSTD_error_srcSize_wrong;
      if ((!short_of_bytes && unread().size() >= 4) || at_end || too_long()) {
        return std::optional<size_t>();
      }
      DAEDALUS_OK(read_more());
    }
  }

  /// More bytes than the largest frame of our own can have.
  bool too_long() const {
    return unread().size() > ZSTD_compressBound(static_cast<size_t>(kFrameContentLimit)) + 64;
  }

  std::optional<std::string_view> decompress(size_t frame_size) {
    size_t content_size = 0;
    if (!is_our_header(unread().substr(0, frame_size), content_size)) return std::nullopt;
    content.need(content_size);
    const size_t size = ZSTD_decompressDCtx(context, content.bytes.get(), content_size,
                                            unread().data(), frame_size);
    if (ZSTD_isError(size) || size != content_size) return std::nullopt;
    return std::string_view(content.bytes.get(), size);
  }

  /// What stands at `at` is no good frame: the torn tail, or damage with another frame behind it.
  Result<void> examine_tail() {
    tail_examined = true;
    constexpr size_t kHeaderBytes = ZSTD_FRAMEHEADERSIZE_MAX;
    torn_bytes = static_cast<int64_t>(unread().size());
    at = std::min(at + 1, input.size());
    while (true) {
      if (holds_a_frame(unread())) {
        return fail(ErrorKind::malformed, "{} is damaged at byte {}: a frame there cannot be read",
                    file.path(), valid_bytes);
      }
      if (at_end) return {};
      at = std::max(at, input.size() - std::min(input.size(), kHeaderBytes));
      const size_t kept = unread().size();
      DAEDALUS_OK(read_more());
      torn_bytes += static_cast<int64_t>(unread().size() - kept);
    }
  }

  File file;
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::string input;
  size_t at = 0;  ///< Start of what is not yet given, in `input`.
  bool at_end = false;
  Scratch content;
  int64_t valid_bytes = 0;
  int64_t torn_bytes = 0;
  bool tail_examined = false;
  std::optional<Error> failure;
};

Result<FrameScanner> FrameScanner::open(const std::string& path) {
  DAEDALUS_TRY(File file, File::open_read(path));
  return FrameScanner(std::make_unique<Inner>(std::move(file)));
}

FrameScanner::FrameScanner(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
FrameScanner::FrameScanner(FrameScanner&&) noexcept = default;
FrameScanner& FrameScanner::operator=(FrameScanner&&) noexcept = default;
FrameScanner::~FrameScanner() = default;

Result<std::optional<std::string_view>> FrameScanner::next() {
  Inner& inner = *inner_;
  if (inner.failure) return Failure(*inner.failure);
  if (inner.tail_examined) return std::optional<std::string_view>();
  DAEDALUS_TRY(const auto size, inner.whole_frame());
  if (size) {
    if (const auto content = inner.decompress(*size)) {
      inner.at += *size;
      inner.valid_bytes += static_cast<int64_t>(*size);
      return content;
    }
  }
  if (auto examined = inner.examine_tail(); !examined) {
    inner.failure = examined.error();
    return Failure(std::move(examined).error());
  }
  return std::optional<std::string_view>();
}

int64_t FrameScanner::valid_bytes() const {
  return inner_->valid_bytes;
}
int64_t FrameScanner::torn_bytes() const {
  return inner_->torn_bytes;
}
const std::string& FrameScanner::path() const {
  return inner_->file.path();
}

}  // namespace daedalus
