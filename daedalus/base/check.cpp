#include "daedalus/base/check.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace daedalus {

void check_failed(std::string_view condition, std::string_view file, int line) {
  fmt::print(stderr, "daedalus: a bug in daedalus itself: {} does not hold at {}:{}\n", condition,
             file, line);
  std::abort();
}

}  // namespace daedalus
