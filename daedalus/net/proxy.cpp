#include "daedalus/net/proxy.hpp"

#include <algorithm>
#include <cstdlib>

#include "daedalus/base/json_text.hpp"

namespace daedalus {
namespace {

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string either_case(const Environment& environment, const std::string& name) {
  std::string value = environment(name.c_str());
  return value.empty() ? environment(upper(name).c_str()) : value;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.") ||
         host.ends_with(".localhost");
}

bool names_host(std::string_view entry, const Url& target) {
  if (entry == "*") return true;
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  const size_t colon = entry.rfind(':');
  if (colon != std::string_view::npos && entry.find(':') == colon) {
    if (entry.substr(colon + 1) != std::to_string(target.port)) return false;
    entry = entry.substr(0, colon);
  }
  if (entry.starts_with(".")) entry.remove_prefix(1);
  if (entry.empty() || !target.host.ends_with(entry)) return false;
  const size_t before = target.host.size() - entry.size();
  return before == 0 || target.host[before - 1] == '.';
}

bool is_excluded(std::string_view list, const Url& target) {
  while (!list.empty()) {
    const size_t end = list.find_first_of(", ");
    std::string entry(list.substr(0, end));
    for (char& c : entry) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (names_host(entry, target)) return true;
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  }
  return false;
}

Result<std::optional<Proxy>> to_proxy(std::string_view text) {
  const std::string whole = text.find("://") == std::string_view::npos
                                ? "http://" + std::string(text)
                                : std::string(text);
  const std::string_view kind = std::string_view(whole).substr(0, whole.find("://"));
  if (kind != "http" && kind != "HTTP") {
    return fail(ErrorKind::config, "proxy of a kind that is not spoken (http:// is): {}://", kind);
  }
  auto url = parse_url(whole);
  if (!url) return with_context(std::move(url).error(), "proxy");
  Proxy proxy{.url = *std::move(url)};
  if (!proxy.url.credentials.empty()) {
    proxy.authorization = basic_authorization(proxy.url);
  }
  return std::optional(std::move(proxy));
}

}  // namespace

std::string process_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string basic_authorization(const Url& url) {
  std::string text = "Basic ";
  append_base64(text, url.credentials);
  return text;
}

Result<std::optional<Proxy>> choose_proxy(const Url& target, std::string_view configured,
                                          const Environment& environment) {
  if (!configured.empty()) return to_proxy(configured);
  if (is_loopback(target.host)) return std::optional<Proxy>();
  if (is_excluded(either_case(environment, "no_proxy"), target)) return std::optional<Proxy>();
  std::string found = either_case(environment, target.secure() ? "https_proxy" : "http_proxy");
  if (found.empty()) found = either_case(environment, "all_proxy");
  if (found.empty()) return std::optional<Proxy>();
  return to_proxy(found);
}

}  // namespace daedalus
