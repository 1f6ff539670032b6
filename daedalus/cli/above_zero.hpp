#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace daedalus {

/// Numbers above 0 that fit a count of nanoseconds when they are seconds.
inline CLI::Validator above_zero() {
  const auto check = [](std::string& text) {
    constexpr double kMost = 1e9;
    double value = 0;
    const bool is_good = CLI::detail::lexical_cast(text, value) && value > 0 && value <= kMost;
    return is_good ? std::string() : "must be above 0 and at most 1e9, not " + text;
  };
  return {check, "POSITIVE"};
}

}  // namespace daedalus
