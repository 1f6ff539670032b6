// Reads journal lines: one JSON object of known keys, in any order, without white space.

#include <array>
#include <charconv>
#include <cstring>

#include "daedalus/base/json_text.hpp"
#include "daedalus/journal/record.hpp"

namespace daedalus {
namespace {

/// Which keys a line had; `seq`, `time_ns` and `type` are needed.
enum Key : uint32_t {
  kSeq = 1,
  kTime = 2,
  kType = 4,
  kConn = 8,
  kStatus = 16,
  kUrl = 32,
  kDetail = 64,
  kData = 128,
  kB64 = 256,
  kText = 512,
};
constexpr uint32_t kNeeded = kSeq | kTime | kType;

struct KeyName {
  std::string_view text;  ///< With its quotes and colon.
  Key key;
};
/// In the order in which lines are written: the scan goes on from the key before.
constexpr std::array<KeyName, 10> kKeys = {{{"\"seq\":", kSeq},
                                            {"\"time_ns\":", kTime},
                                            {"\"type\":", kType},
                                            {"\"conn\":", kConn},
                                            {"\"status\":", kStatus},
                                            {"\"url\":", kUrl},
                                            {"\"detail\":", kDetail},
                                            {"\"text\":", kText},
                                            {"\"data\":", kData},
                                            {"\"b64\":", kB64}}};

class LineScanner {
 public:
  LineScanner(std::string_view line, Record& into) : line_(line), into_(into) {}

  Result<void> scan() {
    if (!take('{')) return wrong("a line begins with {");
    do {
      const KeyName* name = take_key();
      if (name == nullptr) return wrong("unknown key");
      if ((seen_ & name->key) != 0) return wrong("key twice");
      seen_ |= name->key;
      if (!take_value(name->key)) return wrong("no valid value");
    } while (take(','));
    if (!take('}')) return wrong("a line ends with }");
    if (at_ != line_.size()) return wrong("bytes behind the line's end");
    if ((seen_ & kNeeded) != kNeeded) return wrong("seq, time_ns or type is missing");
    if ((seen_ & kData) != 0 && (seen_ & (kB64 | kText)) != 0)
      return wrong("data beside b64 or text");
    if ((seen_ & kText) != 0 && (seen_ & kB64) == 0) return wrong("text without b64");
    into_.is_binary = (seen_ & kB64) != 0 && (seen_ & kText) == 0;
    return {};
  }

 private:
  Failure wrong(std::string_view what) const {
    return fail(ErrorKind::malformed, "not a journal line: {} at byte {} of {}", what, at_,
                line_.size());
  }

  bool take(char wanted) {
    if (at_ >= line_.size() || line_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  const KeyName* take_key() {
    const std::string_view rest = line_.substr(at_);
    for (size_t tried = 0; tried < kKeys.size(); ++tried) {
      const KeyName& name = kKeys[next_key_];
      next_key_ = (next_key_ + 1) % kKeys.size();
      if (!rest.starts_with(name.text)) continue;
      at_ += name.text.size();
      return &name;
    }
    return nullptr;
  }

  bool take_value(Key key) {
    switch (key) {
      case kSeq:
        return take_integer(into_.frame_seq);
      case kTime:
        return take_integer(into_.capture_time.value);
      case kType:
        return take_type();
      case kConn:
        return take_integer(into_.connection);
      case kStatus:
        return take_integer(into_.status);
      case kUrl:
        return take_string(into_.url);
      case kDetail:
        return take_string(into_.detail);
      case kData:
        return take_string(into_.payload);
      case kB64:
        return take_base64();
      case kText:
        return take_true();
    }
    return false;
  }

  bool take_integer(int64_t& value) {
    const char* begin = line_.data() + at_;
    const char* end = line_.data() + line_.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc()) return false;
    at_ += static_cast<size_t>(stop - begin);
    return true;
  }

  /// The raw text up to the closing quote, for values that hold no escapes.
  bool take_plain(std::string_view& text) {
    if (!take('"')) return false;
    const size_t end = line_.find('"', at_);
    if (end == std::string_view::npos) return false;
    text = line_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }

  bool take_type() {
    std::string_view name;
    if (!take_plain(name)) return false;
    const auto type = record_type_of_name(name);
    if (!type) return false;
    into_.type = *type;
    return true;
  }

  bool take_base64() {
    std::string_view text;
    return take_plain(text) && decode_base64(text, into_.payload);
  }

  bool take_true() {
    if (!line_.substr(at_).starts_with("true")) return false;
    at_ += 4;
    return true;
  }

  bool take_string(std::string& out) {
    if (!take('"')) return false;
    const auto taken = append_json_unescaped(out, line_.substr(at_));
    if (!taken) return false;
    at_ += *taken;
    return true;
  }

  std::string_view line_;
  Record& into_;
  size_t at_ = 0;
  size_t next_key_ = 0;
  uint32_t seen_ = 0;
};

}  // namespace

Result<void> parse_record_line(std::string_view line, Record& into) {
  into.connection = 0;
  into.status = 0;
  into.is_binary = false;
  into.url.clear();
  into.detail.clear();
  into.payload.clear();
  return LineScanner(line, into).scan();
}

}  // namespace daedalus
