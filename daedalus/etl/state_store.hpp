#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/storage/data_root.hpp"

namespace daedalus {

/// (exchange, symbol): whose engine it is.
using SymbolKey = std::pair<std::string, std::string>;

/// One symbol's engine as saved.
struct SymbolState {
  std::string engine;
  /// The segment whose files of this symbol are damaged: the engine stands before it and takes
  /// nothing until they are repaired. Empty: none.
  std::string held_at;
};

/// All engines of a source behind one segment.
struct SourceState {
  std::string segment;
  int64_t closed_ns = 0;
  int64_t last_frame_seq = 0;
  std::string fingerprint;  ///< Of the parameters.
  std::map<SymbolKey, SymbolState> symbols;
};

std::string to_bytes(const SourceState& state);
/// Errors: malformed.
Result<SourceState> parse_source_state(std::string_view bytes);

/// `state/etl/<source>/<segment>.state`: the last one, and the one before each hour.
class StateStore {
 public:
  StateStore(const DataRoot& root, const std::string& source);

  std::string path_of(const std::string& segment) const;
  /// Segments with a state behind them, sorted. Errors: io.
  Result<std::vector<std::string>> list() const;
  /// Errors: malformed or io, naming the file.
  Result<SourceState> load(const std::string& segment) const;
  /// Removes what need not be kept. Errors: io.
  Result<void> prune(int64_t retention_hours) const;
  /// Removes the states of `segment` and all behind it. Errors: io.
  Result<void> drop_from(const std::string& segment) const;

 private:
  std::string folder_;
};

}  // namespace daedalus
