#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/base/time.hpp"

namespace daedalus {

/// The first line and the header fields of an HTTP/1.1 message.
struct HttpHead {
  std::string first;   ///< Request: the method. Response: the version.
  std::string second;  ///< Request: the target. Response: the status.
  std::string third;   ///< Request: the version. Response: the reason.
  std::vector<std::pair<std::string, std::string>> fields;  ///< Names in lower case.

  /// Empty if there is none. `name` in lower case.
  std::string_view field(std::string_view name) const;
  /// True if the comma list of that field holds `token`, in any case.
  bool lists(std::string_view name, std::string_view token) const;
};

/// `text` up to and with the empty line. Errors: malformed.
Result<HttpHead> parse_http_head(std::string_view text);

/// A Retry-After field, seconds or an HTTP date, as whole seconds from `now`.
std::optional<int64_t> parse_retry_after(std::string_view text, UnixNanos now);

/// The words that belong to a status ("Too Many Requests").
std::string_view http_reason(int status);

}  // namespace daedalus
