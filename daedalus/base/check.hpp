#pragma once

#include <string_view>

namespace daedalus {

/// Prints the broken assumption with its place and aborts.
[[noreturn]] void check_failed(std::string_view condition, std::string_view file, int line);

}  // namespace daedalus

/// Our own bugs stop the process, in release builds too. Never for input.
#define DAEDALUS_CHECK(condition)         \
  (static_cast<bool>(condition) ? void(0) \
                                : ::daedalus::check_failed(#condition, __FILE__, __LINE__))
