"""VPIN over volume buckets (Easley, Lopez de Prado, O'Hara 2012), in exact fractions."""

import collections
from fractions import Fraction

from .parameters import decimal_fraction
from .stream import SECOND

DAY = 86_400 * SECOND
WARM_UP = 600 * SECOND
BUCKETS_A_DAY = 50


class BucketVolume:
    """The size V of buckets to come: a number, or from the days and, on the first one, from the first 600 s."""

    def __init__(self, parameters, size_unit, continuity):
        self.automatic = parameters.vpin_bucket_size == "auto"
        self.continuity = continuity
        self.volume = None
        if not self.automatic:
            self.volume = decimal_fraction(parameters.vpin_bucket_size) * size_unit
        self.first_ns = None     # The stream's first trade, before all gaps.
        self.day_start, self.day_sum = None, 0
        self.warm_up_sum, self.warm = 0, not self.automatic

    def scaled_to_a_day(self, total, start_ns, end_ns):
        covered = (end_ns - start_ns) - self.continuity.uncovered_ns(start_ns, end_ns)
        if total and covered > 0:
            self.volume = Fraction(total * DAY, covered * BUCKETS_A_DAY)

    def pass_time(self, time_ns):
        """Time has come to `time_ns`: midnights and the end of the warm-up that lie at or before it."""
        if not self.automatic or self.first_ns is None:
            return
        if not self.warm and time_ns >= self.first_ns + WARM_UP:
            end = self.first_ns + WARM_UP
            self.pass_midnights(end)
            if self.volume is None:
                self.scaled_to_a_day(self.warm_up_sum, self.first_ns, end)
            self.warm = True
        self.pass_midnights(time_ns)

    def pass_midnights(self, time_ns):
        while self.day_start + DAY <= time_ns:
            self.scaled_to_a_day(self.day_sum, max(self.day_start, self.first_ns), self.day_start + DAY)
            self.day_start, self.day_sum = self.day_start + DAY, 0

    def add(self, time_ns, amount):
        """A trade that feeds; `pass_time` has been called with its time."""
        if self.first_ns is None:
            self.first_ns, self.day_start = time_ns, time_ns // DAY * DAY
        self.day_sum += amount
        if not self.warm:
            self.warm_up_sum += amount


class Vpin:
    def __init__(self, parameters, size_unit, continuity):
        self.size = BucketVolume(parameters, size_unit, continuity)
        self.enabled = parameters.enable_vpin
        self.window = parameters.vpin_window_buckets
        self.forget()

    def forget(self):
        self.full = collections.deque(maxlen=self.window)   # |B - S| / V of full buckets.
        self.bucket = None    # [V, volume so far, buys - sells] of the one that has begun.
        self.last_price, self.tick = None, 0

    def on_trade(self, trade):
        """A trade that feeds, before the continuity of its channel knows it."""
        self.size.pass_time(trade.time_ns)
        self.size.add(trade.time_ns, trade.amount)
        if self.last_price is not None and trade.price != self.last_price:
            self.tick = 1 if trade.price > self.last_price else -1
        self.last_price = trade.price
        sign = trade.sign or self.tick
        if sign and self.size.warm and self.size.volume:
            self.fill(Fraction(trade.amount), sign)

    def fill(self, rest, sign):
        if self.bucket is not None:
            rest = self.pour(rest, sign)
        if rest == 0:
            return
        volume = self.size.volume
        whole = rest // volume
        self.full.extend([Fraction(1)] * min(whole, self.window))
        rest -= whole * volume
        if rest:
            self.bucket = [volume, rest, sign * rest]

    def pour(self, rest, sign):
        """Into the bucket that has begun; what is left."""
        volume, filled, balance = self.bucket
        part = min(volume - filled, rest)
        self.bucket = [volume, filled + part, balance + sign * part]
        if filled + part == volume:
            self.full.append(abs(balance + sign * part) / volume)
            self.bucket = None
        return rest - part

    def value(self):
        if not self.enabled or not self.full:
            return None
        return float(sum(self.full) / len(self.full))
