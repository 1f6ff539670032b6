#pragma once

#include <span>
#include <string>
#include <string_view>

namespace daedalus {

/// The allowed name with the smallest edit distance to `wrong`, for "did you mean"; empty if none
/// is nearer than half of its length.
std::string nearest_name(std::string_view wrong, std::span<const std::string> allowed);

}  // namespace daedalus
