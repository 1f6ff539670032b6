#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace daedalus {

/// `BTC/USD`, `btc-usd` and `BTC_USD` as users type them, in the form that data and paths hold:
/// `BTC-USD`. Text without a separator is only put in upper case.
std::string canonical_symbol(std::string_view typed);

struct SymbolParts {
  std::string base;
  std::string quote;
};

/// Splits a native id without separator ("BTCUSDT") by a table of known quote currencies, longest
/// first. Absent if no quote fits.
std::optional<SymbolParts> split_by_quote(std::string_view native);

}  // namespace daedalus
