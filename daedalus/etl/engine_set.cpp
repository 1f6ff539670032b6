#include "daedalus/etl/engine_set.hpp"

#include <algorithm>

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

EngineSet::EngineSet(std::string source, EngineParameters parameters, Tell tell)
    : source_(std::move(source)), parameters_(std::move(parameters)), tell_(std::move(tell)) {}

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

Result<SegmentOutcome> EngineSet::process(const SegmentInput& input, const SymbolFilter& filter,
                                          const std::optional<PartTarget>& target) {
  SegmentOutcome outcome;
  for (const auto& [symbol, files] : input.symbols) slots_.try_emplace(symbol);
  for (const auto& [symbol, slot] : slots_) {
    if (filter.takes(symbol)) DAEDALUS_OK(process_symbol(input, symbol, target, outcome));
  }
  segment_ = input.segment;
  closed_ = input.closed;
  last_frame_seq_ = input.last_frame_seq;
  return outcome;
}

Result<void> EngineSet::process_symbol(const SegmentInput& input, const SymbolKey& symbol,
                                       const std::optional<PartTarget>& target,
                                       SegmentOutcome& outcome) {
  Slot& slot = slots_.at(symbol);
  if (!slot.held_at.empty()) return {};
  if (!slot.engine) DAEDALUS_OK(revive(symbol, slot));
  std::vector<BronzeFile> files = input.gaps_of_all;
  if (const auto own = input.symbols.find(symbol); own != input.symbols.end()) {
    files.insert(files.end(), own->second.begin(), own->second.end());
  }
  std::optional<PartWriter> writer;
  if (target) writer.emplace(*target, symbol, static_cast<int>(outcome.outputs.size()));
  DAEDALUS_TRY(ReplayOutcome replay,
               replay_symbol(files, input.closed, *slot.engine, writer ? &*writer : nullptr));
  if (replay.damage) {
    tell_(
        fmt::format("{}; {} {} of source {} waits before segment {} until that is repaired, the "
                    "other symbols go on",
                    replay.damage->message, symbol.first, symbol.second, source_, input.segment));
    slot.held_at = input.segment;
    slot.engine.reset();
    return {};
  }
  if (replay.rows_refused > 0) {
    tell_(fmt::format("{} rows of {} {} in segment {} feed nothing; the first: {}",
                      replay.rows_refused, symbol.first, symbol.second, input.segment,
                      replay.first_refusal));
  }
  slot.saved = slot.engine->save();
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
