#include "daedalus/net/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace daedalus {
namespace {

uint16_t default_port(std::string_view scheme) {
  if (scheme == "ws" || scheme == "http") return 80;
  if (scheme == "wss" || scheme == "https") return 443;
  return 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
            text.data() + i + 3) {
      out.push_back(static_cast<char>(value));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (problem != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return c > ' ' && c < 127 &&
           std::string_view("\"<>\\^`{|}@/?#[]%").find(static_cast<char>(c)) ==
               std::string_view::npos;
  });
}

/// Host and port out of "host", "host:port", "[v6]" or "[v6]:port". False: it is none of these.
bool split_authority(std::string_view authority, Url& url) {
  std::string_view port;
  bool has_port = false;
  if (!authority.empty() && authority.front() == '[') {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    url.host = lower(authority.substr(1, close - 1));
    port = authority.substr(close + 1);
    has_port = !port.empty();
    if (has_port && port.front() != ':') return false;
    if (has_port) port.remove_prefix(1);
  } else {
    const size_t colon = authority.find(':');
    has_port = colon != std::string_view::npos;
    url.host = lower(authority.substr(0, colon));
    if (has_port) port = authority.substr(colon + 1);
  }
  if (!is_host(url.host)) return false;
  const auto number = has_port ? parse_port(port) : default_port(url.scheme);
  if (!number) return false;
  url.port = *number;
  return true;
}

}  // namespace

std::string Url::host_and_port() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string Url::host_header() const {
  std::string all = host_and_port();
  if (port == default_port(scheme)) all.resize(all.rfind(':'));
  return all;
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) {
    return fail(ErrorKind::config, "not a URL (wss://host/path is meant): {}", text);
  }
  url.scheme = lower(text.substr(0, colon));
  if (default_port(url.scheme) == 0) {
    return fail(ErrorKind::config, "URL of an unknown kind (ws, wss, http, https are known): {}://",
                url.scheme);
  }
  std::string_view rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const size_t path = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, path);
  url.target.push_back('/');
  if (path != std::string_view::npos)
    url.target += rest.substr(rest[path] == '/' ? path + 1 : path);
  const bool bad_target = std::any_of(url.target.begin(), url.target.end(),
                                      [](unsigned char c) { return c <= ' ' || c == 127; });
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.credentials = percent_decoded(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  if (bad_target || !split_authority(authority, url)) {
    return fail(ErrorKind::config, "URL with a wrong host, port or path: {}://{}{}", url.scheme,
                authority, url.target);
  }
  return url;
}

}  // namespace daedalus
