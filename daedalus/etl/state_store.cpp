#include "daedalus/etl/state_store.hpp"

#include "daedalus/base/file.hpp"
#include "daedalus/base/serialize.hpp"
#include "daedalus/features/engine.hpp"
#include "daedalus/journal/segment_name.hpp"
#include "daedalus/storage/publisher.hpp"

namespace daedalus {
namespace {

/// One version for the whole file, so that an older program's is told as such.
constexpr uint32_t kStateVersion = FeatureEngine::kStateVersion;
constexpr std::string_view kStateSuffix = ".state";

}  // namespace

std::string to_bytes(const SourceState& state) {
  StateWriter out;
  out.text(state.segment);
  out.integer(state.closed_ns);
  out.integer(state.last_frame_seq);
  out.text(state.fingerprint);
  out.integer(state.symbols.size());
  for (const auto& [key, symbol] : state.symbols) {
    out.text(key.first);
    out.text(key.second);
    out.text(symbol.held_at);
    out.text(symbol.engine);
  }
  return seal_state(compress_state(out.bytes()), kStateVersion);
}

Result<SourceState> parse_source_state(std::string_view bytes) {
  DAEDALUS_TRY(const std::string_view compressed, unseal_state(bytes, kStateVersion));
  DAEDALUS_TRY(const std::string content, decompress_state(compressed));
  StateReader in(content);
  SourceState state;
  state.segment = in.text();
  state.closed_ns = in.integer();
  state.last_frame_seq = in.integer();
  state.fingerprint = in.text();
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    std::string exchange = in.text();
    std::string symbol = in.text();
    SymbolState& entry = state.symbols[{std::move(exchange), std::move(symbol)}];
    entry.held_at = in.text();
    entry.engine = in.text();
  }
  if (!in.at_end()) return fail(ErrorKind::malformed, "damaged ETL state");
  return state;
}

StateStore::StateStore(const DataRoot& root, const std::string& source)
    : folder_(root.etl_states(source)) {}

std::string StateStore::path_of(const std::string& segment) const {
  return folder_ + "/" + segment + std::string(kStateSuffix);
}

Result<std::vector<std::string>> StateStore::list() const {
  std::vector<std::string> segments;
  DAEDALUS_TRY(const auto names, list_files(folder_));
  for (const std::string& name : names) {
    if (!name.ends_with(kStateSuffix)) continue;
    const std::string segment = name.substr(0, name.size() - kStateSuffix.size());
    if (parse_segment_name(segment)) segments.push_back(segment);
  }
  return segments;
}

Result<SourceState> StateStore::load(const std::string& segment) const {
  DAEDALUS_TRY(const std::string bytes, read_file(path_of(segment)));
  auto state = parse_source_state(bytes);
  if (!state) return with_context(std::move(state).error(), "{}", path_of(segment));
  return state;
}

Result<void> StateStore::prune(int64_t retention_hours) const {
  DAEDALUS_TRY(const auto segments, list());
  if (segments.empty()) return {};
  const UnixNanos newest = parse_segment_name(segments.back())->hour;
  Publisher publisher;
  for (size_t i = 0; i + 1 < segments.size(); ++i) {
    const UnixNanos hour = parse_segment_name(segments[i])->hour;
    const bool is_last_of_hour = hour != parse_segment_name(segments[i + 1])->hour;
    const bool is_young = newest.value - hour.value <= retention_hours * kNanosPerHour;
    if (!is_last_of_hour || !is_young) DAEDALUS_OK(publisher.remove(path_of(segments[i])));
  }
  return {};  // Not synced: a state that comes back is removed again.
}

Result<void> StateStore::drop_from(const std::string& segment) const {
  DAEDALUS_TRY(const auto segments, list());
  Publisher publisher;
  for (const std::string& kept : segments) {
    if (kept >= segment) DAEDALUS_OK(publisher.remove(path_of(kept)));
  }
  return publisher.sync();
}

}  // namespace daedalus
