#include "daedalus/net/failure_text.hpp"

#include <fmt/format.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/error.hpp>
#include <string_view>

#include "daedalus/net/http_head.hpp"

namespace daedalus {

std::string socket_words(const error_code& failed) {
  if (failed == asio::error::connection_refused) return "connection refused";
  if (failed == asio::error::connection_reset || failed == asio::error::broken_pipe) {
    return "connection reset by the other side";
  }
  if (failed == asio::error::eof) return "connection closed by the other side";
  if (failed == asio::error::timed_out) return "connection timed out";
  if (failed == asio::error::network_unreachable || failed == asio::error::host_unreachable) {
    return "host cannot be reached from this network";
  }
  if (failed == asio::error::no_descriptors) return "too many open files";
  if (std::string_view(failed.category().name()) == "asio.ssl.stream" && failed.value() == 1) {
    return "connection closed by the other side";
  }
  return failed.message();
}

std::string certificate_words(const std::string& host, long verify_result) {
  switch (verify_result) {
    case X509_V_OK:
      return {};
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("certificate of {} expired", host);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("certificate of {} is not valid yet (is this machine's clock right?)",
                         host);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("certificate is for another host than {}", host);
    default:
      return fmt::format(
          "certificate of {} is not trusted: {} (a CA of your own: ca_file or SSL_CERT_FILE)", host,
          X509_verify_cert_error_string(verify_result));
  }
}

std::string refusal_words(const std::string& host, int status,
                          std::optional<int64_t> retry_after_s) {
  const auto meaning = [&]() -> std::string_view {
    switch (status) {
      case 401:
        return "it wants credentials, or those given are wrong";
      case 403:
        return "it forbids access from this address or region, or a firewall blocks it";
      case 404:
        return "there is no such endpoint";
      case 407:
        return "the proxy wants credentials";
      case 418:
        return "this address is banned for ignoring the rate limit";
      case 429:
        return "too many requests or connections from this address";
      case 451:
        return "it does not serve this country";
      default:
        return status >= 500 ? "it has trouble of its own" : "it did not say why";
    }
  }();
  std::string words = fmt::format("{} refused the connection with HTTP {} {}: {}", host, status,
                                  http_reason(status), meaning);
  if (retry_after_s) words += fmt::format("; retry after {} s", *retry_after_s);
  return words;
}

std::string close_words(int code, const std::string& reason) {
  const auto meaning = [&]() -> std::string_view {
    switch (code) {
      case 1000:
        return "normal";
      case 1001:
        return "going away";
      case 1002:
        return "protocol error";
      case 1003:
        return "unknown data";
      case 1005:
        return "no code";
      case 1007:
        return "bad payload";
      case 1008:
        return "policy";
      case 1009:
        return "too big";
      case 1011:
        return "internal error";
      case 1012:
        return "service restart";
      case 1013:
        return "try again later";
      default:
        return "the venue's own code";
    }
  }();
  return reason.empty() ? fmt::format("{} {}", code, meaning)
                        : fmt::format("{} {} ({})", code, meaning, reason);
}

}  // namespace daedalus
