#include "daedalus/capture/fact_log.hpp"

namespace daedalus {
namespace {

constexpr std::chrono::seconds kPeriod{10};
constexpr int64_t kGapLinesPerPeriod = 20;

}  // namespace

void FactLog::write(const CoreFact& fact) {
  const bool is_gap =
      fact.kind == CoreFact::Kind::gap_opened || fact.kind == CoreFact::Kind::gap_closed;
  if (is_gap) {
    const auto now = std::chrono::steady_clock::now();
    if (now - period_began_ >= kPeriod) {
      if (left_out_ > 0) log_warning("{} more gap lines were left out", left_out_);
      period_began_ = now;
      gap_lines_ = left_out_ = 0;
    }
    if (++gap_lines_ > kGapLinesPerPeriod) {
      ++left_out_;
      return;
    }
  }
  write_log(fact_level(fact.kind), fact.text);
}

}  // namespace daedalus
