#pragma once

#include <string_view>

namespace daedalus {

/// Of a trade: always the taker's side. Of a book: buy is the bid side.
enum class Side { buy, sell };

constexpr Side opposite(Side side) {
  return side == Side::buy ? Side::sell : Side::buy;
}
constexpr std::string_view side_name(Side side) {
  return side == Side::buy ? "buy" : "sell";
}

}  // namespace daedalus
