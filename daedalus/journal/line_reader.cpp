#include "daedalus/journal/line_reader.hpp"

#include <algorithm>
#include <cstring>

namespace daedalus {
namespace {

constexpr size_t kReadBytes = 256 << 10;

}  // namespace

Result<LineReader> LineReader::open(const std::string& path) {
  DAEDALUS_TRY(DecompressingFile file, DecompressingFile::open(path));
  return LineReader(std::move(file));
}

Result<std::optional<std::string_view>> LineReader::next() {
  while (true) {
    const char* from = buffer_.get() + searched_;
    const void* found = end_ == searched_ ? nullptr : std::memchr(from, '\n', end_ - searched_);
    if (found != nullptr) {
      const char* line_end = static_cast<const char*>(found);
      return take(static_cast<size_t>(line_end - buffer_.get()) - at_, 1);
    }
    searched_ = end_;
    if (at_end_) {
      if (at_ == end_) return std::nullopt;
      return take(end_ - at_, 0);
    }
    if (auto more = read_more(); !more) {
      at_end_ = true;
      at_ = searched_ = end_;
      Error error = std::move(more).error();
      error.message += fmt::format("; {} lines before it were taken", line_number_);
      return Failure(std::move(error));
    }
  }
}

std::string_view LineReader::take(size_t size, size_t skip) {
  const std::string_view line(buffer_.get() + at_, size);
  at_ += size + skip;
  searched_ = at_;
  ++line_number_;
  return line.ends_with('\r') ? line.substr(0, size - 1) : line;
}

Result<void> LineReader::read_more() {
  const size_t kept = end_ - at_;
  if (kept > kLineLimit) {
    return fail(ErrorKind::malformed, "{} line {} is longer than {} MiB", path(), line_number_ + 1,
                kLineLimit >> 20);
  }
  if (kept + kReadBytes > capacity_) {
    capacity_ = std::max(2 * capacity_, kept + kReadBytes);
    auto larger = std::make_unique<char[]>(capacity_ + kLinePadding);
    std::copy_n(buffer_.get() + at_, kept, larger.get());
    buffer_ = std::move(larger);
  } else if (at_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + at_, kept);
  }
  searched_ -= at_;
  at_ = 0;
  end_ = kept;
  DAEDALUS_TRY(const size_t taken, file_.read(buffer_.get() + end_, capacity_ - end_));
  end_ += taken;
  at_end_ = taken == 0;
  return {};
}

}  // namespace daedalus
