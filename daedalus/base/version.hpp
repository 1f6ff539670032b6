#pragma once

#include <string_view>

namespace daedalus {

inline constexpr std::string_view kVersion = "0.1.0";
/// What files say about who wrote them.
inline constexpr std::string_view kWriter = "daedalus 0.1.0";

}  // namespace daedalus
