"""The book through its events: stretches, the last good state, and the steps from one good state to the next."""

import bisect
import math

from .book import Book
from .bronze import book_decimals
from .parameters import DEFAULT
from .stream import Continuity

CHANGED_RANKS = 10   # Sizes added and removed count at ranks below this one.


def side_step(before, now, is_bid):
    """Cont's delta of one side at one rank: (price, size) or None where the rank does not exist."""
    far = -math.inf if is_bid else math.inf
    old_price, old_size = before if before else (far, 0)
    price, size = now if now else (far, 0)
    improved = price > old_price if is_bid else price < old_price
    worsened = price < old_price if is_bid else price > old_price
    if improved:
        return size
    if worsened:
        return -old_size
    return size - old_size


def decayed(steps, unit, alpha=DEFAULT.ofi_decay_alpha):
    """Sum of exp(-alpha i) times the step of level i, in size."""
    return math.fsum(math.exp(-alpha * i) * (step / unit) for i, step in enumerate(steps))


def rank(levels, i):
    return levels[i] if i < len(levels) else None


def gained(levels, sizes_before):
    """Size that the prices of `levels` gained since, absent prices having had none."""
    return sum(max(0, size - sizes_before.get(price, 0)) for price, size in levels)


class SideState:
    """A side of a good state: its first levels, and the size at each price."""

    def __init__(self, side):
        self.levels = side.top(CHANGED_RANKS)
        self.sizes = side.sizes.copy()

    def added_removed(self, side):
        """(gained by what is in the first ranks now, lost by what was in them then)."""
        return gained(side.top(CHANGED_RANKS), self.sizes), gained(self.levels, side.sizes)


class BookWalker:
    """The state that rows and bars are taken from: the book, its last good state, its steps."""

    def __init__(self, events, parameters=DEFAULT):
        self.parameters = parameters
        self.book = Book(*book_decimals(events))
        self.continuity = Continuity("orderbook",
                                     parameters.nanoseconds("max_state_staleness_seconds"))
        self.continuity.when_ended.append(self.forget)
        self.known = False   # A checkpoint says nothing new.
        self.has_image = False
        self.applied = 0     # Rows that changed the book: says whether it is still the same.
        self.forget()

    def forget(self):
        self.good = None      # (bids, asks, twice the mid) of the last good state of this stretch.
        self.good_sides = None
        self.times, self.mids = [], []  # After each event of this stretch: when, twice the mid or None.

    def on_gap(self, row, time_ns):
        self.continuity.on_gap(row, time_ns)
        if self.continuity.since is None:
            self.known = False

    def on_book(self, row, time_ns):
        """Applies a row; None (no event), or a dict: fed, good, steps, added_removed (or None), ret."""
        if row["kind"] == "checkpoint":
            if not self.known:
                self.apply(row)
            return None
        result = {"fed": False, "good": False, "steps": None, "ret": None}
        if row["kind"] == "delta" and not self.has_image:
            return result     # A change of nobody knows what.
        self.continuity.on_silence(time_ns)
        self.apply(row)
        fed = result["fed"] = self.continuity.on_data(time_ns)
        if not fed:
            return result
        mid = self.book.twice_mid()
        if mid is not None:
            self.on_good_state(mid, result)
        self.times.append(time_ns)
        self.mids.append(mid)
        return result

    def apply(self, row):
        self.book.apply(row)
        self.known = self.has_image = True
        self.applied += 1

    def on_good_state(self, mid, result):
        result["good"] = True
        book, levels = self.book, self.parameters.ofi_levels
        bids, asks = book.bids.top(levels), book.asks.top(levels)
        if self.good is not None:
            old_bids, old_asks, old_mid = self.good
            result["steps"] = [
                side_step(rank(old_bids, i), rank(bids, i), True) -
                side_step(rank(old_asks, i), rank(asks, i), False) for i in range(levels)]
            result["ret"] = math.log1p((mid - old_mid) / old_mid)
            result["added_removed"] = (self.good_sides[0].added_removed(book.bids) +
                                       self.good_sides[1].added_removed(book.asks))
        self.good = (bids, asks, mid)
        self.good_sides = SideState(book.bids), SideState(book.asks)

    def state(self):
        return "unsynced" if self.continuity.since is None else self.book.state()

    def present_mid(self):
        """Twice the mid of a book that is ok or locked, else None."""
        return self.book.twice_mid() if self.continuity.since is not None else None

    def mid_as_of(self, time_ns, inclusive):
        """Twice the mid from events before `time_ns` (up to and with it); None where younger."""
        find = bisect.bisect_right if inclusive else bisect.bisect_left
        at = find(self.times, time_ns)
        return self.mids[at - 1] if at > 0 else None
