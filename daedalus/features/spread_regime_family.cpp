#include "daedalus/features/spread_regime_family.hpp"

#include <algorithm>

namespace daedalus {
namespace {

/// A config's number as it was written there; numbers no spread comes near end at the nearest
/// decimal.
Decimal exact_threshold(double value) {
  if (const auto decimal = shortest_decimal(value)) return *decimal;
  return value < 1 ? Decimal{0, 0} : Decimal{kPowersOfTen[18] - 1, 0};
}

/// Twice the mid-rank: 2 below + equal.
int64_t twice_rank(const RankedDecimals::Rank& rank) {
  return 2 * rank.below + rank.equal;
}

/// twice_rank / (2 count) against a percentile: below 0, 0 or above 0.
Wide compare(const RankedDecimals::Rank& rank, int64_t count, const Decimal& percentile) {
  return static_cast<Wide>(twice_rank(rank)) * kPowersOfTen[percentile.scale] -
         static_cast<Wide>(2 * count) * percentile.mantissa;
}

/// spread_bps against a threshold: below 0, 0 or above 0.
Wide compare_bps(const Decimal& spread, const Decimal& twice_mid, const Decimal& bps) {
  Wide scaled = 0;  // What has no room is far above: the other side always has.
  if (__builtin_mul_overflow(static_cast<Wide>(20'000) * spread.mantissa,
                             static_cast<Wide>(kPowersOfTen[bps.scale]), &scaled)) {
    return 1;
  }
  return scaled - static_cast<Wide>(bps.mantissa) * twice_mid.mantissa;
}

}  // namespace

SpreadRegimeFamily::SpreadRegimeFamily(const FeatureParameters& parameters)
    : window_ns_(parameters.spread_regime_window_s * kNanosPerSecond),
      is_dynamic_(parameters.use_dynamic_spread_regime),
      tight_percentile_(exact_threshold(parameters.spread_tight_percentile)),
      wide_percentile_(exact_threshold(parameters.spread_wide_percentile)),
      tight_bps_(exact_threshold(parameters.tight_spread_threshold_bps)),
      wide_bps_(exact_threshold(parameters.wide_spread_threshold_bps)) {}

std::vector<FeatureColumn> SpreadRegimeFamily::columns(const FeatureParameters& parameters) {
  const std::string_view formula = parameters.use_dynamic_spread_regime
                                       ? "tight if spread_percentile <= spread_tight_percentile, "
                                         "wide if >= spread_wide_percentile, else normal"
                                       : "tight if spread_bps <= tight_spread_threshold_bps, "
                                         "wide if >= wide_spread_threshold_bps, else normal";
  return {{.name = "spread_percentile",
           .unit = "1",
           .formula = "mid-rank (below + equal / 2) / n of the spread among the samples per second "
                      "of spread_regime_window, exact",
           .null_when = "no spread, no sample"},
          {.name = "spread_regime",
           .unit = "name",
           .formula = formula,
           .type = ColumnType::utf8,
           .null_when = "no spread; no sample, unless the thresholds are fixed"},
          {.name = "spread_regime_tight_frac",
           .unit = "1",
           .formula = "share of the window's samples that were tight",
           .null_when = "no sample in the window"},
          {.name = "spread_regime_wide_frac",
           .unit = "1",
           .formula = "share of the window's samples that were wide",
           .null_when = "no sample in the window"}};
}

void SpreadRegimeFamily::on_book_break() {
  samples_.clear();
  spreads_.clear();
  for (int64_t& count : regime_counts_) count = 0;
  last_rank_.reset();
}

SpreadRegimeFamily::Regime SpreadRegimeFamily::regime_of(const RankedDecimals::Rank& rank) const {
  if (compare(rank, spreads_.size(), tight_percentile_) <= 0) return Regime::tight;
  if (compare(rank, spreads_.size(), wide_percentile_) >= 0) return Regime::wide;
  return Regime::normal;
}

SpreadRegimeFamily::Regime SpreadRegimeFamily::fixed_regime_of(const Decimal& spread,
                                                               const Decimal& twice_mid) const {
  if (compare_bps(spread, twice_mid, tight_bps_) <= 0) return Regime::tight;
  if (compare_bps(spread, twice_mid, wide_bps_) >= 0) return Regime::wide;
  return Regime::normal;
}

void SpreadRegimeFamily::move_to(UnixNanos moment) {
  while (!samples_.empty()) {
    const Sample& oldest = samples_[samples_.first()];
    if (oldest.time.value > moment.value - window_ns_) return;
    spreads_.remove(oldest.spread);
    --regime_counts_[static_cast<size_t>(oldest.regime)];
    samples_.pop_front();
    last_rank_.reset();
  }
}

void SpreadRegimeFamily::on_second(UnixNanos second, const SecondSample* sample) {
  if (sample == nullptr) return;
  move_to(second);
  spreads_.add(sample->spread);
  const Regime regime = is_dynamic_ ? regime_of(spreads_.rank(sample->spread))
                                    : fixed_regime_of(sample->spread, sample->twice_mid);
  samples_.push_back({second, sample->spread, regime});
  ++regime_counts_[static_cast<size_t>(regime)];
  last_rank_.reset();
}

double SpreadRegimeFamily::share_of(Regime regime) const {
  return ratio(regime_counts_[static_cast<size_t>(regime)], spreads_.size());
}

std::string_view SpreadRegimeFamily::regime_name(const Decimal& spread,
                                                 const Decimal& twice_mid) const {
  constexpr std::string_view kNames[] = {"tight", "normal", "wide"};
  if (!is_dynamic_) return kNames[static_cast<size_t>(fixed_regime_of(spread, twice_mid))];
  return spreads_.size() == 0 ? "" : kNames[static_cast<size_t>(regime_of(*last_rank_))];
}

void SpreadRegimeFamily::write(const RowMoment& moment, RowWriter& row) {
  move_to(moment.label);
  const auto scale = static_cast<int8_t>(moment.book.price_scale);
  if (!moment.book.has_mid()) {
    row.number(kNull);
    row.text_or_null({});
  } else {
    const Decimal spread{moment.book.spread(), scale};
    if (!last_rank_ || spread != last_spread_) last_rank_ = spreads_.rank(spread);
    last_spread_ = spread;
    row.number(ratio(twice_rank(*last_rank_), 2 * spreads_.size()));
    row.text_or_null(regime_name(spread, {moment.book.twice_mid(), scale}));
  }
  row.number(share_of(Regime::tight));
  row.number(share_of(Regime::wide));
}

void SpreadRegimeFamily::save(StateWriter& out) const {
  out.integer(samples_.size());
  for (int64_t i = samples_.first(); i < samples_.end(); ++i) {
    out.integer(samples_[i].time.value);
    save_decimal(out, samples_[i].spread);
    out.integer(static_cast<int8_t>(samples_[i].regime));
  }
}

void SpreadRegimeFamily::load(StateReader& in) {
  on_book_break();
  for (size_t left = in.count(); left > 0; --left) {
    Sample sample;
    sample.time.value = in.integer();
    sample.spread = load_decimal(in).value_or(Decimal{});
    sample.regime = static_cast<Regime>(std::clamp(in.integer<int>(), 0, 2));
    samples_.push_back(sample);
    spreads_.add(sample.spread);
    ++regime_counts_[static_cast<size_t>(sample.regime)];
  }
}

}  // namespace daedalus
