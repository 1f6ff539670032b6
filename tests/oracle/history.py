"""What a stretch remembers, in order of time, and the windows over it."""

import bisect
import math
import operator

from .stream import SECOND

CONSTANT = 10 ** 24   # Squared deviations up to n * max^2 / CONSTANT count as none.


class History:
    """Times with columns: `summed` ones keep exact running sums (integers or fractions), `kept` ones their values."""

    def __init__(self, summed=(), kept=()):
        self.summed, self.kept = tuple(summed), tuple(kept)
        self.clear()

    def clear(self):
        self.times = []
        self.totals = {name: [0] for name in self.summed}
        self.values = {name: [] for name in self.kept}

    def append(self, time_ns, **values):
        self.times.append(time_ns)
        for name in self.summed:
            self.totals[name].append(self.totals[name][-1] + values[name])
        for name in self.kept:
            self.values[name].append(values[name])

    def __len__(self):
        return len(self.times)

    def first(self, bound_ns, inclusive):
        """Place of the first entry of a window that begins at `bound_ns` (behind it, where the end is inclusive)."""
        find = bisect.bisect_right if inclusive else bisect.bisect_left
        return find(self.times, bound_ns)

    def sum(self, name, begin, end=None):
        totals = self.totals[name]
        return totals[len(self.times) if end is None else end] - totals[begin]

    def slice(self, name, begin, end=None):
        return self.values[name][begin:end]


class Moment:
    """The moment a row speaks of: its label, and whether events at that very time lie before it."""

    def __init__(self, label_ns, inclusive):
        self.label_ns, self.inclusive = label_ns, inclusive

    def bound(self, seconds):
        return self.label_ns - int(seconds * SECOND)

    def first(self, history, seconds):
        """Where the window of the last `seconds` begins in a history of events."""
        return history.first(self.bound(seconds), self.inclusive)

    def first_second(self, history, seconds):
        """The same in a history of whole seconds: those behind the bound."""
        return history.first(self.bound(seconds), True)


def mean(values):
    return math.fsum(values) / len(values) if values else None


def squared_deviations(values):
    centre = mean(values)
    return math.fsum([(value - centre) ** 2 for value in values])


def is_constant(deviations, values):
    """Whether squared deviations of the values are nothing but rounding."""
    return deviations * CONSTANT <= len(values) * max(max(values), -min(values)) ** 2


def deviation(values):
    """Sample standard deviation; None under two values."""
    if len(values) < 2:
        return None
    return math.sqrt(squared_deviations(values) / (len(values) - 1))


def mean_square(values):
    """The size of what a sample variance is a difference of."""
    return sum(map(operator.mul, values, values)) / max(1, len(values) - 1)


def mean_size(values):
    return sum(map(abs, values)) / len(values) if values else 0.0
