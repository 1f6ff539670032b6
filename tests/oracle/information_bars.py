"""Volume, dollar, tick and imbalance bars (section 4) from trades, in exact fractions."""

from fractions import Fraction

from .bars import LiveTrades, exact_cost, traded
from .bronze import exact
from .orderbook import Row

KINDS = ("volume", "dollar", "tick", "imbalance")


class Bar:
    """What has fed the bar that is being filled."""

    def __init__(self):
        self.parts = []   # (side, amount, cost or None, price, return or None).
        self.times = []
        self.volume = self.cost = self.signed = Fraction(0)
        self.split_amount = self.split_cost = Fraction(0)  # Of the largest trade that is not whole here.

    def add(self, time_ns, part, whole):
        """`whole`: (amount, cost or None) of the trade that this is a part of."""
        side, amount, cost, _, _ = part
        if amount != whole[0]:
            self.split_amount = max(self.split_amount, whole[0])
            self.split_cost = max(self.split_cost, whole[1] or 0)
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
        out = Row(capture_ts_us=self.times[0] // 1000, start_time_ns=self.times[0],
                  end_time_ns=self.times[-1], threshold=float(threshold), is_complete=is_complete)
        traded(out, self.parts)
        out.operands = self.operands(out)
        return out

    def operands(self, out):
        """The rest of a split trade is a difference: of the trade and of what went before."""
        amount, cost = float(self.split_amount), float(self.split_cost)
        sides = dict.fromkeys(("volume", "buy_volume", "sell_volume"), amount)
        signed = out["buy_volume"] + out["sell_volume"]
        return {**sides, "dollar_volume": cost, "trade_imbalance": 1 + amount / signed if signed else 1,
                "vwap": (cost + amount * (out["vwap"] or 0)) / out["volume"]}


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
        whole = rest, cost = Fraction(exact(row["amount"])), exact_cost(row)
        while rest:
            part = fitting(kind, bar, threshold, row["side"], rest, cost)
            part_cost = None if cost is None else cost * part / rest
            bar.add(event.time_ns, (row["side"], part, part_cost, price, step), whole)
            rest, cost, step = rest - part, None if cost is None else cost - part_cost, None
            if bar.filled(kind) >= threshold:
                rows.append(bar.row(threshold, True))
                bar = Bar()
    if partial and bar.parts:
        rows.append(bar.row(threshold, False))
    return rows
