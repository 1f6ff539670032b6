#include "daedalus/journal/decompress.hpp"

#include <zlib.h>
#include <zstd.h>

#include <string_view>
#include <vector>

#include "daedalus/base/check.hpp"
#include "daedalus/base/file.hpp"

namespace daedalus {
namespace {

constexpr size_t kInputBytes = 256 << 10;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

/// What one step of a decoder did with its input.
struct Step {
  size_t consumed = 0;
  size_t produced = 0;
  bool damaged = false;
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual Step step(std::string_view input, char* into, size_t size) = 0;
  /// Whether the archive may end here.
  virtual bool between_members() const = 0;
};

class PlainDecoder : public Decoder {
 public:
  Step step(std::string_view input, char* into, size_t size) override {
    const size_t taken = input.copy(into, size);
    return {.consumed = taken, .produced = taken};
  }
  bool between_members() const override { return true; }
};

class GzipDecoder : public Decoder {
 public:
  GzipDecoder() { DAEDALUS_CHECK(inflateInit2(&stream_, 15 + 16) == Z_OK); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  ~GzipDecoder() override { inflateEnd(&stream_); }

  Step step(std::string_view input, char* into, size_t size) override {
    if (between_members_) {
      // Archives may be padded with zeros behind their last member.
      if (members_ > 0 && input.front() == '\0') return {.consumed = 1};
      between_members_ = false;
      inflateReset(&stream_);
    }
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(into);
    stream_.avail_out = static_cast<uInt>(size);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      between_members_ = true;
      ++members_;
    }
    return {.consumed = input.size() - stream_.avail_in,
            .produced = size - stream_.avail_out,
            .damaged = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR};
  }
  bool between_members() const override { return between_members_; }

 private:
  z_stream stream_{};
  bool between_members_ = true;
  int64_t members_ = 0;
};

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder() { DAEDALUS_CHECK(context_ != nullptr); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }

  Step step(std::string_view input, char* into, size_t size) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{into, size, 0};
    const size_t result = ZSTD_decompressStream(context_, &out, &in);
    between_members_ = result == 0;
    return {.consumed = in.pos, .produced = out.pos, .damaged = ZSTD_isError(result) != 0};
  }
  bool between_members() const override { return between_members_; }

 private:
  ZSTD_DCtx* context_ = ZSTD_createDCtx();
  bool between_members_ = true;
};

std::unique_ptr<Decoder> decoder_for(std::string_view first_bytes) {
  if (first_bytes.starts_with(kGzipMagic)) return std::make_unique<GzipDecoder>();
  if (first_bytes.starts_with(kZstdMagic)) return std::make_unique<ZstdDecoder>();
  return std::make_unique<PlainDecoder>();
}

}  // namespace

struct DecompressingFile::Inner {
  explicit Inner(File opened) : file(std::move(opened)), input(kInputBytes) {}

  std::string_view unread() const { return {input.data() + at, end - at}; }

  Result<void> refill() {
    DAEDALUS_TRY(end, file.read(input.data(), input.size()));
    at = 0;
    at_end = end == 0;
    return {};
  }

  Failure give_up(std::string_view what) {
    failed = true;
    return fail(ErrorKind::malformed, "{} {} {}", file.path(), what, bytes_taken);
  }

  File file;
  std::unique_ptr<Decoder> decoder;
  std::vector<char> input;
  size_t at = 0;
  size_t end = 0;
  bool at_end = false;
  bool damaged = false;  ///< Found together with the last good bytes.
  bool failed = false;
  int64_t bytes_taken = 0;  ///< Of the file, by the decoder.
};

Result<DecompressingFile> DecompressingFile::open(const std::string& path) {
  DAEDALUS_TRY(File file, File::open_read(path));
  auto inner = std::make_unique<Inner>(std::move(file));
  DAEDALUS_OK(inner->refill());
  inner->decoder = decoder_for(inner->unread());
  return DecompressingFile(std::move(inner));
}

DecompressingFile::DecompressingFile(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
DecompressingFile::DecompressingFile(DecompressingFile&&) noexcept = default;
DecompressingFile& DecompressingFile::operator=(DecompressingFile&&) noexcept = default;
DecompressingFile::~DecompressingFile() = default;

Result<size_t> DecompressingFile::read(char* into, size_t size) {
  Inner& inner = *inner_;
  if (inner.failed) return 0;
  if (inner.damaged) return inner.give_up("is damaged near byte");
  bool drained = false;  // The decoder may hold output back when its input is used up.
  while (true) {
    if (inner.unread().empty() && !inner.at_end) DAEDALUS_OK(inner.refill());
    if (inner.unread().empty() && (inner.decoder->between_members() || drained)) break;
    const Step step = inner.decoder->step(inner.unread(), into, size);
    inner.at += step.consumed;
    inner.bytes_taken += static_cast<int64_t>(step.consumed);
    inner.damaged = step.damaged;
    if (step.produced > 0) return step.produced;
    if (step.damaged) return inner.give_up("is damaged near byte");
    drained = inner.unread().empty();
  }
  if (inner.decoder->between_members()) return 0;
  return inner.give_up("is cut off after byte");
}

const std::string& DecompressingFile::path() const {
  return inner_->file.path();
}

}  // namespace daedalus
