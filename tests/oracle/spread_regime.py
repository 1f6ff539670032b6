"""The rank of the present spread among the seconds before, and what regime it makes."""

from .history import History


def mid_rank(spread, spreads):
    """(numerator, denominator) of (below + half of equal) / n; exact spreads."""
    below = len([other for other in spreads if other < spread])
    equal = spreads.count(spread)
    return 2 * below + equal, 2 * len(spreads)


class SpreadRegime:
    def __init__(self, clock, parameters):
        self.clock, self.parameters = clock, parameters
        self.window = parameters.spread_regime_window
        if parameters.use_dynamic_spread_regime:
            names = ("spread_tight_percentile", "spread_wide_percentile")
        else:
            names = ("tight_spread_threshold_bps", "wide_spread_threshold_bps")
        self.tight, self.wide = (parameters.exact(name) for name in names)
        self.history = History(summed=("tight", "wide"))
        clock.on_sample.append(self.on_sample)

    def forget(self):
        self.history.clear()

    def on_sample(self, second_ns):
        samples = self.clock.samples
        spread, mid2 = samples.values["spread"][-1], samples.values["mid"][-1]
        begin = samples.first(second_ns - self.window * 1_000_000_000, inclusive=True)
        regime = self.regime(spread, mid2, samples.slice("spread", begin))
        self.history.append(second_ns, tight=regime == "tight", wide=regime == "wide")

    def regime(self, spread, mid2, spreads):
        if self.parameters.use_dynamic_spread_regime:
            if not spreads:
                return None
            numerator, denominator = mid_rank(spread, spreads)
        else:
            numerator, denominator = 20_000 * spread, mid2   # In bps.
        if numerator * self.tight.denominator <= self.tight.numerator * denominator:
            return "tight"
        if numerator * self.wide.denominator >= self.wide.numerator * denominator:
            return "wide"
        return "normal"

    def columns(self, moment):
        samples, walker = self.clock.samples, self.clock.walker
        out = dict.fromkeys(("spread_percentile", "spread_regime", "spread_regime_tight_frac",
                             "spread_regime_wide_frac"))
        spreads = samples.slice("spread", moment.first_second(samples, self.window))
        mid2 = walker.present_mid()
        if mid2 is not None:
            spread = walker.book.asks.top(1)[0][0] - walker.book.bids.top(1)[0][0]
            out["spread_regime"] = self.regime(spread, mid2, spreads)
            if spreads:
                numerator, denominator = mid_rank(spread, spreads)
                out["spread_percentile"] = numerator / denominator
        begin = moment.first_second(self.history, self.window)
        count = len(self.history) - begin
        if count:
            out["spread_regime_tight_frac"] = self.history.sum("tight", begin) / count
            out["spread_regime_wide_frac"] = self.history.sum("wide", begin) / count
        return out
