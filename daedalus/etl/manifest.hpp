#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/storage/data_root.hpp"

namespace daedalus {

/// One file that a commit publishes. Paths are below the data root.
struct ManifestOutput {
  std::string staged;  ///< Where it is until then.
  std::string path;
  int64_t rows = 0;
  int64_t bytes = 0;
  std::string xxh3_128;
};

enum class InputAfterwards { keep, archive, remove };

/// What one commit does: the point of no return is when it is on disk as
/// `state/manifests/<source>/<segment>.pending.json`; once done it loses the `.pending`.
struct Manifest {
  int format = 1;
  std::string source;
  std::string segment;
  std::vector<std::string> inputs;  ///< The segment's files below raw/ready/<source>/.
  InputAfterwards inputs_afterwards = InputAfterwards::archive;
  std::vector<ManifestOutput> outputs;
  std::vector<std::string> removed;  ///< Outputs of an earlier run that this one does not have.
  std::vector<ManifestOutput> states;
  /// All symbols of the segment: kept when done, so that the next such run knows what to remove.
  bool covers_segment = true;
  int64_t rows_in = 0;
};

std::string to_json(const Manifest& manifest);
Result<Manifest> parse_manifest(std::string_view json);

/// The finished manifest of a segment; absent if there is none or it cannot be read.
std::optional<Manifest> find_manifest(const DataRoot& root, const std::string& source,
                                      const std::string& segment);

/// Where a source's unfinished outputs lie; nothing in it counts.
std::string staging_folder(const DataRoot& root, const std::string& source);

inline constexpr int kAllSteps = INT32_MAX;

/// Commits; fsyncs what is staged, first. `steps` fewer than all: stops there, as a crash
/// would (for tests). Returns how many steps were done. Errors: io.
Result<int> commit(const DataRoot& root, const Manifest& manifest, int steps = kAllSteps);

/// Finishes a source's pending commit or discards what was never committed: staged files go,
/// claimed segments go back to ready. Returns true if a commit was finished. Errors: io.
Result<bool> recover(const DataRoot& root, const std::string& source);

}  // namespace daedalus
