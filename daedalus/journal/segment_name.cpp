#include "daedalus/journal/segment_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace daedalus {
namespace {

constexpr std::string_view kPrefix = "segment_";
constexpr std::string_view kShape = "segment_00000000T00_00000";

std::optional<int32_t> digits(std::string_view text) {
  int32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string to_text(const SegmentName& name) {
  const CivilTime civil = to_civil(name.hour);
  return fmt::format("{}{:04}{:02}{:02}T{:02}_{:05}", kPrefix, civil.year, civil.month, civil.day,
                     civil.hour, name.counter);
}

std::optional<SegmentName> parse_segment_name(std::string_view text) {
  text = text.substr(0, text.find('.'));
  if (text.size() != kShape.size() || !text.starts_with(kPrefix)) return std::nullopt;
  if (text[16] != 'T' || text[19] != '_') return std::nullopt;
  const auto date = digits(text.substr(8, 8));
  const auto hour = digits(text.substr(17, 2));
  const auto counter = digits(text.substr(20));
  if (!date || !hour || !counter || *counter < 1) return std::nullopt;
  const CivilTime civil{
      .year = *date / 10000, .month = *date / 100 % 100, .day = *date % 100, .hour = *hour};
  if (civil.year < 1970 || civil.year > 2261) return std::nullopt;
  if (civil.month < 1 || civil.month > 12 || civil.day < 1 || civil.hour > 23) return std::nullopt;
  const SegmentName name{.hour = from_civil(civil), .counter = *counter};
  // A day that the month does not have becomes another name.
  if (to_text(name) != text) return std::nullopt;
  return name;
}

}  // namespace daedalus
