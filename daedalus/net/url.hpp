#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daedalus/base/error.hpp"

namespace daedalus {

struct Url {
  std::string scheme;       ///< Lower case: ws, wss, http, https.
  std::string host;         ///< Lower case; an IPv6 address without its brackets.
  uint16_t port = 0;        ///< The scheme's own where none is written.
  std::string target;       ///< Path and query, at least "/".
  std::string credentials;  ///< "user:password", percent-decoded; empty: none.

  bool secure() const { return scheme == "wss" || scheme == "https"; }
  /// "host:port", IPv6 in brackets.
  std::string host_and_port() const;
  /// What a Host header says: the port only where it is not the scheme's own.
  std::string host_header() const;
};

/// Errors: config, naming the text (credentials left out).
Result<Url> parse_url(std::string_view text);

}  // namespace daedalus
