#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daedalus/exchanges/exchange.hpp"
#include "daedalus/journal/recording.hpp"
#include "daedalus/simulate/replayed_exchange.hpp"

namespace daedalus {

/// Journal files of one source, in the order of their segments. Errors of `next`: those of the
/// segment reader; a torn tail ends only its file.
std::unique_ptr<ReplaySource> replay_journals(std::vector<std::string> files);

/// Another recorder's files, one behind the other. Lines that cannot be read are passed over.
/// Errors: config, io; of the first file.
Result<std::unique_ptr<ReplaySource>> replay_recording(const std::string& format,
                                                       std::vector<std::string> files,
                                                       const RecordingOptions& options);

/// The journal files of a source under a data root (kept, being written or published), or of a
/// folder, sorted by segment. Errors: config, if there are none.
Result<std::vector<std::string>> journal_files_of_source(const std::string& data_root,
                                                         const std::string& source);
Result<std::vector<std::string>> journal_files_of_folder(const std::string& folder);

/// The exchange that a journal's first line names. Errors: malformed, io.
Result<std::string> exchange_of_journal(const std::string& file);

}  // namespace daedalus
