#include <algorithm>

#include "daedalus/features/book_event.hpp"

namespace daedalus {
namespace {

/// Far beyond every price: where a rank that does not exist stands.
constexpr int64_t kFar = std::numeric_limits<int64_t>::max();

/// What a side's rank contributes when its price and size change; `better` says whether the new
/// price is nearer to the mid. Source: Cont, Kukanov, Stoikov 2014, equation 4.
int64_t side_step(const BookLevel& before, const BookLevel& now, bool is_bid) {
  if (now.price == before.price) return now.size - before.size;
  const bool better = is_bid ? now.price > before.price : now.price < before.price;
  return better ? now.size : -before.size;
}

BookLevel rank(std::span<const BookLevel> levels, size_t i, bool is_bid) {
  return i < levels.size() ? levels[i] : BookLevel{is_bid ? -kFar : kFar, 0};
}

int64_t scaled(int64_t value, int64_t factor) {
  int64_t result = 0;
  return __builtin_mul_overflow(value, factor, &result) ? kFar : result;
}

void save_levels(StateWriter& out, const std::vector<BookLevel>& levels) {
  out.integer(levels.size());
  for (const BookLevel& level : levels) {
    out.integer(level.price);
    out.integer(level.size);
  }
}

std::vector<BookLevel> load_levels(StateReader& in) {
  std::vector<BookLevel> levels(in.count());
  for (BookLevel& level : levels) {
    level.price = in.integer();
    level.size = in.integer();
  }
  return levels;
}

}  // namespace

double FlowTotals::since(const FlowTotals& earlier, size_t i) const {
  return to_double(WideDecimal{gained_since(earlier, i), size_scale});
}

double FlowTotals::weighted_since(const FlowTotals& earlier,
                                  std::span<const double> weights) const {
  double sum = 0;
  for (size_t i = 0; i < by_level.size(); ++i) sum += weights[i] * since(earlier, i);
  return sum;
}

std::vector<double> decay_weights(double alpha, size_t levels) {
  std::vector<double> weights;
  for (size_t i = 0; i < levels; ++i) weights.push_back(std::exp(-alpha * static_cast<double>(i)));
  return weights;
}

void FlowTotals::raise_scale(int scale) {
  if (scale <= size_scale) return;
  for (Wide& total : by_level) total *= kPowersOfTen[scale - size_scale];
  size_scale = scale;
}

void FlowTotals::save(StateWriter& out) const {
  out.integer(size_scale);
  for (const Wide total : by_level) save_wide(out, total);
}

FlowTotals FlowTotals::load(StateReader& in, size_t levels) {
  FlowTotals totals(levels);
  totals.size_scale = std::clamp(in.integer<int>(), 0, kMaxDecimalScale);
  for (Wide& total : totals.by_level) total = load_wide(in);
  return totals;
}

void EventSteps::rescale_last(const BookEvent& event) {
  if (event.price_scale == price_scale_ && event.size_scale == size_scale_) return;
  const int64_t price_factor = kPowersOfTen[event.price_scale - price_scale_];
  const int64_t size_factor = kPowersOfTen[event.size_scale - size_scale_];
  for (std::vector<BookLevel>* levels : {&last_bids_, &last_asks_}) {
    for (BookLevel& level : *levels) {
      level = {scaled(level.price, price_factor), scaled(level.size, size_factor)};
    }
  }
  price_scale_ = event.price_scale;
  size_scale_ = event.size_scale;
  totals_.raise_scale(event.size_scale);
}

void EventSteps::keep(const BookEvent& event) {
  last_bids_.assign(event.bids.begin(), event.bids.end());
  last_asks_.assign(event.asks.begin(), event.asks.end());
  has_last_ = true;
  is_touched_since_last_ = false;
}

void EventSteps::on_book_event(BookEvent& event) {
  rescale_last(event);
  is_touched_since_last_ |= event.is_top_touched;
  if (!event.has_mid) return;
  if (!has_last_) return keep(event);
  event.has_step = true;
  event.log_return = 0;
  if (!is_touched_since_last_) return;
  const double unit = static_cast<double>(kPowersOfTen[event.size_scale]);
  for (size_t i = 0; i < totals_.by_level.size(); ++i) {
    const int64_t step = side_step(rank(last_bids_, i, true), rank(event.bids, i, true), true) -
                         side_step(rank(last_asks_, i, false), rank(event.asks, i, false), false);
    totals_.by_level[i] += step;
    event.mlofi_step += weights_[i] * (static_cast<double>(step) / unit);
    if (i == 0) event.ofi_step = step;
  }
  const Decimal before{last_bids_[0].price + last_asks_[0].price,
                       static_cast<int8_t>(price_scale_)};
  event.log_return = log_return(event.twice_mid(), before);
  keep(event);
}

void EventSteps::save(StateWriter& out) const {
  totals_.save(out);
  save_levels(out, last_bids_);
  save_levels(out, last_asks_);
  out.integer(price_scale_);
  out.integer(size_scale_);
  out.boolean(has_last_);
  out.boolean(is_touched_since_last_);
}

void EventSteps::load(StateReader& in) {
  totals_ = FlowTotals::load(in, totals_.by_level.size());
  last_bids_ = load_levels(in);
  last_asks_ = load_levels(in);
  price_scale_ = in.integer<int>();
  size_scale_ = in.integer<int>();
  has_last_ = in.boolean() && !last_bids_.empty() && !last_asks_.empty();
  is_touched_since_last_ = in.boolean();
}

}  // namespace daedalus
