#include "daedalus/exchanges/json_reader.hpp"

#include <charconv>
#include <cstring>

#include "daedalus/base/time.hpp"

namespace daedalus {
namespace {

constexpr size_t kShownCharacters = 64;
/// Memory beyond this is given back after a frame that needed it.
constexpr size_t kKeptBytes = 64 << 20;

struct JsonMemory {
  simdjson::ondemand::parser parser;
  std::vector<char> padded;
};

JsonMemory& thread_memory() {
  thread_local JsonMemory memory;
  return memory;
}

}  // namespace

simdjson::error_code open_json(std::string_view text, JsonDocument& document) {
  JsonMemory& memory = thread_memory();
  const size_t needed = text.size() + simdjson::SIMDJSON_PADDING;
  if (memory.padded.size() < needed) memory.padded.resize(needed + needed / 4);
  if (memory.padded.size() > kKeptBytes && needed < kKeptBytes / 2) {
    memory.padded.resize(needed);
    memory.padded.shrink_to_fit();
  }
  if (!text.empty()) std::memcpy(memory.padded.data(), text.data(), text.size());
  std::memset(memory.padded.data() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
  return memory.parser.iterate(memory.padded.data(), text.size(), memory.padded.size())
      .get(document);
}

bool is_json(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

std::string text_of(std::string_view token) {
  if (token.empty() || token == "null") return {};
  if (token.find('\\') == std::string_view::npos) return std::string(unquoted(token));
  simdjson::dom::parser parser;
  std::string_view text;
  if (parser.parse(token.data(), token.size()).get(text) != simdjson::SUCCESS) {
    return std::string(unquoted(token));
  }
  return std::string(text);
}

std::optional<int64_t> integer_of(std::string_view token) {
  const std::string_view text = unquoted(token);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

simdjson::error_code JsonFields::collect(JsonObject object) {
  for (auto field : object) {
    if (field.error()) return field.error();
    const std::string_view key = key_of(field.value_unsafe());
    JsonValue value = field.value_unsafe().value();
    simdjson::ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    std::string_view token;
    if (type == simdjson::ondemand::json_type::object) {
      JsonObject inner;
      if (const auto error = value.get_object().get(inner)) return error;
      if (const auto error = inner.raw_json().get(token)) return error;
    } else if (type == simdjson::ondemand::json_type::array) {
      JsonArray inner;
      if (const auto error = value.get_array().get(inner)) return error;
      if (const auto error = inner.raw_json().get(token)) return error;
    } else {
      token = token_of(value);
    }
    add(key, token);
  }
  return simdjson::SUCCESS;
}

Result<std::string> remaining_json(const JsonFields& fields, std::string_view known) {
  std::string json;
  for (const JsonFields::Field& field : fields.all()) {
    bool is_known = false;
    for (size_t at = known.find(field.key); at != std::string_view::npos && !is_known;
         at = known.find(field.key, at + 1)) {
      const size_t end = at + field.key.size();
      is_known = at > 0 && known[at - 1] == ' ' && end < known.size() && known[end] == ' ';
    }
    if (is_known) continue;
    json += json.empty() ? "{\"" : ",\"";
    json += field.key;
    json += "\":";
    json += field.token;
  }
  if (json.empty()) return json;
  json += '}';
  if (!is_json(json)) return bad_field("another field", "is no JSON", json);
  return json;
}

Failure bad_field(std::string_view field, std::string_view reason, std::string_view token) {
  if (token.empty()) return fail(ErrorKind::malformed, "{} is missing", field);
  return fail(ErrorKind::malformed, "{} {}: {}", field, reason, token.substr(0, kShownCharacters));
}

Failure bad_number(const BadNumber& bad) {
  return bad_field(bad.field, bad.reason, bad.token);
}

simdjson::error_code read_level_pairs(JsonArray array, std::string_view field,
                                      std::vector<PriceLevel>& levels,
                                      std::optional<BadNumber>& bad) {
  for (auto pair : array) {
    JsonArray values;
    if (const auto error = pair.get_array().get(values)) return error;
    PriceLevel level;
    size_t place = 0;
    for (auto entry : values) {
      JsonValue value;
      if (const auto error = entry.get(value)) return error;
      if (place < 2)
        read_amount(field, token_of(value), place == 0 ? level.price : level.size, bad);
      ++place;
    }
    if (place < 2 && !bad) bad = BadNumber{field, "has a level without a size", "[]"};
    levels.push_back(level);
  }
  return simdjson::SUCCESS;
}

Result<ExchangeTime> read_exchange_time(std::string_view field, std::string_view token) {
  const std::string_view text = unquoted(token);
  const bool is_integer = text.find_first_not_of("0123456789") == std::string_view::npos;
  const Result<UnixNanos> time = is_integer ? parse_unix_integer(text) : parse_rfc3339(text);
  if (!time) return bad_field(field, "is no time", token);
  if (time->value < kNanosPerDay) return ExchangeTime{};
  return ExchangeTime{.timestamp_ms = floor_divide(time->value, 1'000'000),
                      .exchange_us = floor_divide(time->value, 1000)};
}

std::string snake_case(std::string_view name) {
  std::string snake;
  bool after_lower = false;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (upper && after_lower) snake += '_';
    if (upper) {
      snake += static_cast<char>(c - 'A' + 'a');
    } else if (plain) {
      snake += c;
    } else if (!snake.empty() && snake.back() != '_') {
      snake += '_';
    }
    after_lower = plain;
  }
  while (!snake.empty() && snake.back() == '_') snake.pop_back();
  return snake.empty() ? "unknown" : snake;
}

}  // namespace daedalus
