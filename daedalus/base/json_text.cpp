#include "daedalus/base/json_text.hpp"

#include <simdjson.h>

#include <array>
#include <cstdint>

namespace daedalus {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> base64_values() {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = -1;
  for (size_t i = 0; i < kBase64.size(); ++i) {
    values[static_cast<unsigned char>(kBase64[i])] = static_cast<int8_t>(i);
  }
  return values;
}

}  // namespace

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  append_json_escaped(out, text);
  return out + "\"";
}

void append_base64(std::string& out, std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = bytes.size() - i;
    const auto byte = [&](size_t k) {
      return k < left ? static_cast<uint32_t>(static_cast<unsigned char>(bytes[i + k])) : 0u;
    };
    const uint32_t block = byte(0) << 16 | byte(1) << 8 | byte(2);
    out += kBase64[block >> 18 & 63];
    out += kBase64[block >> 12 & 63];
    out += left > 1 ? kBase64[block >> 6 & 63] : '=';
    out += left > 2 ? kBase64[block & 63] : '=';
  }
}

bool decode_base64(std::string_view text, std::string& out) {
  static constexpr std::array<int8_t, 256> kValues = base64_values();
  if (text.size() % 4 != 0) return false;
  for (size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const size_t padding = !last ? 0 : text[i + 2] == '=' ? 2 : text[i + 3] == '=' ? 1 : 0;
    uint32_t block = 0;
    for (size_t k = 0; k < 4; ++k) {
      const int8_t value = kValues[static_cast<unsigned char>(text[i + k])];
      if (value < 0 && k + padding < 4) return false;
      if (k + padding >= 4 && text[i + k] != '=') return false;
      block = block << 6 | static_cast<uint32_t>(value < 0 ? 0 : value);
    }
    out += static_cast<char>(block >> 16);
    if (padding < 2) out += static_cast<char>(block >> 8 & 0xff);
    if (padding < 1) out += static_cast<char>(block & 0xff);
  }
  return true;
}

bool is_utf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

}  // namespace daedalus
