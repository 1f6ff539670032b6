#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"
#include "daedalus/exchanges/exchange.hpp"
#include "daedalus/journal/record.hpp"

namespace daedalus {

/// What a recording does not tell by itself.
struct RecordingOptions {
  const Exchange* exchange = nullptr;  ///< Whose traffic it is. Needed by hftbacktest.
  std::string symbol;     ///< Native id that snapshots are of; empty: that of the other lines.
  std::string time_key;   ///< ndjson; empty: the first of the usual ones that a line has.
  std::string frame_key;  ///< ndjson; empty: the first of the usual ones, else the whole line.
  /// The file goes on where one read before it ended: formats that do not record connects then
  /// give none at its start.
  bool continues = false;
};

/// Reads another recorder's file as records of the types connect, send, recv and http, with the
/// times it wrote (which may go back) and connection numbers from 1 (0: REST). `frame_seq` is left
/// 0.
class RecordingReader {
 public:
  virtual ~RecordingReader() = default;
  /// The next record, null at the end; holds until the next call. Errors: malformed, naming file
  /// and line: that line is passed over and reading goes on with the next call (behind the last
  /// readable line of a cut archive comes the end). io: stop.
  virtual Result<const Record*> next() = 0;
};

struct RecordingFormat {
  std::string_view name;         ///< Of `--from`.
  std::string_view description;  ///< For --help.
};

std::span<const RecordingFormat> recording_formats();

/// Opens a plain, gzip or zstd file. Errors: config, for an unknown format (with the nearest name),
/// a missing option, or a file that is plainly of another format; io.
Result<std::unique_ptr<RecordingReader>> open_recording(std::string_view format,
                                                        const std::string& path,
                                                        const RecordingOptions& options);

}  // namespace daedalus
