#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// How the venues' parsers read JSON: simdjson on-demand over memory that a thread reuses, every
/// scalar by its raw token, so that `"1.50"` and `1.50` are the same and all digits stay.

using JsonDocument = simdjson::ondemand::document;
using JsonObject = simdjson::ondemand::object;
using JsonArray = simdjson::ondemand::array;
using JsonValue = simdjson::ondemand::value;

/// Copies `text` into the thread's padded memory and opens it. The document and all its tokens are
/// valid until the next call on this thread.
simdjson::error_code open_json(std::string_view text, JsonDocument& document);
/// True for one whole JSON value, read to its end.
bool is_json(std::string_view text);

/// A scalar as written, with its quotes; of an object or array only the first token.
inline std::string_view token_of(JsonValue& value) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  return token;
}

/// The inside of a string token, still escaped; any other token as it is.
inline std::string_view unquoted(std::string_view token) {
  const bool quoted = token.size() >= 2 && token.front() == '"' && token.back() == '"';
  return quoted ? token.substr(1, token.size() - 2) : token;
}

/// The inside of a string token with its escapes resolved; `null` is empty.
std::string text_of(std::string_view token);
/// A whole number, bare or in quotes.
std::optional<int64_t> integer_of(std::string_view token);

/// The key of a field, still escaped.
inline std::string_view key_of(simdjson::ondemand::field& field) {
  const char* const begin = field.key().raw();
  const char* end = begin;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {begin, static_cast<size_t>(end - begin)};
}

/// Looks for a key anywhere in an object. `token` is its scalar, or empty if the key is not there.
/// After any other error the document must not be touched again: simdjson has let go of it.
inline simdjson::error_code find_token(JsonObject& object, std::string_view key,
                                       std::string_view& token) {
  JsonValue value;
  token = {};
  const auto error = object.find_field_unordered(key).get(value);
  if (error == simdjson::NO_SUCH_FIELD) return simdjson::SUCCESS;
  if (error == simdjson::SUCCESS) token = token_of(value);
  return error;
}

/// The fields of one object, in their order: scalars as tokens, objects and arrays as raw JSON.
class JsonFields {
 public:
  struct Field {
    std::string_view key;
    std::string_view token;
  };

  void clear() { fields_.clear(); }
  void add(std::string_view key, std::string_view token) { fields_.push_back({key, token}); }
  /// Appends all fields of `object`.
  simdjson::error_code collect(JsonObject object);
  /// The token of a key; empty if it is not there or null.
  std::string_view find(std::string_view key) const {
    for (const Field& field : fields_) {
      if (field.key == key) return field.token == "null" ? std::string_view() : field.token;
    }
    return {};
  }
  bool has(std::string_view key) const {
    for (const Field& field : fields_) {
      if (field.key == key) return true;
    }
    return false;
  }
  const std::vector<Field>& all() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// The fields whose keys are not among `known` (names between spaces: " e s M "), verbatim as a
/// JSON object; empty if there are none. Errors: malformed, where a value is no JSON.
Result<std::string> remaining_json(const JsonFields& fields, std::string_view known);

/// A number field that cannot be used: what is wrong, and the token.
struct BadNumber {
  std::string_view field;
  std::string_view reason;
  std::string_view token;
};

/// A price or a size: a decimal that is not negative. On failure `bad` says why, unless it is set.
inline bool read_amount(std::string_view field, std::string_view token, Decimal& into,
                        std::optional<BadNumber>& bad) {
  const std::optional<Decimal> value = parse_decimal(unquoted(token));
  if (value && value->mantissa >= 0) {
    into = *value;
    return true;
  }
  if (!bad) bad = BadNumber{field, value ? "is negative" : "is no number", token};
  return false;
}

/// "<field> <reason>: <token, at most 64 characters>"
Failure bad_number(const BadNumber& bad);
/// "<field> is missing" or "<field> <reason>: <token>"
Failure bad_field(std::string_view field, std::string_view reason, std::string_view token);

/// A bid or ask level `["price", "size", ...]`, appended to `levels`.
simdjson::error_code read_level_pairs(JsonArray array, std::string_view field,
                                      std::vector<PriceLevel>& levels,
                                      std::optional<BadNumber>& bad);

/// RFC 3339, or a whole number of Unix s, ms, us or ns. Moments at 1970-01-01 are absent: a venue
/// writes them for "unknown". Errors: malformed.
Result<ExchangeTime> read_exchange_time(std::string_view field, std::string_view token);

/// "fundingRate", "Funding-Rate", "funding rate" as a folder name: "funding_rate".
std::string snake_case(std::string_view name);

}  // namespace daedalus
