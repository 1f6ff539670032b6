#pragma once

#include <string>

#include "daedalus/base/error.hpp"
#include "daedalus/base/time.hpp"

namespace daedalus {

/// A time as typed behind `flag`. Errors: config.
Result<UnixNanos> parse_time(const std::string& flag, const std::string& text);

/// As typed to as in the data: BTC/USDT, BTC-USDT and BTCUSDT name the same.
std::string symbol_in_data(const std::string& typed);

}  // namespace daedalus
