#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "daedalus/market/events.hpp"

namespace daedalus {

/// Channels of a Binance futures venue that hold mark and index prices, funding, liquidations and
/// open interest; see Exchange::derivative_channels.
inline constexpr std::array<std::string_view, 3> kBinanceDerivativeChannels = {
    "mark_price_update", "force_order", "open_interest"};

/// See Exchange::derivative_of.
std::optional<DerivativeUpdate> binance_derivative_of(std::string_view channel,
                                                      std::string_view data_json);

}  // namespace daedalus
