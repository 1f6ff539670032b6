#include "daedalus/capture/journal_thread.hpp"

#include <algorithm>

namespace daedalus {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int64_t kBytesPerMb = int64_t{1} << 20;

}  // namespace

JournalThread::JournalThread(JournalThreadOptions options, JournalThreadHandlers handlers)
    : options_(std::move(options)),
      handlers_(std::move(handlers)),
      next_space_check_(Clock::now()),
      thread_([this] { run(); }) {}

JournalThread::~JournalThread() {
  finish();
}

void JournalThread::add_step(Step step) {
  const std::lock_guard lock(mutex_);
  if (failed_) return;
  steps_.push_back(std::move(step));
  urgent_ = true;
  work_.notify_one();
}

void JournalThread::begin_segment(const std::string& name) {
  add_step({.kind = Step::Kind::begin, .text = name});
}

void JournalThread::end_segment(const std::string& name) {
  add_step({.kind = Step::Kind::end, .text = name});
}

void JournalThread::append(std::string_view line, int64_t frame_seq) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return failed_ || bytes_ < options_.memory_bytes; });
  if (failed_) return;
  if (bytes_ == 0) {
    oldest_ = Clock::now();
    work_.notify_one();
  }
  if (steps_.empty() || steps_.back().kind != Step::Kind::lines) steps_.push_back({});
  steps_.back().text.append(line);
  steps_.back().frame_seq = frame_seq;
  const bool was_small = bytes_ < options_.flush_bytes;
  bytes_ += static_cast<int64_t>(line.size());
  if (was_small && bytes_ >= options_.flush_bytes) work_.notify_one();
}

void JournalThread::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    work_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void JournalThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto due = [&] { return urgent_ || finishing_ || bytes_ >= options_.flush_bytes; };
    if (bytes_ == 0 || failed_) {
      work_.wait_until(lock, next_space_check_, [&] { return due() || (bytes_ > 0 && !failed_); });
    }
    if (bytes_ > 0 && !due()) work_.wait_until(lock, oldest_ + options_.flush_after, due);
    std::vector<Step> steps = std::exchange(steps_, {});
    if (failed_) steps.clear();
    bytes_ = 0;
    urgent_ = false;
    const bool last = finishing_;
    room_.notify_all();
    lock.unlock();
    Result<void> done;
    for (Step& step : steps) {
      if (done = carry_out(step); !done) break;
    }
    if (done) report_free_space();
    lock.lock();
    if (!done && !failed_) {
      failed_ = true;
      room_.notify_all();
      lock.unlock();
      if (handlers_.on_error) handlers_.on_error(done.error());
      lock.lock();
    }
    if (last) return;
  }
}

Result<void> JournalThread::carry_out(Step& step) {
  switch (step.kind) {
    case Step::Kind::begin: {
      DAEDALUS_TRY(writer_, SegmentWriter::create(options_.folder, step.text));
      return {};
    }
    case Step::Kind::lines:
      writer_->append_lines(step.text);
      DAEDALUS_OK(writer_->flush());
      if (handlers_.on_flushed) handlers_.on_flushed(step.frame_seq);
      return {};
    case Step::Kind::end:
      DAEDALUS_OK(writer_->close());
      writer_.reset();
      if (handlers_.on_segment_closed) handlers_.on_segment_closed(step.text);
      return {};
  }
  return {};
}

void JournalThread::report_free_space() {
  const auto now = Clock::now();
  if (now < next_space_check_) return;
  next_space_check_ = now + options_.free_space_every;
  const Result<int64_t> free = free_bytes(options_.folder);
  if (free && handlers_.on_free_space) handlers_.on_free_space(*free / kBytesPerMb);
}

}  // namespace daedalus
