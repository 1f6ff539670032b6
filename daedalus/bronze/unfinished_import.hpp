#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/bronze/seal.hpp"
#include "daedalus/journal/recording.hpp"
#include "daedalus/journal/segment_plan.hpp"

namespace daedalus {

/// What decides an import's journal, byte for byte.
struct ImportInput {
  struct File {
    std::string path;  ///< As given; for people.
    int64_t bytes = 0;
    std::string xxh3_128;
  };
  std::string exchange;
  std::string format;
  std::string symbol;
  std::string time_key;
  std::string frame_key;
  SegmentLimits limits;
  std::vector<File> files;
};

/// `state/import/<source>.json`: there from before an import's first record until behind its last.
struct UnfinishedImport {
  ImportInput input;
  /// Where the source stood when the import began, and each time it was taken up again.
  std::vector<JournalPosition> positions;
};

/// Fills in size and hash of the files. Errors: io.
Result<std::vector<ImportInput::File>> identify_files(std::span<const std::string> paths);
/// Whether both give the same journal: files may have moved, their content counts.
bool is_same_import(const ImportInput& one, const ImportInput& other);
/// For people: the files, and the options that are not the usual ones.
std::string describe(const ImportInput& input);

Result<void> save_unfinished_import(const DataRoot& root, std::string_view source,
                                    const UnfinishedImport& import);
/// Absent: the source's imports have all ended. Errors: io; malformed, naming the file.
Result<std::optional<UnfinishedImport>> load_unfinished_import(const DataRoot& root,
                                                               std::string_view source);
Result<void> remove_unfinished_import(const DataRoot& root, std::string_view source);

/// Removes left-over journals that have no `close` line and were not begun to be sealed. Only for a
/// source whose import is unfinished: its recordings still hold what is in them.
Result<void> discard_open_segments(const SealOptions& options);

}  // namespace daedalus
