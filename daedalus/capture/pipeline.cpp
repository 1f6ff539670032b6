#include "daedalus/capture/pipeline.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "daedalus/bronze/unfinished_import.hpp"
#include "daedalus/capture/seal_settings.hpp"

namespace daedalus {
namespace {

constexpr int64_t kMegabyte = int64_t{1} << 20;

JournalThreadOptions journal_options(const JournalConfig& config, std::string folder) {
  JournalThreadOptions options{.folder = std::move(folder)};
  // Half of the interval to begin, the other half to compress, write and sync.
  options.flush_after =
      config.fsync == "every_frame"
          ? Nanoseconds(0)
          : Nanoseconds(static_cast<int64_t>(config.flush_interval_seconds * 5e8));
  return options;
}

}  // namespace

Pipeline::Pipeline(const Config& config, ProcessLock lock)
    : config_(config),
      root_{config.data_root},
      lock_(std::move(lock)),
      counted_at_(std::chrono::steady_clock::now()) {}

Result<std::unique_ptr<Pipeline>> Pipeline::start(const Config& config,
                                                  const std::vector<SourcePlan>& plans,
                                                  const RowTapMaker& make_tap) {
  DAEDALUS_TRY(ProcessLock lock, ProcessLock::take(DataRoot{config.data_root}.lock_file()));
  DAEDALUS_TRY(const int64_t free, free_bytes(config.data_root));
  if (free / kMegabyte < config.journal.min_free_mb) {
    return fail(ErrorKind::io, "only {} MB are free on the disk of {}, min_free_mb is {}",
                free / kMegabyte, config.data_root, config.journal.min_free_mb);
  }
  std::unique_ptr<Pipeline> pipeline(new Pipeline(config, std::move(lock)));
  std::map<std::string, SealOptions> sealing;
  for (const SourcePlan& plan : plans) {
    DAEDALUS_TRY(sealing[plan.source], seal_settings(config, plan.source, *plan.exchange));
    DAEDALUS_OK(make_folders(pipeline->root_.active(plan.source)));
  }
  DAEDALUS_OK(pipeline->recover(sealing));
  pipeline->sealing_ = std::make_unique<SealingThread>(
      std::move(sealing),
      SealingHandlers{.on_sealed =
                          [](const SealedSegment& sealed) {
                            if (!sealed.warning.empty()) log_warning("{}", sealed.warning);
                          },
                      .on_error =
                          [raw = pipeline.get()](const std::string& segment, const Error& error) {
                            raw->on_error("sealing " + segment, error);
                          }});
  for (const SourcePlan& plan : plans) DAEDALUS_OK(pipeline->start_source(plan, make_tap));
  return pipeline;
}

Result<void> Pipeline::recover(const std::map<std::string, SealOptions>& sealing) {
  for (const auto& [source, options] : sealing) {
    auto report = recover_source(options);
    if (!report) return with_context(report.error(), "recovery of source {}", source);
    // An import could not tell what is captured now from what it left.
    DAEDALUS_OK(remove_unfinished_import(root_, source));
    for (const std::string& removed : report->removed) {
      log_info("{}: removed {}, nothing had been written to it", source, removed);
    }
    for (const SealedSegment& sealed : report->sealed) {
      log_info("{}: sealed {}, left over by an earlier process ({} records{})", source,
               sealed.record.segment, sealed.record.records,
               sealed.record.torn_bytes > 0
                   ? fmt::format(", a torn tail of {} bytes cut off", sealed.record.torn_bytes)
                   : "");
      if (!sealed.warning.empty()) log_warning("{}", sealed.warning);
    }
  }
  DAEDALUS_TRY(const auto left, sources_with_journals(root_));
  for (const std::string& source : left) {
    if (sealing.contains(source)) continue;
    log_warning(
        "source {} is not captured now and has unsealed journals: `daedalus seal` seals them",
        source);
  }
  return {};
}

Result<void> Pipeline::start_source(const SourcePlan& plan, const RowTapMaker& make_tap) {
  const JournalConfig& journal = config_.journal;
  SourceRunnerOptions options;
  options.core.plan = plan;
  options.core.seed = std::random_device{}();
  options.core.min_free_mb = journal.min_free_mb;
  options.core.segment_limits = {.max_bytes = journal.segment_max_mb * kMegabyte,
                                 .max_age = std::chrono::seconds(journal.segment_max_age_seconds)};
  DAEDALUS_TRY(options.core.position, source_position(root_, plan.source));
  if (make_tap) {
    DAEDALUS_TRY(std::unique_ptr<RowTap> tap, make_tap(plan));
    options.core.tap = tap.get();
    if (tap) taps_.push_back(std::move(tap));
    DAEDALUS_TRY(const auto sealed,
                 load_seal_state(root_, plan.source, options.core.position.newest_segment));
    if (sealed) options.core.interpreter_state = sealed->interpreter;
  }
  options.journal = journal_options(journal, root_.active(plan.source));
  options.network = {.proxy = config_.network.proxy, .ca_file = config_.network.ca_file};
  options.queue_bytes = journal.queue_mb * kMegabyte;
  fact_logs_.push_back(std::make_unique<FactLog>());
  SourceRunnerHandlers handlers;
  handlers.on_fact = [this, log = fact_logs_.back().get()](const CoreFact& fact) {
    log->write(fact);
    if (fact.kind == CoreFact::Kind::disk_low) failed_ = true;
  };
  handlers.on_segment_closed = [this, source = plan.source](const std::string& segment) {
    sealing_->add(source, segment);
  };
  handlers.on_error = [this, source = plan.source](const Error& error) {
    on_error("writing the journal of " + source, error);
  };
  names_.push_back(plan.source);
  counted_.push_back({});
  runners_.push_back(
      std::make_unique<SourceRunner>(loop_, std::move(options), std::move(handlers)));
  return {};
}

void Pipeline::on_error(const std::string& what, const Error& error) {
  log_error("{} failed: {}", what, error.message);
  failed_ = true;
}

void Pipeline::stop(const std::string& why) {
  if (stopping_.exchange(true)) return;
  for (const auto& runner : runners_) runner->stop(why);
}

bool Pipeline::finished() const {
  return std::ranges::all_of(runners_, [](const auto& runner) { return runner->finished(); }) &&
         (sealing_ == nullptr || sealing_->idle());
}

Pipeline::~Pipeline() {
  stop("the process ends");
  while (!finished()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  loop_.stop();
}

std::vector<std::string> Pipeline::statistics_lines() {
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::max(1e-3, std::chrono::duration<double>(now - counted_at_).count());
  counted_at_ = now;
  std::vector<std::string> lines;
  for (size_t i = 0; i < runners_.size(); ++i) {
    const SourceStatus status = runners_[i]->status();
    const CoreStatistics& core = status.core;
    const Counted before = std::exchange(counted_[i], {core.frames, core.frame_bytes});
    lines.push_back(fmt::format(
        "{}: {:.0f} frames/s, {:.2f} MB/s, queue {:.1f} of {} MB, {} of {} connections, {} of {} "
        "streams live, {} books await an image, {} gaps ({} open), {} frames unparsable, {} "
        "records not on disk, {}",
        names_[i], static_cast<double>(core.frames - before.frames) / seconds,
        static_cast<double>(core.frame_bytes - before.bytes) / seconds / 1e6,
        static_cast<double>(status.queue_bytes) / 1e6, config_.journal.queue_mb,
        core.connections_open, core.connections_planned, core.streams_flowing, core.streams_asked,
        core.snapshots_waiting, core.gaps_opened, core.gaps_open, core.unparsable,
        status.unflushed_records, status.segment.empty() ? "no segment yet" : status.segment));
  }
  return lines;
}

}  // namespace daedalus
