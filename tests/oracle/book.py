"""A full-depth book of exact integers: price * 10^P to size * 10^S."""

import bisect

from .bronze import scaled


class Side:
    """Prices in ascending order of rank, with their sizes."""

    def __init__(self, is_bid):
        self.sign = -1 if is_bid else 1
        self.ranks = []   # sign * price, ascending: the best first.
        self.sizes = {}

    def set(self, price, size):
        known = price in self.sizes
        if size:
            self.sizes[price] = size
            if not known:
                bisect.insort(self.ranks, self.sign * price)
        elif known:
            del self.sizes[price]
            del self.ranks[bisect.bisect_left(self.ranks, self.sign * price)]

    def __len__(self):
        return len(self.ranks)

    def __iter__(self):
        """(price, size) from the best level on."""
        for rank in self.ranks:
            yield self.sign * rank, self.sizes[self.sign * rank]

    def top(self, count):
        return [(self.sign * rank, self.sizes[self.sign * rank]) for rank in self.ranks[:count]]


class Book:
    def __init__(self, price_decimals, size_decimals):
        self.price_unit = 10 ** price_decimals
        self.size_unit = 10 ** size_decimals
        self.price_decimals = price_decimals
        self.size_decimals = size_decimals
        self.clear()

    def clear(self):
        self.bids, self.asks = Side(True), Side(False)

    def apply(self, row):
        """A snapshot or checkpoint replaces everything; a delta sets levels, size 0 removes."""
        if row["kind"] in ("snapshot", "checkpoint"):
            self.clear()
        for side, levels in ((self.bids, row["bids"]), (self.asks, row["asks"])):
            for level in levels:
                side.set(scaled(level["price"], self.price_decimals),
                         scaled(level["size"], self.size_decimals))

    def state(self):
        if not self.bids or not self.asks:
            return "one_sided"
        bid, ask = self.bids.top(1)[0][0], self.asks.top(1)[0][0]
        return "crossed" if bid > ask else "locked" if bid == ask else "ok"

    def twice_mid(self):
        """Best bid + best ask in price units; None unless the book is ok or locked."""
        if self.state() not in ("ok", "locked"):
            return None
        return self.bids.top(1)[0][0] + self.asks.top(1)[0][0]
