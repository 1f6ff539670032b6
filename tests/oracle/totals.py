"""Exact sums over the last h seconds: the difference of two running totals, which are fractions."""

import bisect
from fractions import Fraction

from .stream import SECOND


class Totals:
    """Running totals of named numbers by time; a name that an entry leaves out adds 0."""

    def __init__(self, *names):
        self.names = names
        self.clear()

    def clear(self):
        self.times = []
        self.running = [dict.fromkeys(self.names, Fraction(0))]

    def add(self, time_ns, **values):
        last = self.running[-1]
        self.times.append(time_ns)
        self.running.append({name: last[name] + Fraction(values[name]) if name in values else
                             last[name] for name in self.names})

    def last(self, time_ns, horizon_s):
        """The totals of entries with time - h < t <= time, as the entries stand now."""
        first = bisect.bisect_right(self.times, time_ns - horizon_s * SECOND)
        before, now = self.running[first], self.running[-1]
        return {name: now[name] - before[name] for name in self.names}
