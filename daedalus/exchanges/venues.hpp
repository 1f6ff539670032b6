#pragma once

#include "daedalus/exchanges/exchange.hpp"

namespace daedalus {

/// The exchanges, each defined in the file of its name; listed in registry.cpp.
extern const Exchange kCoinbase;
extern const Exchange kCoinbaseExchange;
extern const Exchange kBinance;
extern const Exchange kBinanceUs;
extern const Exchange kBinanceUsdm;

}  // namespace daedalus
