#include "daedalus/journal/segment_reader.hpp"

#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/journal/zstd_frames.hpp"

namespace daedalus {

struct SegmentReader::Inner {
  FrameScanner frames;
  std::string_view lines;  ///< Rest of the frame in memory; owned by `frames`.
  int64_t line_number = 0;
  Record record;
};

SegmentReader::SegmentReader(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
SegmentReader::SegmentReader(SegmentReader&&) noexcept = default;
SegmentReader& SegmentReader::operator=(SegmentReader&&) noexcept = default;
SegmentReader::~SegmentReader() = default;

Result<SegmentReader> SegmentReader::open(const std::string& path) {
  DAEDALUS_TRY(FrameScanner frames, FrameScanner::open(path));
  auto inner =
      std::make_unique<Inner>(Inner{.frames = std::move(frames), .lines = {}, .record = {}});
  return SegmentReader(std::move(inner));
}

Result<const Record*> SegmentReader::next() {
  while (inner_->lines.empty()) {
    DAEDALUS_TRY(const auto content, inner_->frames.next());
    if (!content) return nullptr;
    inner_->lines = *content;
  }
  const size_t end = inner_->lines.find('\n');
  const std::string_view line = inner_->lines.substr(0, end);
  inner_->lines.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  ++inner_->line_number;
  if (auto parsed = parse_record_line(line, inner_->record); !parsed) {
    return with_context(std::move(parsed).error(), "{} line {}", inner_->frames.path(),
                        inner_->line_number);
  }
  return &inner_->record;
}

int64_t SegmentReader::valid_bytes() const {
  return inner_->frames.valid_bytes();
}
int64_t SegmentReader::torn_bytes() const {
  return inner_->frames.torn_bytes();
}

Result<int64_t> cut_torn_tail(const std::string& path) {
  DAEDALUS_TRY(FrameScanner frames, FrameScanner::open(path));
  while (true) {
    DAEDALUS_TRY(const auto content, frames.next());
    if (!content) break;
  }
  if (frames.torn_bytes() == 0) return 0;
  std::error_code error;
  std::filesystem::resize_file(path, static_cast<uintmax_t>(frames.valid_bytes()), error);
  if (error) return fail(ErrorKind::io, "cannot truncate {}: {}", path, error.message());
  DAEDALUS_TRY(File file, File::open_read(path));
  DAEDALUS_OK(file.sync());
  DAEDALUS_OK(file.close());
  return frames.torn_bytes();
}

}  // namespace daedalus
