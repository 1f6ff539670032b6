#include "daedalus/journal/segment_writer.hpp"

#include "daedalus/journal/segment_name.hpp"
#include "daedalus/journal/zstd_frames.hpp"

namespace daedalus {
namespace {

/// A flush of more is cut into several frames at line ends, so that readers need little memory.
constexpr size_t kFrameBytes = 32 << 20;

/// Whole lines of about kFrameBytes from the front of `lines`; one line at least.
std::string_view take_frame(std::string_view lines) {
  if (lines.size() <= kFrameBytes) return lines;
  size_t end = lines.rfind('\n', kFrameBytes - 1);
  if (end == std::string_view::npos) end = lines.find('\n', kFrameBytes);
  return lines.substr(0, end + 1);
}

}  // namespace

struct SegmentWriter::Inner {
  File file;
  FrameCompressor compressor;
  std::string pending;
  int64_t flushed_bytes = 0;
};

SegmentWriter::SegmentWriter(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
SegmentWriter::SegmentWriter(SegmentWriter&&) noexcept = default;
SegmentWriter& SegmentWriter::operator=(SegmentWriter&&) noexcept = default;
SegmentWriter::~SegmentWriter() = default;

Result<SegmentWriter> SegmentWriter::create(const std::string& folder, const std::string& segment) {
  DAEDALUS_TRY(File file, File::create(folder + "/" + segment + std::string(kSegmentSuffix)));
  DAEDALUS_OK(sync_folder(folder));
  return SegmentWriter(std::make_unique<Inner>(Inner{.file = std::move(file)}));
}

void SegmentWriter::append(const Record& record) {
  append_record_line(inner_->pending, record);
}

void SegmentWriter::append_lines(std::string_view lines) {
  inner_->pending.append(lines);
}

int64_t SegmentWriter::pending_bytes() const {
  return static_cast<int64_t>(inner_->pending.size());
}
int64_t SegmentWriter::total_bytes() const {
  return inner_->flushed_bytes + pending_bytes();
}

Result<void> SegmentWriter::flush() {
  std::string_view left = inner_->pending;
  while (!left.empty()) {
    const std::string_view lines = take_frame(left);
    DAEDALUS_OK(inner_->file.write(inner_->compressor.compress(lines)));
    // Before the next frame: a power cut then tears the last one only.
    DAEDALUS_OK(inner_->file.sync());
    left.remove_prefix(lines.size());
  }
  inner_->flushed_bytes += pending_bytes();
  inner_->pending.clear();
  return {};
}

Result<void> SegmentWriter::close() {
  DAEDALUS_OK(flush());
  return inner_->file.close();
}

const std::string& SegmentWriter::path() const {
  return inner_->file.path();
}

}  // namespace daedalus
