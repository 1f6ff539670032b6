"""What trades of a stretch give over windows; and the trades that also know a book: the mixed columns."""

import math
from fractions import Fraction

from .bronze import exact, scaled
from .history import History, is_constant, mean, squared_deviations
from .stream import Continuity

TRADE_WINDOW = 300
BETA = math.log(2) / 5    # Per second: a trade's weight halves in 5 s.


class Trade:
    def __init__(self, event, book):
        row, self.time_ns = event.row, event.time_ns
        self.price = scaled(row["price"], book.price_decimals)
        self.amount = scaled(row["amount"], book.size_decimals)
        self.sign = {"buy": 1, "sell": -1}.get(row["side"], 0)
        self.cost = None if row["cost"] is None else Fraction(exact(row["cost"]))


class Hawkes:
    """Intensity of one side, decayed from trade to trade."""

    def __init__(self):
        self.value, self.at_ns = 0.0, None

    def at(self, time_ns):
        if self.at_ns is None:
            return 0.0
        return self.value * math.exp(-BETA * ((time_ns - self.at_ns) / 1e9))

    def add(self, time_ns):
        self.value, self.at_ns = self.at(time_ns) + BETA, time_ns


class Trades:
    """The trades of the present stretch of their channel."""

    def __init__(self, walker):
        self.walker = walker
        self.continuity = Continuity("trades")
        self.continuity.when_ended.append(self.forget)
        self.forget()

    def forget(self):
        self.history = History(summed=("amount", "buy", "sell", "cost", "unknown_cost"),
                               kept=("price", "log_amount"))
        self.changes = History()   # By the time of the trade.
        # Neighbouring changes, by the time of the first one's trade: both trades lie in a window that it lies in.
        self.pairs = History(summed=("x", "y", "xy", "sizes"))
        self.last_change = None
        self.hawkes = {1: Hawkes(), -1: Hawkes()}

    def feed(self, trade):
        """`trade` feeds: its channel's stretch goes on."""
        history = self.history
        if len(history):
            change = trade.price - history.values["price"][-1]
            if self.last_change is not None:
                x, y = change, self.last_change
                self.pairs.append(history.times[-1], x=x, y=y, xy=x * y, sizes=abs(x * y))
            self.changes.append(trade.time_ns)
            self.last_change = change
        history.append(trade.time_ns, amount=trade.amount,
                       buy=trade.amount if trade.sign > 0 else 0,
                       sell=trade.amount if trade.sign < 0 else 0,
                       cost=trade.cost or 0, unknown_cost=trade.cost is None, price=trade.price,
                       log_amount=math.log(trade.amount / self.walker.book.size_unit))
        if trade.sign:
            self.hawkes[trade.sign].add(trade.time_ns)

    def cost(self, begin):
        """Sum of costs from `begin` on; None where one is unknown."""
        return None if self.history.sum("unknown_cost", begin) else self.history.sum("cost", begin)


def window_columns(trades, moment, h):
    history, unit = trades.history, trades.walker.book.size_unit
    names = (f"tfi_{h}s", f"trade_vol_{h}s", f"trade_count_{h}s", f"vwap_{h}s")
    if trades.continuity.since is None:
        return dict.fromkeys(names)
    begin = moment.first(history, h)
    buy, sell, amount = (history.sum(name, begin) for name in ("buy", "sell", "amount"))
    cost = trades.cost(begin)
    vwap = None if cost is None or not amount else float(cost * unit / amount)
    return dict(zip(names, ((buy - sell) / (buy + sell) if buy + sell else None, amount / unit,
                            len(history) - begin, vwap)))


def roll_spread(trades, moment, operands):
    if len(trades.changes) - moment.first(trades.changes, TRADE_WINDOW) < 3:
        return None
    pairs, unit = trades.pairs, trades.walker.book.price_unit
    begin = moment.first(pairs, TRADE_WINDOW)
    n = len(pairs) - begin
    if n < 2:
        return None
    covariance = n * pairs.sum("xy", begin) - pairs.sum("x", begin) * pairs.sum("y", begin)
    operands["roll_spread_300s"] = 4 * pairs.sum("sizes", begin) / ((n - 1) * unit * unit)
    if covariance > 0:
        return None
    return 2 * math.sqrt(-covariance / (n * (n - 1) * unit * unit))


def size_z(trades, moment, operands):
    logs = trades.history.slice("log_amount", moment.first(trades.history, TRADE_WINDOW))
    if len(logs) < 2:
        return None
    deviations = squared_deviations(logs)
    if is_constant(deviations, logs):
        return None
    std = math.sqrt(deviations / (len(logs) - 1))
    operands["trade_size_z"] = (abs(logs[-1]) + mean([abs(log) for log in logs])) / std
    return (logs[-1] - mean(logs)) / std


def single_columns(trades, moment, operands):
    """hawkes, trade_size_z, roll: the columns of trades that have one window."""
    out = {"hawkes_buy": None, "hawkes_sell": None}
    if trades.continuity.since is not None:
        out = {"hawkes_buy": trades.hawkes[1].at(moment.label_ns),
               "hawkes_sell": trades.hawkes[-1].at(moment.label_ns)}
    out["trade_size_z"] = size_z(trades, moment, operands)
    out["roll_spread_300s"] = roll_spread(trades, moment, operands)
    return out


class MixedTrades:
    """Trades while the book is in a stretch too, each with the mid before it."""

    def __init__(self, walker):
        self.walker = walker
        self.forget()

    def forget(self):
        self.history = History(summed=("amount", "cost", "unknown_cost"))
        self.with_mid = History(kept=("effective_bps",))

    def feed(self, trade):
        if self.walker.continuity.since is None:
            return
        self.history.append(trade.time_ns, amount=trade.amount, cost=trade.cost or 0,
                            unknown_cost=trade.cost is None)
        mid2 = self.walker.present_mid()
        if mid2 is not None:
            bps = 20_000 * abs(2 * trade.price - mid2) / mid2
            self.with_mid.append(trade.time_ns, effective_bps=bps)

    def columns(self, moment, h, window_return):
        """`window_return`: return_{h}s, or None."""
        history, book = self.history, self.walker.book
        begin = moment.first(history, h)
        amount, cost = history.sum("amount", begin), history.sum("cost", begin)
        if history.sum("unknown_cost", begin):
            cost = None
        mid2, out = self.walker.present_mid(), {f"vwap_dev_bps_{h}s": None, f"amihud_{h}s": None}
        if cost is not None and amount and mid2 is not None:
            mid = Fraction(mid2, 2 * book.price_unit)
            out[f"vwap_dev_bps_{h}s"] = float(10_000 * (mid - cost * book.size_unit / amount) / mid)
        if cost and window_return is not None:
            out[f"amihud_{h}s"] = abs(window_return) / float(cost)
        effective = self.with_mid.slice("effective_bps", moment.first(self.with_mid, h))
        out[f"effective_spread_bps_{h}s"] = mean(effective)
        return out
