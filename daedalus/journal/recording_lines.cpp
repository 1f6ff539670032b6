#include "daedalus/journal/recording_lines.hpp"

namespace daedalus {
namespace {

void clear(Record& record) {
  record.frame_seq = 0;
  record.connection = 0;
  record.is_binary = false;
  record.status = 0;
  record.url.clear();
  record.detail.clear();
  record.payload.clear();
}

}  // namespace

Result<const Record*> LineRecording::next() {
  if (record_waits_) {
    record_waits_ = false;
    return &record_;
  }
  while (true) {
    DAEDALUS_TRY(const auto line, lines_.next());
    if (!line) return nullptr;
    clear(record_);
    auto is_record = read_line(*line, record_);
    if (!is_record) {
      return with_context(std::move(is_record).error(), "{} line {}", lines_.path(),
                          lines_.line_number());
    }
    if (*is_record) break;
  }
  if (!connect_url_) return &record_;
  connect_.capture_time = record_.capture_time;
  connect_.type = RecordType::connect;
  connect_.connection = 1;
  connect_.url = *connect_url_;
  connect_url_.reset();
  record_waits_ = true;
  return &connect_;
}

std::optional<std::string> assumed_connect(const RecordingOptions& options) {
  if (options.continues) return std::nullopt;
  if (options.exchange == nullptr || options.exchange->endpoints.websocket.empty()) {
    return std::string();
  }
  return std::string(options.exchange->endpoints.websocket.front().url);
}

}  // namespace daedalus
