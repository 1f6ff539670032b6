#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "daedalus/base/file.hpp"
#include "daedalus/etl/live_channel.hpp"
#include "daedalus/etl/part_writer.hpp"

namespace daedalus {

enum class LiveFormat { ndjson, parquet };

struct LiveSinkOptions {
  std::string folder;  ///< `<data_root>/live`.
  LiveFormat format = LiveFormat::ndjson;
  std::function<void(const std::string&)> tell;  ///< A line for people.
};

/// Writes live rows to files, on a thread of its own: ndjson as they come, one file a segment
/// (`<folder>/<source>/<segment>.ndjson`, one line a row with its table's name first); parquet in
/// the ETL's layout below `<folder>/processed`, published when the segment ends. A disk that fails
/// ends the sink, never the capture.
class LiveSink {
 public:
  LiveSink(LiveSinkOptions options, LiveChannel& channel);
  /// Writes what still waits, then ends. The channel must be closed, or is.
  ~LiveSink();

 private:
  struct OpenParts {
    PartWriter writer;
    EngineTables waiting;  ///< Until they make a row group.
  };

  void run();
  Result<void> take(LiveRows& rows);
  Result<void> write_lines(LiveRows& rows);
  Result<void> write_parts(LiveRows& rows);
  Result<void> end_segment(const LiveRows& end);

  LiveSinkOptions options_;
  LiveChannel& channel_;
  std::map<std::string, File> files_;                            ///< By source.
  std::map<std::string, std::map<SymbolKey, OpenParts>> parts_;  ///< By source.
  int64_t told_dropped_ = 0;
  std::thread thread_;
};

/// A table's row as one JSON line, `table` first; null values are null.
void append_json_row(std::string& out, std::string_view table_name, const Table& table, size_t row);

}  // namespace daedalus
