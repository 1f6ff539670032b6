"""silver/orderbook: sections 1.1 to 1.3, row by row, from bronze events in the order of all."""

import bisect
import datetime
import math
from fractions import Fraction

from .book import Book
from .bronze import book_decimals
from .stream import SECOND, STALENESS_NS, Continuity
from .structural import ratio, structural

OFI_LEVELS = 10
OFI_DECAY_ALPHA = 0.5
STEPS = (["log_return", "log_return_step", "ofi", "ofi_step"] +
         [f"ofi_L{i}" for i in range(OFI_LEVELS)] +
         ["ofi_multi", "mlofi", "mlofi_step", "mlofi_decay", "ofi_depth_norm"])


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


def decayed(steps, unit):
    """Sum of exp(-alpha i) times the step of level i, in size."""
    return math.fsum(math.exp(-OFI_DECAY_ALPHA * i) * (step / unit) for i, step in enumerate(steps))


def rank(levels, i):
    return levels[i] if i < len(levels) else None


class BookWalker:
    """The state that rows and bars are taken from: the book, its last good state, its steps."""

    def __init__(self, events):
        self.book = Book(*book_decimals(events))
        self.continuity = Continuity("orderbook", STALENESS_NS)
        self.known = False
        self.good = None      # (bids, asks, twice the mid) of the last good state of this stretch.
        self.times, self.mids = [], []  # After each event of this stretch: when, twice the mid or None.
        self.breaks_seen = 0

    def on_gap(self, row, time_ns):
        self.continuity.on_gap(row, time_ns)
        if self.continuity.since is None:
            self.good, self.times, self.mids, self.known = None, [], [], False

    def on_book(self, row, time_ns):
        """Applies a row; returns None (no event), or a dict: fed, good, steps (or None), ret."""
        if row["kind"] == "checkpoint":
            if not self.known:
                self.book.apply(row)
                self.known = True
            return None
        self.book.apply(row)
        self.known = True
        fed = self.continuity.on_data(time_ns)
        if self.continuity.breaks != self.breaks_seen:
            self.breaks_seen = self.continuity.breaks
            self.good, self.times, self.mids = None, [], []
        result = {"fed": fed, "good": False, "steps": None, "ret": None}
        if not fed:
            return result
        mid = self.book.twice_mid()
        if mid is not None:
            bids, asks = self.book.bids.top(OFI_LEVELS), self.book.asks.top(OFI_LEVELS)
            result["good"] = True
            if self.good is not None:
                old_bids, old_asks, old_mid = self.good
                result["steps"] = [
                    side_step(rank(old_bids, i), rank(bids, i), True) -
                    side_step(rank(old_asks, i), rank(asks, i), False) for i in range(OFI_LEVELS)]
                result["ret"] = math.log1p((mid - old_mid) / old_mid)
            self.good = (bids, asks, mid)
        self.times.append(time_ns)
        self.mids.append(mid)
        return result

    def state(self):
        return "unsynced" if self.continuity.since is None else self.book.state()

    def mid_as_of(self, time_ns, inclusive):
        """Twice the mid from events before `time_ns` (up to and with it); None where younger."""
        find = bisect.bisect_right if inclusive else bisect.bisect_left
        at = find(self.times, time_ns)
        return self.mids[at - 1] if at > 0 else None


