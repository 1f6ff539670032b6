#include "daedalus/journal/source_journal.hpp"

#include <optional>
#include <utility>

namespace daedalus {

struct JournalSink::Inner {
  explicit Inner(JournalSinkOptions from)
      : folder(std::move(from.folder)), flush_bytes(from.flush_bytes), plan(std::move(from.plan)) {}

  Result<void> write(const Record& record) {
    writer->append(record);
    plan.set_segment_bytes(writer->total_bytes());
    if (writer->pending_bytes() < flush_bytes) return {};
    return writer->flush();
  }

  Result<void> end_segment(const Record& close) {
    writer->append(close);
    DAEDALUS_OK(writer->close());
    writer.reset();
    closed.push_back(plan_segment);
    return {};
  }

  Result<void> begin_segment(const Record& header) {
    plan_segment = plan.segment();
    DAEDALUS_TRY(writer, SegmentWriter::create(folder, plan_segment));
    return write(header);
  }

  std::string folder;
  int64_t flush_bytes;
  SegmentPlan plan;
  std::optional<SegmentWriter> writer;  ///< While a segment is open.
  std::string plan_segment;             ///< The one that `writer` writes.
  std::vector<std::string> closed;
};

Result<JournalSink> JournalSink::open(JournalSinkOptions options) {
  DAEDALUS_OK(make_folders(options.folder));
  return JournalSink(std::make_unique<Inner>(std::move(options)));
}

JournalSink::JournalSink(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
JournalSink::JournalSink(JournalSink&&) noexcept = default;
JournalSink& JournalSink::operator=(JournalSink&&) noexcept = default;
JournalSink::~JournalSink() = default;

Result<void> JournalSink::append(Record& record) {
  const SegmentPlan::Placement placement = inner_->plan.place(record);
  if (placement.close) DAEDALUS_OK(inner_->end_segment(*placement.close));
  if (placement.header) DAEDALUS_OK(inner_->begin_segment(*placement.header));
  return inner_->write(record);
}

Result<void> JournalSink::tick(UnixNanos now) {
  if (const auto close = inner_->plan.tick(now)) return inner_->end_segment(*close);
  return {};
}

Result<void> JournalSink::finish(UnixNanos now) {
  if (const auto close = inner_->plan.finish(now)) return inner_->end_segment(*close);
  return {};
}

Result<void> JournalSink::flush() {
  if (!inner_->writer) return {};
  return inner_->writer->flush();
}

std::vector<std::string> JournalSink::take_closed() {
  return std::exchange(inner_->closed, {});
}

int64_t JournalSink::pending_bytes() const {
  return inner_->writer ? inner_->writer->pending_bytes() : 0;
}

const SegmentPlan& JournalSink::plan() const {
  return inner_->plan;
}

}  // namespace daedalus
