#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daedalus/net/url.hpp"

namespace daedalus {

struct Proxy {
  Url url;                    ///< http:// always.
  std::string authorization;  ///< "Basic ..." for Proxy-Authorization; empty: none.
};

/// The value of an environment variable; empty if it is not set.
using Environment = std::function<std::string(const char* name)>;
std::string process_environment(const char* name);

/// "Basic ..." of the credentials in a URL.
std::string basic_authorization(const Url& url);

/// Which proxy leads to `target`. `configured` comes first and applies to every host; else
/// https_proxy or http_proxy (by the target's scheme), then all_proxy, lower case before upper
/// case, but never for hosts that NO_PROXY names, localhost and loopback addresses.
/// Errors: config, if the proxy is no http:// URL.
Result<std::optional<Proxy>> choose_proxy(const Url& target, std::string_view configured,
                                          const Environment& environment);

}  // namespace daedalus
