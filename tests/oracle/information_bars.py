"""Volume, dollar, tick and imbalance bars (section 4) from trades, in exact fractions."""

from fractions import Fraction

from .bars import LiveTrades, exact_cost, traded
from .bronze import exact

KINDS = ("volume", "dollar", "tick", "imbalance")


class Bar:
    """What has fed the bar that is being filled."""

    def __init__(self):
        self.parts = []   # (side, amount, cost or None, price, return or None).
        self.times = []
        self.volume = self.cost = self.signed = Fraction(0)

    def add(self, time_ns, part):
        side, amount, cost, _, _ = part
        self.parts.append(part)
        self.times.append(time_ns)
        self.volume += amount
        self.cost += cost or 0  # An unknown cost fills nothing.
        self.signed += {"buy": amount, "sell": -amount}.get(side, 0)

    def filled(self, kind):
        """How far towards the threshold."""
        return {"volume": self.volume, "dollar": self.cost, "tick": len(self.parts),
                "imbalance": abs(self.signed)}[kind]

    def row(self, threshold, is_complete):
        out = {"capture_ts_us": self.times[0] // 1000, "start_time_ns": self.times[0],
               "end_time_ns": self.times[-1], "threshold": float(threshold),
               "is_complete": is_complete}
        traded(out, self.parts)
        return out


def fitting(kind, bar, threshold, side, amount, cost):
    """How much of the amount the bar takes: all of it, or what reaches the threshold exactly."""
    if kind == "volume":
        return min(amount, threshold - bar.volume)
    if kind == "dollar" and cost is not None:
        room = threshold - bar.cost
        return amount if cost <= room else amount * room / cost
    if kind != "imbalance":
        return amount
    sign = {"buy": 1, "sell": -1}.get(side)
    return amount if sign is None else min(amount, threshold - sign * bar.signed)


def information_bars(events, kind, threshold, partial=False):
    """`threshold`: a number, in base for volume and imbalance, quote for dollar, trades for tick."""
    assert kind in KINDS
    threshold = Fraction(str(threshold))
    live, bar, rows = LiveTrades(), Bar(), []
    for event in events:
        trade = live.on_event(event)
        if trade is None:
            continue
        row, price, step = trade
        rest, cost = Fraction(exact(row["amount"])), exact_cost(row)
        while rest:
            part = fitting(kind, bar, threshold, row["side"], rest, cost)
            part_cost = None if cost is None else cost * part / rest
            bar.add(event.time_ns, (row["side"], part, part_cost, price, step))
            rest, cost, step = rest - part, None if cost is None else cost - part_cost, None
            if bar.filled(kind) >= threshold:
                rows.append(bar.row(threshold, True))
                bar = Bar()
    if partial and bar.parts:
        rows.append(bar.row(threshold, False))
    return rows
