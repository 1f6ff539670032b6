#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "daedalus/base/json_text.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace daedalus {
namespace {

constexpr size_t kBlock = 16;

#ifdef __SSE2__
/// Copies 16 bytes; bit i of the result is set where byte i is a quote, a backslash or a control
/// character.
uint32_t copy_block(char* to, const char* from) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  return static_cast<uint32_t>(
      _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control)));
}
#else
uint32_t copy_block(char* to, const char* from) {
  std::memcpy(to, from, kBlock);
  uint32_t mask = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const auto byte = static_cast<unsigned char>(from[i]);
    mask |= static_cast<uint32_t>(byte == '"' || byte == '\\' || byte < 0x20) << i;
  }
  return mask;
}
#endif

struct Escape {
  char text[8] = {};
  uint8_t size = 0;  ///< 0: stands for itself.
};

constexpr std::array<Escape, 256> escapes() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<Escape, 256> table{};
  for (size_t i = 0; i < 0x20; ++i) {
    table[i] = {{'\\', 'u', '0', '0', kHex[i >> 4], kHex[i & 15]}, 6};
  }
  table['"'] = {{'\\', '"'}, 2};
  table['\\'] = {{'\\', '\\'}, 2};
  table['\n'] = {{'\\', 'n'}, 2};
  table['\r'] = {{'\\', 'r'}, 2};
  table['\t'] = {{'\\', 't'}, 2};
  return table;
}

constexpr std::array<Escape, 256> kEscapes = escapes();

char* put_escaped(char* to, char c) {
  const Escape& escape = kEscapes[static_cast<unsigned char>(c)];
  if (escape.size == 0) {
    *to = c;
    return to + 1;
  }
  std::memcpy(to, escape.text, sizeof escape.text);
  return to + escape.size;
}

#ifdef __SSE2__
constexpr size_t kWide = 64;
/// The wide copies read so many bytes from a wide block's start on.
constexpr size_t kWideReach = kWide + 32;

__m128i load(const char* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

void copy_32(char* to, const char* from) {
  const __m128i low = load(from);
  const __m128i high = load(from + kBlock);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), low);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to + kBlock), high);
}

/// Bit i is set where byte i of 64 is a quote or a backslash; `control` says that a control
/// character is among them.
uint64_t wide_mask(const char* from, bool& control) {
  uint64_t special = 0;
  __m128i lowest = _mm_set1_epi8(-1);
  for (size_t at = 0; at < kWide; at += kBlock) {
    const __m128i bytes = load(from + at);
    lowest = _mm_min_epu8(lowest, bytes);
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(quote, backslash)));
    special |= static_cast<uint64_t>(mask) << at;
  }
  const __m128i below = _mm_cmpeq_epi8(_mm_min_epu8(lowest, _mm_set1_epi8(0x1f)), lowest);
  control = _mm_movemask_epi8(below) != 0;
  return special;
}

/// 64 bytes without control characters. Frames hold a quote every few bytes, so each quote moves
/// what follows it by copies of fixed size instead of by a new search.
char* escape_wide(char* to, const char* from, uint64_t special) {
  copy_32(to, from);
  copy_32(to + 32, from + 32);
  while (special != 0) {
    const auto at = static_cast<size_t>(std::countr_zero(special));
    special &= special - 1;
    const auto next = static_cast<size_t>(std::countr_zero(special));
    to[at] = '\\';
    ++to;
    copy_32(to + at, from + at);
    if (next - at > 32) copy_32(to + at + 32, from + at + 32);
  }
  return to + kWide;
}
#endif

/// Room that `escape_into` needs behind six bytes a byte.
constexpr size_t kEscapeSlack = 128;

