#include "daedalus/cli/data_arguments.hpp"

#include "daedalus/market/symbol.hpp"

namespace daedalus {

Result<UnixNanos> parse_time(const std::string& flag, const std::string& text) {
  const auto time = parse_rfc3339(text);
  if (time) return *time;
  return fail(ErrorKind::config,
              "{} {}: not a time; allowed: 2026-08-09, 2026-08-09T21:05:00Z (a date is its UTC "
              "midnight)",
              flag, text);
}

std::string symbol_in_data(const std::string& typed) {
  std::string symbol = canonical_symbol(typed);
  if (symbol.find('-') != std::string::npos) return symbol;
  const auto parts = split_by_quote(symbol);
  return parts ? parts->base + "-" + parts->quote : symbol;
}

}  // namespace daedalus
