#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace daedalus {

/// Appends `text` as the inside of a JSON string: quotes, backslashes and control characters
/// escaped, all other bytes as they are.
void append_json_escaped(std::string& out, std::string_view text);
/// Reads the inside of a JSON string, and appends what it says, up to its closing quote; the bytes
/// read, with that quote. Absent if that is no valid JSON string; `out` may then hold a part.
std::optional<size_t> append_json_unescaped(std::string& out, std::string_view text);
/// `text` as a JSON string with its quotes.
std::string json_quoted(std::string_view text);
/// Base64 with padding (RFC 4648).
void append_base64(std::string& out, std::string_view bytes);
/// The bytes back; false if `text` is no base64.
bool decode_base64(std::string_view text, std::string& out);
/// True if the bytes are valid UTF-8, which a JSON string needs.
bool is_utf8(std::string_view bytes);

}  // namespace daedalus
