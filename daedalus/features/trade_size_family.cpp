#include "daedalus/features/trade_size_family.hpp"

#include <algorithm>
#include <cmath>

namespace daedalus {
namespace {

constexpr int kWindowS[] = {300};

}  // namespace

TradeSizeFamily::TradeSizeFamily(const FeatureParameters&) : window_(kWindowS) {}

std::vector<FeatureColumn> TradeSizeFamily::columns(const FeatureParameters&) {
  return {{.name = "trade_size_z",
           .unit = "1",
           .formula = "(ln amount of the last trade - mean) / std of ln amount over the trades of "
                      "300 s, itself among them",
           .null_when = "under 2 trades in the window, or all of one size"}};
}

void TradeSizeFamily::on_trade(const TradeEvent& trade) {
  window_.push({trade.time, std::log(trade.amount)});
}

double TradeSizeFamily::score() const {
  if (window_.count(0) < 2) return kNull;
  const Moments amounts = window_.sums(0).moments;
  const auto& entries = window_.entries();
  const auto largest = [&] {
    double most = 0;
    for (int64_t i = window_.first_of(0); i < entries.end(); ++i) {
      most = std::max(most, std::abs(entries[i].value));
    }
    return most;
  };
  if (amounts.is_constant(largest)) return kNull;
  const double n = static_cast<double>(amounts.count);
  const DoubleDouble last = DoubleDouble{n, 0} * DoubleDouble{entries.back().value, 0};
  return (last - amounts.sum.precise()).value() / n / amounts.sample_deviation();
}

void TradeSizeFamily::write(const RowMoment& moment, RowWriter& row) {
  window_.move_to(moment.label, moment.is_per_event);
  if (scored_ != window_.extent(0)) {
    scored_ = window_.extent(0);
    score_ = score();
  }
  row.number(score_);
}

}  // namespace daedalus
