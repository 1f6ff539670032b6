#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {
namespace {

bool is_binance(const Exchange& exchange) {
  return exchange.name.starts_with("binance");
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 418:
      return "IP banned";
    case 429:
      return "Too Many Requests";
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
      return "";
  }
}

std::string meaning(const Exchange& exchange, int status) {
  const std::string_view title = exchange.title;
  switch (status) {
    case 400:
      return fmt::format("{} did not understand the request: a symbol may be delisted or misspelt",
                         title);
    case 401:
      return fmt::format(
          "{} wants a login for this, though public market data needs none: check "
          "the endpoint in the config",
          title);
    case 403:
      return is_binance(exchange)
                 ? fmt::format(
                       "{}'s firewall refuses this address: too many requests, or a proxy "
                       "or cloud network that it blocks",
                       title)
                 : fmt::format(
                       "{} refuses this address: a firewall, a blocked network, or a client "
                       "that it does not accept",
                       title);
    case 404:
      return fmt::format("{} knows no such path: check the endpoint in the config", title);
    case 418:
      return fmt::format(
          "{} has banned this address because requests went on after 429; it is "
          "lifted by waiting (2 minutes to 3 days)",
          title);
    case 429:
      return fmt::format("{} gets too many requests or connections from this address", title);
    case 451:
      if (exchange.name == "binance" || exchange.name == "binance_usdm") {
        return fmt::format("{} does not serve this country; binanceus or coinbase may", title);
      }
      return fmt::format("{} does not serve this country", title);
    default:
      break;
  }
  if (status >= 500) return fmt::format("{} has a failure of its own", title);
  return fmt::format("{} refused the connection", title);
}

}  // namespace

std::string explain_refusal(const Exchange& exchange, int status,
                            std::optional<int64_t> retry_after_s) {
  const std::string_view phrase = reason_phrase(status);
  std::string text = fmt::format("{}{}{}: {}", status, phrase.empty() ? "" : " ", phrase,
                                 meaning(exchange, status));
  if (retry_after_s) text += fmt::format("; retry in {} s", *retry_after_s);
  return text;
}

}  // namespace daedalus
