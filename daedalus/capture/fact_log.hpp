#pragma once

#include <chrono>

#include "daedalus/capture/core_messages.hpp"

namespace daedalus {

/// Writes a source's facts to the log. Gaps come in hundreds when a connection falls: of them some
/// lines are written in each period, the rest is counted. One thread.
class FactLog {
 public:
  void write(const CoreFact& fact);

 private:
  std::chrono::steady_clock::time_point period_began_;
  int64_t gap_lines_ = 0;
  int64_t left_out_ = 0;
};

}  // namespace daedalus