def calendar(label_ns):
    moment = datetime.datetime.fromtimestamp(label_ns // SECOND, datetime.timezone.utc)
    return {"year": moment.year, "month": moment.month, "day": moment.day, "hour": moment.hour,
            "hour_of_day": moment.hour, "minute_of_hour": moment.minute,
            "day_of_week": moment.weekday(), "is_weekend": moment.weekday() >= 5}


class RowMaker:
    """Collects what happened since the previous row and writes the next one."""

    def __init__(self, walker):
        self.walker = walker
        self.previous_mid = None
        self.breaks_at_row = 0
        self.last_row = None      # Bronze row of the last book event.
        self.start_interval()

    def start_interval(self):
        self.steps = [0] * OFI_LEVELS
        self.book_events = 0
        self.trade_events = 0
        self.depths = []

    def on_book(self, row, result):
        self.book_events += 1
        self.last_row = row
        if result["steps"] is not None:
            self.steps = [a + b for a, b in zip(self.steps, result["steps"])]
        if result["good"]:
            (_, q), (_, s) = self.walker.good[0][0], self.walker.good[1][0]
            self.depths.append(q + s)

    def dynamic(self, label_ns, inclusive, first):
        walker, out = self.walker, {}
        unit = walker.book.size_unit
        mid = walker.book.twice_mid() if walker.state() in ("ok", "locked") else None
        out.update(dict.fromkeys(STEPS))
        if not first:
            if mid is not None and self.previous_mid is not None:
                out["log_return"] = math.log1p((mid - self.previous_mid) / self.previous_mid)
            out["ofi"] = self.steps[0] / unit
            for i, step in enumerate(self.steps):
                out[f"ofi_L{i}"] = step / unit
            out["ofi_multi"] = sum(self.steps) / unit
            out["mlofi"] = decayed(self.steps, unit)
            # ofi over the mean of (q_0 + s_0) / 2.
            out["ofi_depth_norm"] = ratio(2 * self.steps[0] * len(self.depths), sum(self.depths))
            out["log_return_step"], out["ofi_step"] = out["log_return"], out["ofi"]
            out["mlofi_step"] = out["mlofi_decay"] = out["mlofi"]
        one = walker.mid_as_of(label_ns - SECOND, inclusive)
        two = walker.mid_as_of(label_ns - 2 * SECOND, inclusive)
        both = mid is not None and one is not None
        halves = 2 * walker.book.price_unit
        out["mid_velocity"] = (mid - one) / halves if both else None
        out["mid_accel"] = (mid - 2 * one + two) / halves if both and two is not None else None
        self.previous_mid = mid
        return out

    def row(self, label_ns, inclusive):
        walker = self.walker
        first = walker.continuity.breaks != self.breaks_at_row
        unsynced = walker.state() == "unsynced"
        out = {"collected_at": label_ns // 1_000_000, "capture_ts_us": label_ns // 1000,
               **calendar(label_ns),
               "timestamp": self.last_row["timestamp"], "nonce": self.last_row["nonce"],
               "capture_time_ns": self.last_row["capture_time_ns"],
               "staleness_ms": (label_ns - self.last_row["capture_time_ns"]) / 1e6,
               "stream_age_s": None if unsynced else (label_ns - walker.continuity.since) / 1e9,
               "book_state": walker.state(), "book_events": self.book_events,
               "trade_events": self.trade_events,
               "bid_levels": None if unsynced else len(walker.book.bids),
               "ask_levels": None if unsynced else len(walker.book.asks),
               "is_gap": first}
        columns = structural(walker.book)
        if unsynced:
            columns = dict.fromkeys(columns)
        out.update(columns)
        out.update(self.dynamic(label_ns, inclusive, first))
        self.breaks_at_row = walker.continuity.breaks
        self.start_interval()
        return out


def orderbook_rows(events, interval_s=1):
    """Rows of silver/orderbook as dictionaries; `interval_s` 0: a row per book event."""
    walker = BookWalker(events)
    maker = RowMaker(walker)
    interval = int(Fraction(interval_s) * SECOND)
    rows, label = [], None
    for event in events:
        if interval:
            now = event.time_ns // interval * interval
            if label is not None and now >= label:
                walker.continuity.on_silence(label)
                if maker.book_events:
                    rows.append(maker.row(label, inclusive=False))
                maker.start_interval()
            label = now + interval
        if event.what == "gap":
            walker.on_gap(event.row, event.time_ns)
        elif event.what == "trade" and event.row["kind"] == "live":
            maker.trade_events += 1
        elif event.what == "book":
            result = walker.on_book(event.row, event.time_ns)
            if result is None:
                continue
            maker.on_book(event.row, result)
            if not interval:
                rows.append(maker.row(event.time_ns, inclusive=True))
    return rows
