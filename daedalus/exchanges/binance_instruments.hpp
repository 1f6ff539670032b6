#pragma once

#include <string_view>

#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// Reads the body of `exchangeInfo`. Errors: malformed.
Result<void> binance_read_instruments(std::string_view venue, std::string_view body,
                                      EventSink& out);

}  // namespace daedalus
