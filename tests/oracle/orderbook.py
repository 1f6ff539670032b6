"""silver/orderbook: sections 1.1 to 1.3, row by row, from bronze events in the order of all."""

import bisect
import datetime
import math
from fractions import Fraction

from .book import Book
from .bronze import book_decimals
from .stream import SECOND, STALENESS_NS, Continuity
from .structural import structural, to_float

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


def rank(levels, i):
    return levels[i] if i < len(levels) else None


class BookWalker:
    """The state that rows and bars are taken from: the book, its last good state, its steps."""

    def __init__(self, events):
        self.book = Book(*book_decimals(events))
        self.continuity = Continuity("orderbook", STALENESS_NS)
        self.known = False
        self.good = None      # (bids, asks, mid) of the last ok or locked state of this stretch.
        self.history = []     # (time, mid or None) after each event of this stretch.
        self.breaks_seen = 0

    def on_gap(self, row, time_ns):
        self.continuity.on_gap(row, time_ns)
        if self.continuity.since is None:
            self.good, self.history, self.known = None, [], False

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
            self.good, self.history = None, []
        result = {"fed": fed, "good": False, "steps": None, "ret": None}
        if not fed:
            return result
        mid = self.book.mid()
        if mid is not None:
            bids = self.book.levels("bids")[:OFI_LEVELS]
            asks = self.book.levels("asks")[:OFI_LEVELS]
            result["good"] = True
            if self.good is not None:
                old_bids, old_asks, old_mid = self.good
                result["steps"] = [
                    side_step(rank(old_bids, i), rank(bids, i), True) -
                    side_step(rank(old_asks, i), rank(asks, i), False) for i in range(OFI_LEVELS)]
                result["ret"] = math.log1p((mid - old_mid) / old_mid)
            self.good = (list(bids), list(asks), mid)
        self.history.append((time_ns, mid))
        return result

    def state(self):
        return "unsynced" if self.continuity.since is None else self.book.state()

    def mid_as_of(self, time_ns, inclusive):
        """Mid of the state from events before `time_ns` (up to and with it); None where younger."""
        times = [time for time, _ in self.history]
        find = bisect.bisect_right if inclusive else bisect.bisect_left
        at = find(times, time_ns)
        return self.history[at - 1][1] if at > 0 else None


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
            self.depths.append(self.walker.book.size(q + s) / 2)

    def dynamic(self, label_ns, inclusive, first):
        walker, out = self.walker, {}
        mid = walker.book.mid() if walker.state() in ("ok", "locked") else None
        out.update(dict.fromkeys(STEPS))
        if not first:
            if mid is not None and self.previous_mid is not None:
                out["log_return"] = math.log1p((mid - self.previous_mid) / self.previous_mid)
            levels = [walker.book.size(step) for step in self.steps]
            out["ofi"] = float(levels[0])
            for i, step in enumerate(levels):
                out[f"ofi_L{i}"] = float(step)
            out["ofi_multi"] = float(sum(levels))
            out["mlofi"] = math.fsum(math.exp(-OFI_DECAY_ALPHA * i) * float(step)
                                     for i, step in enumerate(levels))
            if self.depths:
                mean = sum(self.depths) / len(self.depths)
                out["ofi_depth_norm"] = to_float(levels[0] / mean) if mean else None
            out["log_return_step"], out["ofi_step"] = out["log_return"], out["ofi"]
            out["mlofi_step"] = out["mlofi_decay"] = out["mlofi"]
        one = walker.mid_as_of(label_ns - SECOND, inclusive)
        two = walker.mid_as_of(label_ns - 2 * SECOND, inclusive)
        both = mid is not None and one is not None
        out["mid_velocity"] = float(mid - one) if both else None
        out["mid_accel"] = float(mid - 2 * one + two) if both and two is not None else None
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
               "bid_levels": None if unsynced else len(walker.book.levels("bids")),
               "ask_levels": None if unsynced else len(walker.book.levels("asks")),
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
