"""What a book needs beside its levels: its sequence, deltas that wait for an image, how long it is crossed."""

import collections
import decimal

CROSSED_ROWS = 20
CROSSED_NS = 10**9
KEPT_AT_MOST = 20_000


class Side(dict):
    """Price to size. `choose` of two prices is the better one."""

    def __init__(self, choose):
        super().__init__()
        self.choose, self.known_best = choose, None

    def set(self, price, size):
        if size:
            self[price] = size
            if self.known_best is not None:
                self.known_best = self.choose(self.known_best, price)
        else:
            self.pop(price, None)
            if price == self.known_best:
                self.known_best = None

    def best(self):
        if self.known_best is None:
            self.known_best = self.choose(self)
        return self.known_best


class Book:
    def __init__(self):
        self.drop()

    def drop(self):
        self.synced = False
        self.bids, self.asks = Side(max), Side(min)
        self.last = None          # Sequence.
        self.bridging = False     # Synced by an image, the first delta is still to come.
        self.kept = collections.deque()
        self.crossed_rows, self.crossed_since = 0, None

    def load(self, image):
        self.bids, self.asks = Side(max), Side(min)
        self.synced, self.last = True, image["last"]
        self.bridging = image["last"] is not None
        self.apply(image)

    def apply(self, message):
        for levels, side in ((self.bids, message["bids"]), (self.asks, message["asks"])):
            for price, size in side:
                price, size = decimal.Decimal(price), decimal.Decimal(size)
                levels.set(price, size)

    def is_crossed(self):
        return bool(self.bids and self.asks) and self.bids.best() > self.asks.best()

    def crossed_too_long(self, time_ns):
        """After each row of a live book."""
        if not self.is_crossed():
            self.crossed_rows, self.crossed_since = 0, None
            return False
        self.crossed_rows += 1
        self.crossed_since = time_ns if self.crossed_since is None else self.crossed_since
        return self.crossed_rows >= CROSSED_ROWS or time_ns - self.crossed_since >= CROSSED_NS

    def levels(self):
        """Best first, as text."""
        return ([(str(p), str(self.bids[p])) for p in sorted(self.bids, reverse=True)],
                [(str(p), str(self.asks[p])) for p in sorted(self.asks)])


def follows(rule, last, delta):
    return delta["first"] <= last + 1 if rule == "range" else delta["previous"] == last


def expected_and_received(rule, last, delta):
    return (last + 1, delta["first"]) if rule == "range" else (last, delta["previous"])


def is_older(rule, sequence, delta):
    """Than the image of that sequence."""
    return delta["last"] <= sequence if rule == "range" else delta["last"] < sequence


def bridges(rule, sequence, delta):
    return delta["first"] <= sequence + 1 if rule == "range" else delta["previous"] <= sequence
