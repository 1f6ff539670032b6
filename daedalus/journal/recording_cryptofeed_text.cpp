// cryptofeed's older text recordings, one line an event:
//   configuration: {...}                   the subscribed pairs: no record
//   wss://host/path <-> 1618677816.84      connect
//   wss://host/path <- 1618677817.02: ...  frame sent
//   1618677817.06: ...                     frame received, of the connection made last
//   https://host/path -> 1618677817.07: ... REST body

#include <map>

#include "daedalus/journal/recording_lines.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kConnect = " <-> ";
constexpr std::string_view kSend = " <- ";
constexpr std::string_view kBody = " -> ";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_websocket(std::string_view line) {
  return line.starts_with("wss://") || line.starts_with("ws://");
}

/// The length of "1618677817.06" at the front.
size_t time_length(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && (is_digit(text[length]) || text[length] == '.')) ++length;
  return length;
}

class CryptofeedText : public LineRecording {
 public:
  explicit CryptofeedText(LineReader lines) : LineRecording(std::move(lines), std::nullopt) {}

 private:
  Result<bool> read_line(std::string_view line, Record& record) override {
    if (line.empty() || line.starts_with("configuration: ")) return false;
    if (is_digit(line.front())) return read_received(line, record);
    if (is_websocket(line)) return read_websocket(line, record);
    if (line.starts_with("http")) return read_body(line, record);
    return fail(ErrorKind::malformed, "no line of a cryptofeed text recording: {}",
                line.substr(0, 60));
  }

  /// "<time>: <payload>".
  Result<bool> read_timed(std::string_view text, Record& record) {
    const size_t length = time_length(text);
    if (text.substr(length, 2) != ": ") {
      return fail(ErrorKind::malformed, "no time and colon: {}", text.substr(0, 60));
    }
    DAEDALUS_TRY(record.capture_time, parse_unix_seconds(text.substr(0, length)));
    record.payload = text.substr(length + 2);
    return true;
  }

  Result<bool> read_received(std::string_view line, Record& record) {
    record.type = RecordType::recv;
    record.connection = newest_;
    return read_timed(line, record);
  }

  Result<bool> read_websocket(std::string_view line, Record& record) {
    if (const size_t at = line.find(kConnect); at != std::string_view::npos) {
      DAEDALUS_TRY(record.capture_time, parse_unix_seconds(line.substr(at + kConnect.size())));
      record.type = RecordType::connect;
      record.url = line.substr(0, at);
      record.connection = by_address_[record.url] = newest_ = ++connects_;
      return true;
    }
    const size_t at = line.find(kSend);
    if (at == std::string_view::npos) {
      return fail(ErrorKind::malformed, "an address without <-> or <-: {}", line.substr(0, 60));
    }
    record.type = RecordType::send;
    const auto known = by_address_.find(std::string(line.substr(0, at)));
    record.connection = known == by_address_.end() ? newest_ : known->second;
    return read_timed(line.substr(at + kSend.size()), record);
  }

  Result<bool> read_body(std::string_view line, Record& record) {
    const size_t at = line.find(kBody);
    if (at == std::string_view::npos) {
      return fail(ErrorKind::malformed, "a REST address without ->: {}", line.substr(0, 60));
    }
    record.type = RecordType::http;
    record.status = 200;
    record.url = line.substr(0, at);
    return read_timed(line.substr(at + kBody.size()), record);
  }

  std::map<std::string, int64_t> by_address_;  ///< The newest connection to it.
  int64_t newest_ = 1;
  int64_t connects_ = 0;
};

}  // namespace

bool is_cryptofeed_text(std::string_view line) {
  if (line.starts_with("configuration: ")) return true;
  if (is_websocket(line) || line.starts_with("http")) {
    const size_t arrow = line.find(" -> ");
    return arrow != std::string_view::npos || line.find(kSend) != std::string_view::npos ||
           line.find(kConnect) != std::string_view::npos;
  }
  const size_t length = time_length(line);
  return length > 0 && line.substr(length, 2) == ": ";
}

OpenedRecording open_cryptofeed_text(LineReader lines, const RecordingOptions& /*options*/) {
  return std::make_unique<CryptofeedText>(std::move(lines));
}

}  // namespace daedalus
