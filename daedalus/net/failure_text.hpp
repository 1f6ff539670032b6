#pragma once

#include "daedalus/net/asio.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace daedalus {

/// A socket's or TLS' failure for people: "connection refused", "reset by the other side".
std::string socket_words(const error_code& failed);

/// Why `host` was not trusted; `verify_result` is OpenSSL's X509_V_ERR_*. Empty if it says OK.
std::string certificate_words(const std::string& host, long verify_result);

/// What a refused WebSocket upgrade means, with what to do: 401, 403, 418, 429, 451, 5xx.
std::string refusal_words(const std::string& host, int status,
                          std::optional<int64_t> retry_after_s);

/// What a WebSocket close code says: "1001 going away (bye)".
std::string close_words(int code, const std::string& reason);

}  // namespace daedalus
