#include "daedalus/etl/engine_set.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "daedalus/bronze/schema.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {

SegmentInput segment_input(const SegmentRecord& record,
                           const std::function<std::string(const SegmentFile&)>& path_of) {
  SegmentInput input{.segment = record.segment,
                     .opened = {record.opened_ns},
                     .closed = {record.closed_ns},
                     .first_frame_seq = record.first_frame_seq,
                     .last_frame_seq = record.last_frame_seq};
  for (const SegmentFile& file : record.files) {
    const auto venue = find_exchange(file.exchange);
    const BronzeFile bronze{.path = path_of(file),
                            .channel = file.channel,
                            .rows = file.rows,
                            .venue = venue ? *venue : nullptr};
    if (!BronzeRows::of_channel(file.channel, bronze.venue)) continue;
    if (file.symbol == kNoSymbol) {
      if (file.channel == "gaps") input.gaps_of_all.push_back(bronze);
    } else {
      input.symbols[{file.exchange, file.symbol}].push_back(bronze);
    }
  }
  return input;
}

EngineSet::EngineSet(std::string source, EngineParameters parameters, Tell tell, int threads)
    : source_(std::move(source)),
      parameters_(std::move(parameters)),
      tell_(std::move(tell)),
      threads_(threads) {}

Result<void> EngineSet::revive(const SymbolKey& symbol, Slot& slot) const {
  const EngineKey key{.source = source_, .exchange = symbol.first, .symbol = symbol.second};
  if (slot.saved.empty()) {
    DAEDALUS_TRY(slot.engine, FeatureEngine::create(key, parameters_));
    return {};
  }
  auto engine = FeatureEngine::restore(key, parameters_, slot.saved);
  if (!engine) {
    return with_context(std::move(engine).error(), "state of {} {}", symbol.first, symbol.second);
  }
  slot.engine = *std::move(engine);
  return {};
}

Result<void> EngineSet::restore(SourceState state) {
  clear();
  if (state.fingerprint != parameters_fingerprint(parameters_)) {
    return fail(ErrorKind::malformed, "the state behind {} is of other feature parameters",
                state.segment);
  }
  for (auto& [symbol, saved] : state.symbols) {
    Slot& slot = slots_[symbol];
    slot.saved = std::move(saved.engine);
    slot.held_at = std::move(saved.held_at);
    if (auto revived = revive(symbol, slot); !revived) {
      clear();
      return revived;
    }
  }
  segment_ = state.segment;
  closed_ = {state.closed_ns};
  last_frame_seq_ = state.last_frame_seq;
  return {};
}

SourceState EngineSet::save() const {
  SourceState state{.segment = segment_,
                    .closed_ns = closed_.value,
                    .last_frame_seq = last_frame_seq_,
                    .fingerprint = parameters_fingerprint(parameters_)};
  for (const auto& [symbol, slot] : slots_) {
    state.symbols[symbol] = {.engine = slot.saved, .held_at = slot.held_at};
  }
  return state;
}

void EngineSet::clear() {
  slots_.clear();
  segment_.clear();
  closed_ = {};
  last_frame_seq_ = 0;
}

void EngineSet::release_only(const SymbolKey& symbol, const std::string& segment) {
  std::erase_if(slots_, [&](const auto& slot) { return slot.first != symbol; });
  slots_[symbol].held_at.clear();
  segment_ = segment;
}

void EngineSet::take_symbol(const SymbolKey& symbol, EngineSet& from) {
  slots_[symbol] = std::move(from.slots_[symbol]);
}

std::map<SymbolKey, std::string> EngineSet::held() const {
  std::map<SymbolKey, std::string> held;
  for (const auto& [symbol, slot] : slots_) {
    if (!slot.held_at.empty()) held[symbol] = slot.held_at;
  }
  return held;
}

std::vector<EngineSet::Task> EngineSet::tasks_of(const SegmentInput& input,
                                                 const SymbolFilter& filter) {
  std::vector<Task> tasks;
  for (auto& [symbol, slot] : slots_) {
    if (!filter.takes(symbol) || !slot.held_at.empty()) continue;
    Task& task = tasks.emplace_back();
    task.symbol = &symbol;
    task.slot = &slot;
    task.number = static_cast<int>(tasks.size()) - 1;
    task.files = input.gaps_of_all;
    if (const auto own = input.symbols.find(symbol); own != input.symbols.end()) {
      task.files.insert(task.files.end(), own->second.begin(), own->second.end());
    }
  }
  return tasks;
}

