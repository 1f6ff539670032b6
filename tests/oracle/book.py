"""A full-depth book as two dictionaries of exact integers: price * 10^P to size * 10^S."""

from fractions import Fraction

from .bronze import scaled


class Book:
    def __init__(self, price_decimals, size_decimals):
        self.price_decimals = price_decimals
        self.size_decimals = size_decimals
        self.sides = {"bids": {}, "asks": {}}
        self._sorted = {}

    def clear(self):
        self.sides = {"bids": {}, "asks": {}}
        self._sorted = {}

    def apply(self, row):
        """A snapshot or checkpoint replaces everything; a delta sets levels, size 0 removes."""
        if row["kind"] in ("snapshot", "checkpoint"):
            self.clear()
        for side in ("bids", "asks"):
            if row[side]:
                self._sorted.pop(side, None)
            for level in row[side]:
                price = scaled(level["price"], self.price_decimals)
                size = scaled(level["size"], self.size_decimals)
                if size == 0:
                    self.sides[side].pop(price, None)
                else:
                    self.sides[side][price] = size

    def levels(self, side):
        """[(price, size)] from the best on, as integers."""
        if side not in self._sorted:
            self._sorted[side] = sorted(self.sides[side].items(), reverse=side == "bids")
        return self._sorted[side]

    def state(self):
        bids, asks = self.levels("bids"), self.levels("asks")
        if not bids or not asks:
            return "one_sided"
        if bids[0][0] > asks[0][0]:
            return "crossed"
        return "locked" if bids[0][0] == asks[0][0] else "ok"

    def price(self, integer):
        """An integer price (or sum of prices) in quote, exact."""
        return Fraction(integer, 10 ** self.price_decimals)

    def size(self, integer):
        return Fraction(integer, 10 ** self.size_decimals)

    def mid(self):
        """Exact mid in quote; None unless the book is ok or locked."""
        if self.state() not in ("ok", "locked"):
            return None
        total = self.levels("bids")[0][0] + self.levels("asks")[0][0]
        return Fraction(total, 2 * 10 ** self.price_decimals)
