#include "daedalus/market/symbol.hpp"

#include <algorithm>
#include <array>

namespace daedalus {
namespace {

/// Quote currencies of venues that write symbols without a separator, longest first.
constexpr std::array<std::string_view, 37> kQuotes = {
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD",  "USDP", "USDS", "BIDR", "BVND", "IDRT",
    "BKRW",  "AEUR", "EURI", "USD1", "RLUSD", "DOGE", "BTC",  "ETH",  "BNB",  "EUR",
    "GBP",   "TRY",  "BRL",  "AUD",  "RUB",   "UAH",  "NGN",  "ZAR",  "PLN",  "RON",
    "ARS",   "JPY",  "MXN",  "XRP",  "TRX",   "DAI",  "USD"};

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string canonical_symbol(std::string_view typed) {
  std::string symbol(typed);
  for (char& c : symbol) c = c == '/' || c == '_' ? '-' : to_upper(c);
  return symbol;
}

std::optional<SymbolParts> split_by_quote(std::string_view native) {
  std::string upper(native);
  std::transform(upper.begin(), upper.end(), upper.begin(), to_upper);
  std::string_view best;
  for (const std::string_view quote : kQuotes) {
    const bool fits = upper.size() > quote.size() && upper.ends_with(quote);
    if (fits && quote.size() > best.size()) best = quote;
  }
  if (best.empty()) return std::nullopt;
  return SymbolParts{upper.substr(0, upper.size() - best.size()), std::string(best)};
}

}  // namespace daedalus