Result<ReplayOutcome> EngineSet::replay(Task& task, UnixNanos closed,
                                        const std::optional<PartTarget>& target) const {
  if (!task.slot->engine) DAEDALUS_OK(revive(*task.symbol, *task.slot));
  std::optional<PartWriter> writer;
  if (target) writer.emplace(*target, *task.symbol, task.number);
  DAEDALUS_TRY(ReplayOutcome replay,
               replay_symbol(task.files, closed, *task.slot->engine, writer ? &*writer : nullptr));
  if (!replay.damage) task.slot->saved = task.slot->engine->save();
  return replay;
}

/// Most rows first, so that no thread begins the longest when the others are done.
void EngineSet::run(std::vector<Task>& tasks, UnixNanos closed,
                    const std::optional<PartTarget>& target) const {
  std::vector<std::pair<int64_t, Task*>> order;
  for (Task& task : tasks) {
    int64_t rows = 0;
    for (const BronzeFile& file : task.files) rows += file.rows;
    order.emplace_back(rows, &task);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < order.size(); i = next++) {
      order[i].second->replay = replay(*order[i].second, closed, target);
    }
  };
  std::vector<std::jthread> others;
  const size_t wanted = std::min(static_cast<size_t>(std::max(threads_, 1)), order.size());
  while (others.size() + 1 < wanted) others.emplace_back(work);
  work();
}

Result<SegmentOutcome> EngineSet::process(const SegmentInput& input, const SymbolFilter& filter,
                                          const std::optional<PartTarget>& target) {
  SegmentOutcome outcome;
  for (const auto& [symbol, files] : input.symbols) slots_.try_emplace(symbol);
  std::vector<Task> tasks = tasks_of(input, filter);
  run(tasks, input.closed, target);
  for (Task& task : tasks) DAEDALUS_OK(take(task, input.segment, outcome));
  segment_ = input.segment;
  closed_ = input.closed;
  last_frame_seq_ = input.last_frame_seq;
  return outcome;
}

Result<void> EngineSet::take(Task& task, const std::string& segment, SegmentOutcome& outcome) {
  DAEDALUS_TRY(ReplayOutcome replay, std::move(task.replay));
  const auto& [exchange, symbol] = *task.symbol;
  if (replay.damage) {
    tell_(
        fmt::format("{}; {} {} of source {} waits before segment {} until that is repaired, the "
                    "other symbols go on",
                    replay.damage->message, exchange, symbol, source_, segment));
    task.slot->held_at = segment;
    task.slot->engine.reset();
    return {};
  }
  if (replay.rows_refused > 0) {
    tell_(fmt::format("{} rows of {} {} in segment {} feed nothing; the first: {}",
                      replay.rows_refused, exchange, symbol, segment, replay.first_refusal));
  }
  outcome.rows_in += replay.rows_in;
  outcome.rows_refused += replay.rows_refused;
  for (ManifestOutput& output : replay.outputs) outcome.outputs.push_back(std::move(output));
  return {};
}

void EngineSet::lose_until(const SegmentInput& next) {
  // Numbers behind the last row before and in front of the first row after.
  const int64_t open_seq = last_frame_seq_ * 65'536 + 65'535;
  const int64_t close_seq = std::max(open_seq + 1, next.first_frame_seq * 65'536 - 1);
  for (auto& [symbol, slot] : slots_) {
    if (!slot.engine) continue;
    const GapInput open{
        .capture_time = closed_, .recv_seq = open_seq, .gap_id = open_seq, .is_open = true};
    const GapInput close{
        .capture_time = next.opened, .recv_seq = close_seq, .gap_id = open_seq, .is_open = false};
    for (const GapInput& edge : {open, close}) {
      if (const auto fed = slot.engine->on_gap(edge); !fed) tell_(fed.error().message);
    }
  }
}

}  // namespace daedalus
