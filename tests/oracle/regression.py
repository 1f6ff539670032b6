"""kyle_lambda and ofi_beta: what one second's signed flow does to the mid (Kyle 1985; Cont, Kukanov, Stoikov 2014)."""

import math

from .history import CONSTANT, History
from .stream import SECOND

FEWEST_INTERVALS = 30


class Intervals:
    """Regressor and response of each interval, as exact integers."""

    def __init__(self):
        self.history = History(summed=("x", "y", "xx", "xy", "yy"), kept=("x", "y"))

    def append(self, second_ns, x, y):
        self.history.append(second_ns, x=x, y=y, xx=x * x, xy=x * y, yy=y * y)


def is_constant(spread, values):
    """`spread` is n times the sum of squared deviations of the n values."""
    if spread == 0:
        return True
    return spread * CONSTANT <= (len(values) * max(max(values), -min(values))) ** 2


def regression(intervals, moment, window):
    """(slope, R^2, size of the slope's operands) of y on x with an intercept, in the units of the integers."""
    history = intervals.history
    begin = moment.first_second(history, window)
    n = len(history) - begin
    if n < FEWEST_INTERVALS:
        return None, None, 0.0
    x, y = history.sum("x", begin), history.sum("y", begin)
    sxx = n * history.sum("xx", begin) - x * x
    sxy = n * history.sum("xy", begin) - x * y
    syy = n * history.sum("yy", begin) - y * y
    if is_constant(sxx, history.slice("x", begin)):
        return None, None, 0.0
    if is_constant(syy, history.slice("y", begin)):
        return 0.0, None, 0.0
    return sxy / sxx, sxy * sxy / (sxx * syy), math.sqrt(syy / sxx)


class PriceImpact:
    """Both regressions. Kyle's forgets at a break of either channel, the other at one of the book."""

    def __init__(self, clock, trades):
        self.clock, self.trades = clock, trades
        self.signed, self.flow = Intervals(), Intervals()
        clock.on_interval.append(self.on_interval)

    def on_interval(self, second_ns, change, ofi):
        self.flow.append(second_ns, ofi, change)
        since = self.trades.continuity.since
        if since is not None and since <= second_ns - SECOND:
            history = self.trades.history
            begin = history.first(second_ns - SECOND, inclusive=False)
            self.signed.append(second_ns, history.sum("buy", begin) - history.sum("sell", begin), change)

    def forget_book(self):
        self.flow.history.clear()

    def forget_either(self):
        self.signed.history.clear()

    def columns(self, moment, window, operands):
        out, book = {}, self.clock.walker.book
        scale = book.size_unit / (2 * book.price_unit)
        for name, r2, intervals in (("kyle_lambda", "kyle_lambda_r2", self.signed),
                                    ("ofi_beta", "ofi_beta_r2", self.flow)):
            slope, out[r2], size = regression(intervals, moment, window)
            out[name] = None if slope is None else slope * scale
            operands[name] = size * scale
        return out
