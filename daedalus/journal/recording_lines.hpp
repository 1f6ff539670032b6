#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/journal/line_reader.hpp"
#include "daedalus/journal/recording.hpp"

namespace daedalus {

/// What the formats have in common: one line, at most one record.
class LineRecording : public RecordingReader {
 public:
  Result<const Record*> next() final;

 protected:
  /// `connect_url`: set if the format does not record connects: a connect of connection 1 is then
  /// given before the first record, at its time.
  LineRecording(LineReader lines, std::optional<std::string> connect_url)
      : lines_(std::move(lines)), connect_url_(std::move(connect_url)) {}

  /// Reads one line into `record`, which comes cleared of all but its memory; false: a line that is
  /// no record. `line` has kLinePadding readable bytes behind it. Errors: malformed, without the
  /// place.
  virtual Result<bool> read_line(std::string_view line, Record& record) = 0;

  const std::string& path() const { return lines_.path(); }

 private:
  LineReader lines_;
  std::optional<std::string> connect_url_;
  Record record_;
  Record connect_;
  bool record_waits_ = false;  ///< `record_` is read and comes behind the connect.
};

/// Whether a file's line is of the format; the first lines of a file are asked.
bool is_cryptofeed_text(std::string_view line);
bool is_cryptofeed_json(std::string_view line);
bool is_hftbacktest(std::string_view line);
bool is_ndjson(std::string_view line);

using OpenedRecording = Result<std::unique_ptr<RecordingReader>>;

OpenedRecording open_cryptofeed_text(LineReader lines, const RecordingOptions& options);
OpenedRecording open_cryptofeed_json(LineReader lines, const RecordingOptions& options);
OpenedRecording open_hftbacktest(LineReader lines, const RecordingOptions& options);
OpenedRecording open_ndjson(LineReader lines, const RecordingOptions& options);

/// The address a synthetic connect names: the exchange's first WebSocket endpoint; absent where the
/// recording goes on from another file.
std::optional<std::string> assumed_connect(const RecordingOptions& options);

}  // namespace daedalus
