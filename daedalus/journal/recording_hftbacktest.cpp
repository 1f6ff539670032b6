// The files of hftbacktest's collector: "<local time in ns or us> <frame>" a line. A line whose
// object holds `lastUpdateId` at its top is the REST image of the book, of the symbol that the
// others are of.

#include <fmt/format.h>
#include <simdjson.h>

#include "daedalus/journal/recording_lines.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kImageKey = "\"lastUpdateId\"";
/// Lines looked through for one that names the symbol.
constexpr int kLinesSearched = 100'000;

/// The text value behind `"key":` and optional spaces; empty if there is none.
std::string_view text_behind(std::string_view json, std::string_view quoted_key) {
  size_t at = json.find(quoted_key);
  if (at == std::string_view::npos) return {};
  at = json.find_first_not_of(" :", at + quoted_key.size());
  if (at == std::string_view::npos || json[at] != '"') return {};
  return json.substr(at + 1, json.find('"', at + 1) - at - 1);
}

/// "btcusdt" from a frame of stream "btcusdt@depth@0ms", or of `"s":"BTCUSDT"`.
std::string_view symbol_in(std::string_view frame) {
  const std::string_view stream = text_behind(frame, "\"stream\"");
  if (!stream.empty()) return stream.substr(0, stream.find('@'));
  return text_behind(frame, "\"s\"");
}

struct TimedFrame {
  std::string_view time;
  std::string_view frame;
};

std::optional<TimedFrame> split(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || space < 10 || space > 19) return std::nullopt;
  for (const char c : line.substr(0, space)) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  return TimedFrame{.time = line.substr(0, space), .frame = line.substr(space + 1)};
}

class Hftbacktest : public LineRecording {
 public:
  Hftbacktest(LineReader lines, const RecordingOptions& options)
      : LineRecording(std::move(lines), assumed_connect(options)),
        exchange_(*options.exchange),
        symbol_(options.symbol) {}

 private:
  Result<bool> read_line(std::string_view line, Record& record) override {
    if (line.empty()) return false;
    const auto parts = split(line);
    if (!parts) {
      return fail(ErrorKind::malformed, "no line of <local time> <frame>: {}", line.substr(0, 60));
    }
    DAEDALUS_TRY(record.capture_time, parse_unix_integer(parts->time));
    record.payload = parts->frame;
    if (parts->frame.find(kImageKey) != std::string_view::npos && is_image(parts->frame)) {
      return read_image(record);
    }
    record.type = RecordType::recv;
    record.connection = 1;
    return true;
  }

  /// `lastUpdateId` at the top, not inside a frame's `data` (partial books).
  bool is_image(std::string_view frame) {
    simdjson::ondemand::document document;
    uint64_t id = 0;
    if (parser_.iterate(frame.data(), frame.size(), frame.size() + kLinePadding).get(document)) {
      return false;
    }
    return !document.find_field_unordered("lastUpdateId").get_uint64().get(id);
  }

  Result<bool> read_image(Record& record) {
    if (symbol_.empty()) DAEDALUS_OK(find_symbol());
    record.type = RecordType::http;
    record.status = 200;
    record.url = std::string(exchange_.endpoints.rest) + exchange_.snapshot_path(symbol_, {});
    return true;
  }

  /// The image may come before all frames: the file is read a second time, from its start.
  Result<void> find_symbol() {
    DAEDALUS_TRY(LineReader ahead, LineReader::open(path()));
    for (int i = 0; i < kLinesSearched; ++i) {
      DAEDALUS_TRY(const auto line, ahead.next());
      if (!line) break;
      const std::string_view found = symbol_in(*line);
      if (found.empty()) continue;
      symbol_ = exchange_.native_symbol(found);
      return {};
    }
    return fail(ErrorKind::malformed,
                "a book image, and no other line names its symbol: say it with --symbol");
  }

  const Exchange& exchange_;
  std::string symbol_;  ///< Native; empty until known.
  simdjson::ondemand::parser parser_;
};

}  // namespace

bool is_hftbacktest(std::string_view line) {
  const auto parts = split(line);
  return parts && (parts->frame.starts_with('{') || parts->frame.starts_with('['));
}

OpenedRecording open_hftbacktest(LineReader lines, const RecordingOptions& options) {
  if (options.exchange == nullptr) {
    return fail(ErrorKind::config, "hftbacktest recordings do not name their exchange: say it");
  }
  if (options.exchange->snapshot_path("X", {}).empty()) {
    return fail(ErrorKind::config, "hftbacktest recordings are of Binance's kind, not of {}",
                options.exchange->name);
  }
  return std::make_unique<Hftbacktest>(std::move(lines), options);
}

}  // namespace daedalus
