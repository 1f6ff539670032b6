"""The second clock: a sample of the book at each whole second, the one-second intervals between them, and what is
said of them: mean spread, slopes, centre of gravity, depth, variance ratio and autocorrelation."""

import math

from .history import (History, deviation, is_constant, mean, mean_size, mean_square,
                      squared_deviations)
from .stream import SECOND
from .structural import Units, centre_of_gravity, depth_within, slope_regression

SHAPE_WINDOW = 60
RETURN_WINDOW = 300
LONG_RETURN = 5    # Seconds of the variance ratio's long returns.


def sample_of(book, depth_levels):
    """What the second clock needs of a good book."""
    mid2 = book.twice_mid()
    bids, asks = book.bids.top(10), book.asks.top(10)
    spread = asks[0][0] - bids[0][0]
    units = Units(book)
    _, cog = centre_of_gravity(book.bids.top(depth_levels), book.asks.top(depth_levels), units)
    depth = depth_within(book, mid2, 5)
    return {"mid": mid2, "spread": spread, "relative_spread": 2 * spread / mid2, "cog": cog,
            "bid_slope": slope_regression(bids, mid2, units),
            "ask_slope": slope_regression(asks, mid2, units),
            "depth": depth, "depth_squared": depth * depth}


class SecondClock:
    """Takes samples as time passes; tells its listeners of each one and of each interval."""

    def __init__(self, walker, steps):
        self.walker, self.steps = walker, steps
        self.samples = History(summed=("depth", "depth_squared"),
                               kept=("mid", "spread", "relative_spread", "cog", "bid_slope", "ask_slope"))
        self.intervals = History(kept=("ret",))
        self.next_ns = None
        self.on_sample, self.on_interval = [], []
        self.of_book, self.taken = None, None

    def forget(self):
        self.samples.clear()
        self.intervals.clear()

    def pass_time(self, until_ns):
        """Takes the samples of all seconds up to `until_ns`; events at that very time are still to come."""
        if self.next_ns is None:
            self.next_ns = until_ns // SECOND * SECOND + SECOND
        while self.next_ns <= until_ns:
            self.take(self.next_ns)
            self.next_ns += SECOND

    def take(self, second_ns):
        self.walker.continuity.on_silence(second_ns)
        if self.walker.present_mid() is None:
            return
        if self.of_book != self.walker.applied:
            self.of_book = self.walker.applied
            self.taken = sample_of(self.walker.book, self.walker.parameters.depth_levels)
        self.samples.append(second_ns, **self.taken)
        for listener in self.on_sample:
            listener(second_ns)
        if len(self.samples) > 1 and self.samples.times[-2] == second_ns - SECOND:
            self.take_interval(second_ns)

    def take_interval(self, second_ns):
        before, now = self.samples.values["mid"][-2:]
        change = now - before
        self.intervals.append(second_ns, ret=math.log1p(change / before))
        begin = self.steps.first(second_ns - SECOND, inclusive=False)
        for listener in self.on_interval:
            listener(second_ns, change, self.steps.sum("ofi_0", begin))


def present(values):
    return [value for value in values if value is not None]


def spread_columns(clock, moment, window):
    begin = moment.first_second(clock.samples, window)
    return {f"mean_spread_{window}s": mean(clock.samples.slice("relative_spread", begin))}


def shape_columns(clock, moment, cog_now, parameters, operands):
    """Means and deviations of slope, centre of gravity and depth over the seconds."""
    samples, out = clock.samples, {}
    begin = moment.first_second(samples, SHAPE_WINDOW)
    for column, name in (("bid_slope", "bid_slope"), ("ask_slope", "ask_slope"), ("cog", "cog_momentum")):
        values = present(samples.slice(column, begin))
        out[f"{name}_mean_60s"] = mean(values)
        out[f"{name}_std_60s"] = deviation(values)
        if column != "cog":
            operands[f"{name}_mean_60s"] = mean_size(values)
        operands[f"{name}_std_60s"] = mean_square(values)
    before = (moment.label_ns // SECOND - SHAPE_WINDOW) * SECOND
    at = samples.first(before, inclusive=False)
    known = at < len(samples) and samples.times[at] == before and cog_now is not None
    out["cog_change_60s"] = cog_now - samples.values["cog"][at] if known else None

    begin = moment.first_second(samples, parameters.spread_regime_window)
    count, unit = len(samples) - begin, clock.walker.book.size_unit
    total, squares = samples.sum("depth", begin), samples.sum("depth_squared", begin)
    out["depth_0_5bps_sigma"] = None
    if count > 1:
        variance = (count * squares - total * total) / (count * (count - 1) * unit * unit)
        out["depth_0_5bps_sigma"] = math.sqrt(variance)
        operands["depth_0_5bps_sigma"] = squares / ((count - 1) * unit * unit)
    return out


def runs(seconds, values):
    """The values as lists of those whose seconds follow each other."""
    found = []
    for index, value in enumerate(values):
        if index and seconds[index] == seconds[index - 1] + SECOND:
            found[-1].append(value)
        else:
            found.append([value])
    return found


def variance_ratio(returns, following):
    """`following`: the returns as runs of seconds that follow each other."""
    if len(returns) < 60:
        return None
    deviations = squared_deviations(returns)
    if is_constant(deviations, returns):
        return None
    long = [math.fsum(run[i:i + LONG_RETURN]) for run in following
            for i in range(len(run) - LONG_RETURN + 1)]
    if len(long) < 2:
        return None
    return (squared_deviations(long) / (len(long) - 1)) / (
        LONG_RETURN * deviations / (len(returns) - 1))


def autocorrelation(returns, following):
    if len(returns) < 30:
        return None
    deviations = squared_deviations(returns)
    if is_constant(deviations, returns):
        return None
    centre = mean(returns)
    return math.fsum([(run[i] - centre) * (run[i + 1] - centre) for run in following
                      for i in range(len(run) - 1)]) / deviations


def return_columns(clock, moment):
    begin = moment.first_second(clock.intervals, RETURN_WINDOW)
    returns = clock.intervals.slice("ret", begin)
    following = runs(clock.intervals.times[begin:], returns)
    return {"variance_ratio_300s": variance_ratio(returns, following),
            "return_autocorr_300s": autocorrelation(returns, following)}
