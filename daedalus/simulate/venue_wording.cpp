#include "daedalus/simulate/venue_wording.hpp"

#include <charconv>

#include "daedalus/base/check.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kNumberKey = "\"sequence_num\":";

/// Where the digits of a frame's count stand.
std::optional<std::pair<size_t, size_t>> number_place(std::string_view frame) {
  const size_t key = frame.find(kNumberKey);
  if (key == std::string_view::npos) return std::nullopt;
  size_t begin = key + kNumberKey.size();
  while (begin < frame.size() && frame[begin] == ' ') ++begin;
  size_t end = begin;
  while (end < frame.size() && frame[end] >= '0' && frame[end] <= '9') ++end;
  if (end == begin) return std::nullopt;
  return std::pair{begin, end};
}

}  // namespace

bool operator<(const AskedStream& a, const AskedStream& b) {
  return a.id != b.id ? a.id < b.id : a.name < b.name;
}

std::optional<int64_t> VenueWording::number_of(std::string_view frame) const {
  const auto place = number_place(frame);
  int64_t number = 0;
  if (!place) return std::nullopt;
  const auto read =
      std::from_chars(frame.data() + place->first, frame.data() + place->second, number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

std::string VenueWording::renumber(std::string_view frame, int64_t number) const {
  const auto place = number_place(frame);
  if (!place) return std::string(frame);
  std::string renumbered;
  renumbered.reserve(frame.size() + 8);
  renumbered += frame.substr(0, place->first);
  renumbered += std::to_string(number);
  renumbered += frame.substr(place->second);
  return renumbered;
}

void append_decimal(std::string& out, const Decimal& value, bool trimmed) {
  Decimal shown = value;
  while (trimmed && shown.scale > 0 && shown.mantissa % 10 == 0) {
    shown.mantissa /= 10;
    --shown.scale;
  }
  char digits[24];
  const bool negative = shown.mantissa < 0;
  const uint64_t magnitude = negative ? uint64_t{0} - static_cast<uint64_t>(shown.mantissa)
                                      : static_cast<uint64_t>(shown.mantissa);
  const auto end = std::to_chars(digits, digits + sizeof digits, magnitude).ptr;
  const std::string_view text(digits, static_cast<size_t>(end - digits));
  const auto scale = static_cast<size_t>(shown.scale);
  if (negative) out += '-';
  if (scale == 0) {
    out += text;
  } else if (text.size() > scale) {
    out += text.substr(0, text.size() - scale);
    out += '.';
    out += text.substr(text.size() - scale);
  } else {
    out += "0.";
    out.append(scale - text.size(), '0');
    out += text;
  }
}

std::string decimal_text(const Decimal& value, bool trimmed) {
  std::string text;
  append_decimal(text, value, trimmed);
  return text;
}

void append_levels(std::string& out, std::span<const PriceLevel> levels, bool trimmed) {
  out += '[';
  for (size_t i = 0; i < levels.size(); ++i) {
    out += i == 0 ? "[\"" : ",[\"";
    append_decimal(out, levels[i].price, trimmed);
    out += "\",\"";
    append_decimal(out, levels[i].size, trimmed);
    out += "\"]";
  }
  out += ']';
}

std::string rfc3339_micros(int64_t unix_us) {
  std::string text = format_rfc3339({unix_us * 1000});
  if (text.find('.') == std::string::npos) {
    text.insert(text.size() - 1, ".000000");
  } else {
    text.erase(text.size() - 4, 3);
  }
  return text;
}

int64_t micros_of(const ExchangeTime& time, UnixNanos now) {
  if (time.exchange_us) return *time.exchange_us;
  if (time.timestamp_ms) return *time.timestamp_ms * 1000;
  return floor_divide(now.value, 1000);
}

int64_t millis_of(UnixNanos time) {
  return floor_divide(time.value, 1'000'000);
}

Result<const VenueWording*> find_wording(const Exchange& exchange) {
  if (exchange.name == "coinbase") return &coinbase_wording();
  if (exchange.name == "coinbase_exchange") return &coinbase_exchange_wording();
  if (exchange.name.starts_with("binance")) return &binance_wording(exchange);
  return fail(ErrorKind::config, "nobody can play the server of {} yet", exchange.name);
}

}  // namespace daedalus
