#include "daedalus/features/roll_family.hpp"

#include <algorithm>
#include <cmath>

namespace daedalus {
namespace {

constexpr int kWindowS[] = {300};

}  // namespace

RollFamily::RollFamily(const FeatureParameters&) : window_(kWindowS) {}

std::vector<FeatureColumn> RollFamily::columns(const FeatureParameters&) {
  return {{.name = "roll_spread_300s",
           .unit = "quote",
           .formula = "2 sqrt(-cov(dp_i, dp_{i-1})) over successive trade price changes of 300 s",
           .source = "Roll 1984",
           .null_when = "cov > 0, or under 3 changes in the window"}};
}

void RollFamily::on_trade(const TradeEvent& trade) {
  if (previous_price_) {
    const WideDecimal change = difference(trade.price, *previous_price_);
    if (change.scale > scale_) raise_scale(change.scale);
    window_.push(
        {trade.time, static_cast<double>(change.mantissa * kPowersOfTen[scale_ - change.scale])});
  }
  previous_price_ = trade.price;
}

void RollFamily::on_trades_break(UnixNanos) {
  window_.clear();
  previous_price_.reset();
}

/// A finer price than any before: what is in the window is told anew in its units.
void RollFamily::raise_scale(int scale) {
  const auto factor = static_cast<double>(kPowersOfTen[scale - scale_]);
  scale_ = scale;
  std::vector<Change> changes;
  for (int64_t i = window_.first_of(0); i < window_.entries().end(); ++i) {
    changes.push_back(window_.entries()[i]);
  }
  window_.clear();
  for (const Change& change : changes) window_.push({change.time, change.value * factor});
}

double RollFamily::spread() const {
  if (window_.count(0) < 3) return kNull;
  const Sums sums = window_.sums(0);
  const auto pairs = static_cast<double>(window_.count(0) - 1);
  // pairs^2 times the covariance with n, in ticks.
  const double scaled = (DoubleDouble{pairs, 0} * sums.products.precise() -
                         sums.earlier.precise() * sums.later.precise())
                            .value();
  if (scaled > 0) return kNull;
  return 2 * std::sqrt(-scaled / pairs / (pairs - 1)) / static_cast<double>(kPowersOfTen[scale_]);
}

void RollFamily::write(const RowMoment& moment, RowWriter& row) {
  window_.move_to(moment.label, moment.is_per_event);
  if (spread_of_ != window_.extent(0)) {
    spread_of_ = window_.extent(0);
    spread_ = spread();
  }
  row.number(spread_);
}

void RollFamily::Sums::enter_pair(const Change& before, const Change& change) {
  products.add_product(before.value, change.value);
  earlier.add(before.value);
  later.add(change.value);
}

void RollFamily::Sums::save(StateWriter& out) const {
  products.save(out);
  earlier.save(out);
  later.save(out);
}

RollFamily::Sums RollFamily::Sums::load(StateReader& in) {
  Sums loaded;
  loaded.products = ExactSum::load(in);
  loaded.earlier = ExactSum::load(in);
  loaded.later = ExactSum::load(in);
  return loaded;
}

void RollFamily::save(StateWriter& out) const {
  window_.save(out);
  save_decimal(out, previous_price_);
  out.integer(scale_);
}

void RollFamily::load(StateReader& in) {
  window_.load(in);
  previous_price_ = load_decimal(in);
  scale_ = std::clamp(in.integer<int>(), 0, kMaxDecimalScale);
}

}  // namespace daedalus