/// Escapes all of `text`; `to` has room for six bytes a byte and the slack.
char* escape_into(char* to, std::string_view text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  while (static_cast<size_t>(end - from) >= kBlock) {
#ifdef __SSE2__
    bool control = false;
    while (static_cast<size_t>(end - from) >= kWideReach) {
      const uint64_t special_bytes = wide_mask(from, control);
      if (control) break;
      to = escape_wide(to, from, special_bytes);
      from += kWide;
    }
#endif
    const uint32_t special = copy_block(to, from);
    if (special == 0) {
      from += kBlock;
      to += kBlock;
      continue;
    }
    const int plain = std::countr_zero(special);
    to = put_escaped(to + plain, from[plain]);
    from += plain + 1;
  }
  while (from != end) to = put_escaped(to, *from++);
  return to;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The four hex digits of \uXXXX at `at`.
std::optional<uint32_t> code_unit(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return std::nullopt;
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    const int digit = hex_value(text[at + i]);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<uint32_t>(digit);
  }
  return value;
}

char* put_utf8(char* to, uint32_t code) {
  const auto put = [&](uint32_t byte) { *to++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 63));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 63));
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  }
  return to;
}

/// \uXXXX, also as a surrogate pair; `at` stands behind the u and is moved on.
char* put_code_point(char* to, std::string_view text, size_t& at) {
  const auto first = code_unit(text, at);
  if (!first || (*first >= 0xdc00 && *first < 0xe000)) return nullptr;
  at += 4;
  if (*first < 0xd800 || *first >= 0xe000) return put_utf8(to, *first);
  if (text.substr(at, 2) != "\\u") return nullptr;
  const auto second = code_unit(text, at + 2);
  if (!second || *second < 0xdc00 || *second >= 0xe000) return nullptr;
  at += 6;
  return put_utf8(to, 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00));
}

/// The escape behind a backslash; `at` is moved behind it. Null if there is none.
char* put_unescaped(char* to, std::string_view text, size_t& at) {
  if (at >= text.size()) return nullptr;
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char letter = text[at++];
  if (letter == 'u') return put_code_point(to, text, at);
  const size_t which = kLetters.find(letter);
  if (which == std::string_view::npos) return nullptr;
  *to = kMeanings[which];
  return to + 1;
}

/// Takes `text` apart in pieces that fit a buffer.
class Unescaper {
 public:
  explicit Unescaper(std::string_view text) : text_(text) {}

  /// Fills `buffer` and gives the end of what was filled; null if the string is not valid.
  char* fill(char* buffer, const char* limit) {
    char* to = buffer;
    while (to < limit) {
      if (at_ >= text_.size()) return nullptr;
      if (text_.size() - at_ >= kBlock) {
        const uint32_t special = copy_block(to, text_.data() + at_);
        const size_t plain = special == 0 ? kBlock : static_cast<size_t>(std::countr_zero(special));
        at_ += plain;
        to += plain;
        if (special == 0) continue;
      }
      const char c = text_[at_++];
      if (c == '"') {
        closed_ = true;
        return to;
      }
      if (static_cast<unsigned char>(c) < 0x20) return nullptr;
      if (c == '\\') {
        to = put_unescaped(to, text_, at_);
        if (to == nullptr) return nullptr;
      } else {
        *to++ = c;
      }
    }
    return to;
  }
  bool closed() const { return closed_; }
  size_t read() const { return at_; }

 private:
  std::string_view text_;
  size_t at_ = 0;
  bool closed_ = false;
};

}  // namespace

void append_json_escaped(std::string& out, std::string_view text) {
  constexpr size_t kChunk = 2048;
  char buffer[kChunk * 6 + kEscapeSlack];
  while (!text.empty()) {
    const std::string_view chunk = text.substr(0, kChunk);
    const char* end = escape_into(buffer, chunk);
    out.append(buffer, static_cast<size_t>(end - buffer));
    text.remove_prefix(chunk.size());
  }
}

std::optional<size_t> append_json_unescaped(std::string& out, std::string_view text) {
  constexpr size_t kChunk = 4096;
  char buffer[kChunk + 2 * kBlock];
  Unescaper unescaper(text);
  while (!unescaper.closed()) {
    const char* end = unescaper.fill(buffer, buffer + kChunk);
    if (end == nullptr) return std::nullopt;
    out.append(buffer, static_cast<size_t>(end - buffer));
  }
  return unescaper.read();
}

}  // namespace daedalus
