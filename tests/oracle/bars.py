"""gold time bars (section 4) of order books, trades and tickers."""

import math
from decimal import Decimal
from fractions import Fraction

from .bronze import exact
from .orderbook import BookWalker, Row, decayed
from .parameters import Parameters
from .stream import SECOND, Continuity
from .structural import structural

MEANS = {"mean_spread": "spread", "mean_relative_spread": "relative_spread",
         "mean_microprice": "microprice", "mean_micro_minus_mid": "micro_minus_mid",
         "mean_l1_imbalance": "imbalance_L1", "mean_total_imbalance": "total_imbalance",
         "mean_bid_depth": "total_bid_depth", "mean_ask_depth": "total_ask_depth",
         "mean_smart_depth_imbalance": "smart_depth_imbalance"}


def mean(values):
    values = [value for value in values if value is not None]
    return math.fsum(values) / len(values) if values else None


def prices(out, values):
    """open, high, low, close, return, log_return, range of a bar's values (exact numbers)."""
    first, last = values[0], values[-1]
    out.update(open=float(first), high=float(max(values)), low=float(min(values)),
               close=float(last), range=float(max(values) - min(values)))
    out["return"] = float((last - first) / first)
    out["log_return"] = math.log1p((last - first) / first)


def walk_bars(events, durations_s, handle, finish):
    """Calls handle(bars, event) for what lies in a bar of each duration, finish(duration_s, bar, start,
    end) when one closed.

    A bar is a fresh dictionary a window; windows without any call of handle have finish called too.
    """
    bars = {duration_s: {} for duration_s in durations_s}
    starts = {}
    for event in events:
        for duration_s in durations_s:
            width = duration_s * SECOND
            start = starts.setdefault(duration_s, event.time_ns // width * width)
            while event.time_ns >= start + width:
                finish(duration_s, bars[duration_s], start, start + width)
                start, bars[duration_s] = start + width, {}
            starts[duration_s] = start
        handle(list(bars.values()), event)


class Sampler:
    """The book at whole seconds: what section 1.2 makes of it, where it is good."""

    def __init__(self, walker, parameters, first_ns):
        self.walker, self.parameters = walker, parameters
        self.next_second = first_ns // SECOND * SECOND + SECOND
        self.samples = {}
        self.fresh = None  # What the book as it stands gives, until it changes.

    def advance(self, until_ns):
        """Time has come to `until_ns`: takes the samples up to and with it."""
        while self.next_second <= until_ns:
            self.walker.continuity.on_silence(self.next_second)
            if self.walker.state() in ("ok", "locked"):
                if self.fresh is None:
                    columns = structural(self.walker.book, self.parameters)
                    self.fresh = {column: columns[column] for column in MEANS.values()}
                self.samples[self.next_second] = self.fresh
            self.next_second += SECOND

    def between(self, start, end):
        """The samples at seconds s with start < s <= end."""
        return [self.samples[s] for s in range(start + SECOND, end + SECOND, SECOND)
                if s in self.samples]


def note_event(bar, result, walker):
    bar["events"] = bar.get("events", 0) + 1
    if result["good"]:
        halves = Decimal(2 * walker.book.price_unit)
        bar.setdefault("mids", []).append(Decimal(walker.good[2]) / halves)
    if result["steps"] is not None:
        bar.setdefault("steps", []).append(result["steps"])
        bar.setdefault("returns", []).append(result["ret"])


def orderbook_bar(bar, seconds, walker, duration_s, parameters):
    out = Row(bar_duration_sec=duration_s, is_complete=True, snapshot_count=bar["events"])
    prices(out, bar["mids"])
    for name, column in MEANS.items():
        out[name] = mean([second[column] for second in seconds])
    spreads = [second["spread"] for second in seconds]
    out["min_spread"] = min(spreads) if spreads else None
    out["max_spread"] = max(spreads) if spreads else None
    sums = [sum(level) for level in zip(*bar.get("steps", [[0] * parameters.ofi_levels]))]
    unit = walker.book.size_unit
    out["sum_ofi"] = sums[0] / unit
    out["sum_mlofi"] = decayed(sums[:parameters.ofi_levels], unit, parameters.ofi_decay_alpha)
    moved = sum(abs(step) for levels in bar.get("steps", []) for step in levels) / unit
    out.operands = {"sum_ofi": moved, "sum_mlofi": moved}
    variance = math.fsum(r * r for r in bar.get("returns", []))
    out["realized_variance"] = variance
    out["annualized_vol"] = out["daily_vol_ann"] = math.sqrt(variance * 365 * 86400 / duration_s)
    return out


def orderbook_bars(events, duration_s, parameters=Parameters()):
    return orderbook_bars_of(events, (duration_s,), parameters)[duration_s]


def orderbook_bars_of(events, durations_s, parameters=Parameters()):
    """{duration: bars}, in one walk."""
    walker = BookWalker(events, parameters)
    sampler = Sampler(walker, parameters, events[0].time_ns if events else 0)
    rows = {duration_s: [] for duration_s in durations_s}

    def handle(bars, event):
        sampler.advance(event.time_ns)
        if event.what == "gap":
            walker.on_gap(event.row, event.time_ns)
        if event.what != "book":
            return
        sampler.fresh = None
        result = walker.on_book(event.row, event.time_ns)
        if result is not None:
            for bar in bars:
                note_event(bar, result, walker)

    def finish(duration_s, bar, start, end):
        sampler.advance(end)
        if "mids" not in bar:
            return
        out = orderbook_bar(bar, sampler.between(start, end), walker, duration_s, parameters)
        out["capture_ts_us"] = start // 1000
        out["gap_seconds"] = walker.continuity.uncovered_ns(start, end) / 1e9
        rows[duration_s].append(out)

    walk_bars(events, durations_s, handle, finish)
    return rows


class LiveTrades:
    """Live trades that feed, each with its log return to the one before it."""

    def __init__(self):
        self.continuity = Continuity("trades")
        self.previous = None

    def on_event(self, event):
        """(bronze row, price, log return or None) of a trade that feeds; None of all else."""
        if event.what == "gap":
            self.continuity.on_gap(event.row, event.time_ns)
            if self.continuity.since is None:
                self.previous = None
        if event.what != "trade" or event.row["kind"] != "live":
            return None
        if not self.continuity.on_data(event.time_ns):
            return None
        before, price = self.previous, Fraction(exact(event.row["price"]))
        self.previous = price
        return event.row, price, None if before is None else math.log1p((price - before) / before)


def traded(out, parts):
    """The columns of a bar's trades: (side, amount, cost or None, price, return or None) each."""
    amount = {which: sum(part[1] for part in parts if part[0] == which) for which in ("buy", "sell")}
    volume = sum(part[1] for part in parts)
    costs = [part[2] for part in parts]
    cost = None if None in costs else sum(costs)
    signed = amount["buy"] + amount["sell"]
    out.update(volume=float(volume), dollar_volume=None if cost is None else float(cost),
               trade_count=len(parts), buy_volume=float(amount["buy"]),
               sell_volume=float(amount["sell"]),
               vwap=float(cost / volume) if cost is not None and volume else None,
               realized_variance=math.fsum(part[4] ** 2 for part in parts if part[4] is not None),
               trade_imbalance=float((amount["buy"] - amount["sell"]) / signed) if signed else None)
    prices(out, [part[3] for part in parts])


def exact_cost(row):
    return None if row["cost"] is None else Fraction(exact(row["cost"]))


def trades_bars(events, duration_s):
    live, rows = LiveTrades(), []

    def handle(bars, event):
        trade = live.on_event(event)
        if trade is not None:
            row, price, step = trade
            bars[0].setdefault("parts", []).append(
                (row["side"], Fraction(exact(row["amount"])), exact_cost(row), price, step))

    def finish(_, bar, start, end):
        if "parts" not in bar:
            return
        out = {"capture_ts_us": start // 1000, "bar_duration_sec": duration_s, "is_complete": True}
        traded(out, bar["parts"])
        rows.append(out)

    walk_bars(events, (duration_s,), handle, finish)
    return rows


def ticker_bars(events, duration_s):
    continuity, rows = Continuity("ticker"), []

    def handle(bars, event):
        if event.what == "gap":
            continuity.on_gap(event.row, event.time_ns)
        if event.what != "ticker" or event.row["kind"] != "bbo":
            return
        if not continuity.on_data(event.time_ns):
            return
        bars[0]["count"] = bars[0].get("count", 0) + 1
        bid, ask = event.row["bid"], event.row["ask"]
        if bid is None or ask is None or exact(bid) > exact(ask):
            return
        bars[0].setdefault("ticks", []).append((exact(bid), exact(ask)))

    def finish(_, bar, start, end):
        if "ticks" not in bar:
            return
        spreads = [ask - bid for bid, ask in bar["ticks"]]
        mids = [(bid + ask) / 2 for bid, ask in bar["ticks"]]
        out = {"capture_ts_us": start // 1000, "bar_duration_sec": duration_s, "is_complete": True,
               "tick_count": bar["count"], "mean_spread": mean([float(s) for s in spreads]),
               "min_spread": float(min(spreads)), "max_spread": float(max(spreads)),
               "mean_relative_spread": mean([float(s / m) for s, m in zip(spreads, mids)])}
        prices(out, mids)
        rows.append(out)

    walk_bars(events, (duration_s,), handle, finish)
    return rows
