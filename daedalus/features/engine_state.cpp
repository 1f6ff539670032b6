#include <fmt/format.h>

#include "daedalus/features/engine_inner.hpp"

namespace daedalus {
namespace {

/// What a state fits to: saved members and their meaning depend on these.
std::string fingerprint(const EngineKey& key, const EngineParameters& parameters) {
  return fmt::format("{}|{}|{}|{}", key.source, key.exchange, key.symbol,
                     parameters_fingerprint(parameters));
}

}  // namespace

void FeatureEngine::Inner::save(StateWriter& out) const {
  gaps.save(out);
  coverage.save(out);
  tracker.save(out);
  steps.save(out);
  rows.save(out);
  for (const BookBars& each : book_bars) {
    each.bars.save(out);
    out.integer(each.window_start.value);
    out.integer(each.covered_at_start);
  }
  trade_rows.save(out);
  ticker_rows.save(out);
  for (const TradeBars& bars : trade_bars) bars.save(out);
  for (const TickerBars& bars : ticker_bars) bars.save(out);
  for (const InformationBars& bars : information_bars) bars.save(out);
  out.boolean(has_time);
  out.integer(time.value);
  out.integer(next_second.value);
}

Result<void> FeatureEngine::Inner::load(StateReader& in) {
  gaps.load(in);
  coverage.load(in);
  DAEDALUS_OK(tracker.load(in));
  steps.load(in);
  rows.load(in);
  for (BookBars& each : book_bars) {
    each.bars.load(in);
    each.window_start.value = in.integer();
    each.covered_at_start = in.integer();
  }
  trade_rows.load(in);
  ticker_rows.load(in);
  for (TradeBars& bars : trade_bars) bars.load(in);
  for (TickerBars& bars : ticker_bars) bars.load(in);
  for (InformationBars& bars : information_bars) bars.load(in);
  has_time = in.boolean();
  time.value = in.integer();
  next_second.value = in.integer();
  if (!in.at_end()) return fail(ErrorKind::malformed, "its content does not fit");
  return {};
}

std::string FeatureEngine::save() const {
  StateWriter out;
  out.text(fingerprint(inner_->key, inner_->parameters));
  inner_->save(out);
  return seal_state(std::move(out).bytes(), kStateVersion);
}

Result<FeatureEngine> FeatureEngine::restore(const EngineKey& key,
                                             const EngineParameters& parameters,
                                             std::string_view state) {
  DAEDALUS_TRY(FeatureEngine engine, create(key, parameters));
  const auto content = unseal_state(state, kStateVersion);
  if (!content) return with_context(content.error(), "feature engine's state");
  StateReader in(*content);
  if (in.text() != fingerprint(key, parameters)) {
    return fail(ErrorKind::malformed,
                "feature engine's state is of another stream or of other parameters than {}/{}",
                key.exchange, key.symbol);
  }
  if (auto loaded = engine.inner_->load(in); !loaded) {
    return with_context(loaded.error(), "feature engine's state");
  }
  return engine;
}

}  // namespace daedalus
