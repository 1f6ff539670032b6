#include "daedalus/features/price_impact_family.hpp"

namespace daedalus {

std::vector<FeatureColumn> PriceImpactFamily::columns(const FeatureParameters&) {
  constexpr std::string_view kKyle = "Kyle 1985";
  constexpr std::string_view kCont = "Cont, Kukanov, Stoikov 2014";
  constexpr std::string_view kNoSlope = "under 30 intervals, constant regressor";
  constexpr std::string_view kNoFit = "under 30 intervals, constant regressor or response";
  const auto column = [](std::string_view name, std::string_view unit, std::string_view formula,
                         std::string_view source, std::string_view null_when) {
    return FeatureColumn{.name = std::string(name),
                         .unit = unit,
                         .formula = formula,
                         .source = source,
                         .null_when = null_when};
  };
  return {column("kyle_lambda", "quote/base",
                 "OLS slope of the change of m on signed trade amount, one-second intervals of the "
                 "last kyle_lambda_window",
                 kKyle, kNoSlope),
          column("kyle_lambda_r2", "1", "R^2 of that regression", kKyle, kNoFit),
          column("ofi_beta", "quote/base",
                 "OLS slope of the change of m on ofi, one-second intervals of the last "
                 "kyle_lambda_window",
                 kCont, kNoSlope),
          column("ofi_beta_r2", "1", "R^2 of that regression", kCont, kNoFit)};
}

void PriceImpactFamily::on_book_break() {
  of_trades_.clear();
  of_orders_.clear();
  twice_mid_.reset();
  signed_amount_ = {};
  order_flow_ = {};
}

void PriceImpactFamily::on_trades_break(UnixNanos) {
  of_trades_.clear();
  trades_start_ns_.reset();
  signed_amount_ = {};
}

void PriceImpactFamily::on_trade(const TradeEvent& trade) {
  if (!trades_start_ns_) trades_start_ns_ = trade.time.value;
  if (!trade.side || !trade.is_book_synced) return;
  const Wide amount = trade.exact_amount.mantissa;
  signed_amount_.add(*trade.side == Side::buy ? amount : -amount, trade.exact_amount.scale);
}

void PriceImpactFamily::on_second(UnixNanos second, const SecondSample* sample) {
  if (sample != nullptr && twice_mid_) {
    const double change = to_double(difference(sample->twice_mid, *twice_mid_)) / 2;
    of_orders_.push(second, order_flow_.to_double(), change);
    if (trades_start_ns_ && *trades_start_ns_ <= interval_start_.value) {
      of_trades_.push(second, signed_amount_.to_double(), change);
    }
  }
  twice_mid_ = sample != nullptr ? std::optional(sample->twice_mid) : std::nullopt;
  interval_start_ = second;
  signed_amount_ = {};
  order_flow_ = {};
}

void PriceImpactFamily::write(const RowMoment& moment, RowWriter& row) {
  for (RollingRegression* regression : {&of_trades_, &of_orders_}) {
    regression->move_to(moment.label);
    const LineFit& fit = regression->fit();
    row.number(fit.slope);
    row.number(fit.r2);
  }
}

void PriceImpactFamily::save(StateWriter& out) const {
  of_trades_.save(out);
  of_orders_.save(out);
  save_decimal(out, twice_mid_);
  out.optional_integer(trades_start_ns_);
  out.integer(interval_start_.value);
  signed_amount_.save(out);
  order_flow_.save(out);
}

void PriceImpactFamily::load(StateReader& in) {
  of_trades_.load(in);
  of_orders_.load(in);
  twice_mid_ = load_decimal(in);
  trades_start_ns_ = in.optional_integer();
  interval_start_.value = in.integer();
  signed_amount_ = ScaledSum::load(in);
  order_flow_ = ScaledSum::load(in);
}

}  // namespace daedalus
