#include "daedalus/capture/simulated_run.hpp"

#include <optional>

#include "daedalus/capture/pipeline.hpp"
#include "daedalus/capture/seal_settings.hpp"
#include "daedalus/journal/segment_writer.hpp"

namespace daedalus {
namespace {

constexpr int64_t kFlushBytes = int64_t{8} << 20;

}  // namespace

struct SimulatedRun::Inner {
  Inner(const SimulatedRunOptions& given, SealOptions sealing)
      : options(given), folder(sealing.root.active(sealing.source)), sealer(std::move(sealing)) {}

  /// The first failure is kept; after it nothing is written.
  template <class Step>
  void carry_out(Step step) {
    if (!failure) return;
    if (Result<void> done = step(); !done) failure = std::move(done);
  }

  SimulationHooks hooks() {
    SimulationHooks hooks;
    hooks.on_segment_begin = [this](const std::string& name) {
      carry_out([&]() -> Result<void> {
        DAEDALUS_TRY(writer, SegmentWriter::create(folder, name));
        return {};
      });
    };
    hooks.on_record = [this](std::string_view line, const Record&) {
      carry_out([&]() -> Result<void> {
        writer->append_lines(line);
        if (writer->pending_bytes() < kFlushBytes) return {};
        return writer->flush();
      });
    };
    hooks.on_segment_end = [this](const std::string& name) {
      carry_out([&]() -> Result<void> {
        DAEDALUS_OK(writer->close());
        writer.reset();
        DAEDALUS_TRY(SealedSegment done, sealer.seal(name));
        sealed.push_back(std::move(done.record));
        return {};
      });
    };
    hooks.on_fact = [this](const CoreFact& fact) { facts.push_back(fact); };
    hooks.on_tick = [this] {
      if (!writer || simulation->now() < next_flush) return;
      next_flush = simulation->now() + options.flush_every;
      carry_out([&] { return writer->flush(); });
    };
    return hooks;
  }

  SimulatedRunOptions options;
  std::string folder;
  Sealer sealer;
  std::optional<SegmentWriter> writer;
  UnixNanos next_flush;
  Result<void> failure;
  std::vector<CoreFact> facts;
  std::vector<SegmentRecord> sealed;
  std::unique_ptr<CoreSimulation> simulation;
};

SimulatedRun::SimulatedRun(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
SimulatedRun::~SimulatedRun() = default;

Result<std::unique_ptr<SimulatedRun>> SimulatedRun::open(const SimulatedRunOptions& options,
                                                         SimulatedVenue& venue) {
  DAEDALUS_TRY(SourcePlan plan, plan_source(options.source));
  DAEDALUS_TRY(SealOptions sealing, seal_settings(options.config, plan.source, *plan.exchange));
  auto inner = std::make_unique<Inner>(options, sealing);
  DAEDALUS_OK(make_folders(inner->folder));
  DAEDALUS_TRY(RecoveryReport recovered, recover_source(sealing));
  for (SealedSegment& segment : recovered.sealed)
    inner->sealed.push_back(std::move(segment.record));

  CoreOptions core{.plan = std::move(plan), .seed = options.seed};
  const JournalConfig& journal = options.config.journal;
  core.segment_limits = {.max_bytes = journal.segment_max_mb << 20,
                         .max_age = std::chrono::seconds(journal.segment_max_age_seconds)};
  DAEDALUS_TRY(core.position, source_position(sealing.root, sealing.source));
  inner->next_flush = options.start + options.flush_every;
  inner->simulation =
      std::make_unique<CoreSimulation>(std::move(core), venue, options.start, inner->hooks());
  if (!inner->failure) return Failure(inner->failure.error());
  return std::unique_ptr<SimulatedRun>(new SimulatedRun(std::move(inner)));
}

Result<void> SimulatedRun::run_until(UnixNanos until) {
  inner_->simulation->run_until(until);
  return inner_->failure;
}

Result<void> SimulatedRun::finish() {
  inner_->simulation->happen(StopRequested{.why = "the simulated run ends"});
  return inner_->failure;
}

CoreSimulation& SimulatedRun::simulation() {
  return *inner_->simulation;
}
const std::vector<CoreFact>& SimulatedRun::facts() const {
  return inner_->facts;
}
const std::vector<SegmentRecord>& SimulatedRun::sealed() const {
  return inner_->sealed;
}

}  // namespace daedalus
