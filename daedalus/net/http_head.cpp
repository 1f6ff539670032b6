#include "daedalus/net/http_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace daedalus {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <class Number>
bool parse_number(std::string_view text, Number& into) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), into);
  return problem == std::errc() && end == text.data() + text.size();
}

/// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that is still sent.
std::optional<UnixNanos> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  CivilTime civil;
  const bool parsed = month != kMonths.end() && parse_number(text.substr(5, 2), civil.day) &&
                      parse_number(text.substr(12, 4), civil.year) &&
                      parse_number(text.substr(17, 2), civil.hour) &&
                      parse_number(text.substr(20, 2), civil.minute) &&
                      parse_number(text.substr(23, 2), civil.second);
  const bool in_range = civil.day >= 1 && civil.day <= 31 && civil.year >= 1970 &&
                        civil.year <= 2261 && civil.hour <= 23 && civil.minute <= 59 &&
                        civil.second <= 60;
  if (!parsed || !in_range) return std::nullopt;
  civil.month = static_cast<int32_t>(month - kMonths.begin()) + 1;
  return from_civil(civil);
}

}  // namespace

std::string_view HttpHead::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

bool HttpHead::lists(std::string_view name, std::string_view token) const {
  for (const auto& [key, value] : fields) {
    if (key != name) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      if (lower(trimmed(rest.substr(0, comma))) == lower(token)) return true;
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  return false;
}

Result<HttpHead> parse_http_head(std::string_view text) {
  HttpHead head;
  const size_t first_end = text.find("\r\n");
  const std::string_view line = text.substr(0, first_end);
  const size_t one = line.find(' ');
  if (first_end == std::string_view::npos || one == std::string_view::npos || one == 0) {
    return fail(ErrorKind::malformed, "not an HTTP message: {:.60}", line);
  }
  const size_t two = std::min(line.find(' ', one + 1), line.size());
  head.first = std::string(line.substr(0, one));
  head.second = std::string(line.substr(one + 1, two - one - 1));
  head.third = std::string(trimmed(line.substr(two)));
  std::string_view rest = text.substr(first_end + 2);
  while (!rest.empty()) {
    const size_t end = rest.find("\r\n");
    if (end == 0) break;
    const std::string_view field = rest.substr(0, end);
    const size_t colon = field.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      return fail(ErrorKind::malformed, "not an HTTP header field: {:.60}", field);
    }
    head.fields.emplace_back(lower(field.substr(0, colon)),
                             std::string(trimmed(field.substr(colon + 1))));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
  }
  return head;
}

std::optional<int64_t> parse_retry_after(std::string_view text, UnixNanos now) {
  text = trimmed(text);
  int64_t seconds = 0;
  if (!text.empty() && parse_number(text, seconds)) {
    if (seconds < 0) return std::nullopt;
    return seconds;
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::max<int64_t>(0, (date->value - now.value + kNanosPerSecond - 1) / kNanosPerSecond);
}

std::string_view http_reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 407:
      return "Proxy Authentication Required";
    case 418:
      return "I'm a teapot";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return status < 400 ? "Other" : "Error";
  }
}

}  // namespace daedalus
