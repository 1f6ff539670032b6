#include "daedalus/features/derivatives_family.hpp"

#include <fmt/format.h>

namespace daedalus {
namespace {

constexpr std::string_view kNever = "the venue has not told it in this stretch; spot";

double number_of(const std::optional<Decimal>& value) {
  return value ? to_double(*value) : kNull;
}

/// 1e4 (mark - index) / index, the difference exact.
double basis_bps(const std::optional<Decimal>& mark, const std::optional<Decimal>& index) {
  if (!mark || !index || index->is_zero()) return kNull;
  return 1e4 * to_double(difference(*mark, *index)) / to_double(*index);
}

}  // namespace

void DerivativesFamily::Liquidation::save(StateWriter& out) const {
  out.integer(time.value);
  out.boolean(side == Side::buy);
  save_decimal(out, amount);
}

DerivativesFamily::Liquidation DerivativesFamily::Liquidation::load(StateReader& in) {
  Liquidation loaded;
  loaded.time.value = in.integer();
  loaded.side = in.boolean() ? Side::buy : Side::sell;
  loaded.amount = load_decimal(in).value_or(Decimal{});
  return loaded;
}

void DerivativesFamily::Sums::save(StateWriter& out) const {
  buy.save(out);
  sell.save(out);
}

DerivativesFamily::Sums DerivativesFamily::Sums::load(StateReader& in) {
  Sums loaded;
  loaded.buy = ScaledSum::load(in);
  loaded.sell = ScaledSum::load(in);
  return loaded;
}

std::vector<FeatureColumn> DerivativesFamily::columns(const FeatureParameters& parameters) {
  std::vector<FeatureColumn> columns;
  const auto add = [&](std::string name, std::string_view unit, std::string_view formula) {
    columns.push_back(
        {.name = std::move(name), .unit = unit, .formula = formula, .null_when = kNever});
  };
  add("mark_price", "quote", "last value told before the row");
  add("index_price", "quote", "last value told before the row");
  add("funding_rate", "1", "last value told before the row, of its funding interval");
  add("open_interest", "venue unit", "last value told before the row");
  add("basis_bps", "bps", "1e4 (mark_price - index_price) / index_price");
  for (const int h : parameters.rolling_windows_s) {
    add(fmt::format("liq_buy_{}s", h), "venue unit",
        "sum of liquidations filled by buying, in the window");
    add(fmt::format("liq_sell_{}s", h), "venue unit",
        "sum of liquidations filled by selling, in the window");
  }
  return columns;
}

void DerivativesFamily::on_derivative(const DerivativeInput& input) {
  const DerivativeUpdate& update = input.update;
  if (update.mark_price) mark_ = update.mark_price;
  if (update.index_price) index_ = update.index_price;
  if (update.funding_rate) funding_ = update.funding_rate;
  if (update.open_interest) open_interest_ = update.open_interest;
  if (!update.liquidation_side || !update.liquidation_amount) return;
  has_liquidations_ = true;
  windows_.push({input.capture_time, *update.liquidation_side, *update.liquidation_amount});
}

void DerivativesFamily::on_derivatives_break() {
  mark_.reset();
  index_.reset();
  funding_.reset();
  open_interest_.reset();
  has_liquidations_ = false;
  windows_.clear();
}

void DerivativesFamily::write(const RowMoment& moment, RowWriter& row) {
  row.number(number_of(mark_));
  row.number(number_of(index_));
  row.number(number_of(funding_));
  row.number(number_of(open_interest_));
  row.number(basis_bps(mark_, index_));
  if (!has_liquidations_) return row.nulls(2 * window_count_);
  windows_.move_to(moment.label, moment.is_per_event);
  for (size_t window = 0; window < window_count_; ++window) {
    const Sums sums = windows_.sums(window);
    row.number(sums.buy.to_double());
    row.number(sums.sell.to_double());
  }
}

void DerivativesFamily::save(StateWriter& out) const {
  windows_.save(out);
  out.boolean(has_liquidations_);
  for (const auto* value : {&mark_, &index_, &funding_, &open_interest_}) save_decimal(out, *value);
}

void DerivativesFamily::load(StateReader& in) {
  windows_.load(in);
  has_liquidations_ = in.boolean();
  for (auto* value : {&mark_, &index_, &funding_, &open_interest_}) *value = load_decimal(in);
}

}  // namespace daedalus
