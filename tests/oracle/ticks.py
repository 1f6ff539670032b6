"""silver/trades and silver/ticker (sections 2 and 3)."""

import math
from fractions import Fraction

from .bronze import exact
from .orderbook import BookWalker, Row, calendar
from .parameters import Parameters
from .stream import Continuity
from .totals import Totals

TRADE_WINDOWS = ("vwap", "volume", "dollar_volume", "trade_count", "buy_ratio", "realized_var")
TICKER_WINDOWS = ("mid_price_mean", "mid_price_std", "spread_mean", "vol_imbalance_mean")


def number(fraction):
    return None if fraction is None else float(fraction)


def quotient(numerator, denominator):
    """A float; None where the denominator is 0."""
    return float(numerator / denominator) if denominator else None


def _calendar(time_ns):
    fields = calendar(time_ns)
    return {name: fields[name] for name in ("hour_of_day", "day_of_week", "is_weekend")}


def windows_of(parameters):
    return parameters.rolling_windows if "rolling" in parameters.categories else ()


def empty_windows(names, parameters):
    return {f"{name}_{h}s": None for h in windows_of(parameters) for name in names}


class TradeSteps:
    """What a trade says against the trades of the stretch before it."""

    def __init__(self):
        self.continuity = Continuity("trades")
        self.totals = Totals("amount", "cost", "unknown_costs", "trades", "bought", "sold", "squares")
        self.restart()

    def restart(self):
        self.price, self.sign = None, None
        self.totals.clear()

    def on_gap(self, row, time_ns):
        self.continuity.on_gap(row, time_ns)
        if self.continuity.since is None:
            self.restart()

    def on_trade(self, row, time_ns):
        """(log return, tick sign) of a live trade; both None in a gap."""
        if not self.continuity.on_data(time_ns):
            return None, None
        price, amount = exact(row["price"]), exact(row["amount"])
        before, self.price = self.price, price
        if before is not None and price != before:
            self.sign = 1 if price > before else -1
        step = None if before is None else math.log1p((price - before) / before)
        known = row["cost"] is not None
        self.totals.add(time_ns, amount=amount, cost=exact(row["cost"]) if known else 0,
                        unknown_costs=int(not known), trades=1,
                        bought=amount if row["side"] == "buy" else 0,
                        sold=amount if row["side"] == "sell" else 0,
                        squares=Fraction(step) ** 2 if step is not None else 0)
        return step, self.sign

    def windows(self, time_ns, parameters):
        out = empty_windows(TRADE_WINDOWS, parameters)
        if self.continuity.open_gaps:
            return out
        for h in windows_of(parameters):
            total = self.totals.last(time_ns, h)
            cost = None if total["unknown_costs"] else total["cost"]
            out[f"vwap_{h}s"] = None if cost is None else quotient(cost, total["amount"])
            out[f"volume_{h}s"] = number(total["amount"])
            out[f"dollar_volume_{h}s"] = number(cost)
            out[f"trade_count_{h}s"] = int(total["trades"])
            out[f"buy_ratio_{h}s"] = quotient(total["bought"], total["bought"] + total["sold"])
            out[f"realized_var_{h}s"] = number(total["squares"])
        return out


def trade_rows(events, parameters=Parameters()):
    walker = BookWalker(events, parameters)
    steps, rows = TradeSteps(), []
    for event in events:
        walker.continuity.on_silence(event.time_ns)
        if event.what == "gap":
            walker.on_gap(event.row, event.time_ns)
            steps.on_gap(event.row, event.time_ns)
        elif event.what == "book":
            walker.on_book(event.row, event.time_ns)
        elif event.what == "trade" and event.row["kind"] == "live":
            row = event.row
            log_return, sign = steps.on_trade(row, event.time_ns)
            mid = None
            if walker.state() in ("ok", "locked"):
                mid = Fraction(walker.book.twice_mid(), 2 * walker.book.price_unit)
            side = {"buy": 1, "sell": -1}.get(row["side"])
            spread_bps = None
            if mid is not None and not steps.continuity.open_gaps:
                spread_bps = quotient(2 * abs(Fraction(exact(row["price"])) - mid) * 10_000, mid)
            rows.append({
                "recv_seq": row["recv_seq"], "trade_id": row["trade_id"], "side": row["side"],
                "price": row["price"], "amount": row["amount"],
                "is_buy": None if side is None else side > 0, "dollar_volume": row["cost"],
                "signed_volume": None if side is None else side * row["amount"],
                "tick_sign": sign, "log_return": log_return, "mid_before": number(mid),
                "effective_spread_bps": spread_bps, **_calendar(event.time_ns),
                **steps.windows(event.time_ns, parameters)})
    return rows


class Quote:
    """A ticker's two sides as exact numbers; what needs both is None unless bid <= ask."""

    def __init__(self, row):
        self.mid = self.spread = self.imbalance = None
        if row["bid"] is None or row["ask"] is None:
            return
        bid, ask = Fraction(exact(row["bid"])), Fraction(exact(row["ask"]))
        if bid > ask:
            return
        self.mid, self.spread = (bid + ask) / 2, ask - bid
        if row["bid_volume"] is not None and row["ask_volume"] is not None:
            bought, sold = Fraction(exact(row["bid_volume"])), Fraction(exact(row["ask_volume"]))
            if bought + sold:
                self.imbalance = (bought - sold) / (bought + sold)

    def add_to(self, totals, time_ns):
        if self.mid is not None:
            totals.add(time_ns, mids=1, mid=self.mid, squares=self.mid ** 2, spread=self.spread)
        if self.imbalance is not None:
            # Rounded once each, so that the fractions stay short.
            totals.add(time_ns, imbalances=1, imbalance=float(self.imbalance))


def ticker_windows(totals, time_ns, parameters, operands):
    out = {}
    for h in windows_of(parameters):
        total = totals.last(time_ns, h)
        n = total["mids"]
        out[f"mid_price_mean_{h}s"] = quotient(total["mid"], n)
        out[f"mid_price_std_{h}s"] = None
        if n >= 2:
            variance = (total["squares"] - total["mid"] ** 2 / n) / (n - 1)
            out[f"mid_price_std_{h}s"] = math.sqrt(variance)
            operands[f"mid_price_std_{h}s"] = float(total["squares"] / n)
        out[f"spread_mean_{h}s"] = quotient(total["spread"], n)
        out[f"vol_imbalance_mean_{h}s"] = quotient(total["imbalance"], total["imbalances"])
    return out


def ticker_rows(events, parameters=Parameters()):
    continuity = Continuity("ticker")
    totals = Totals("mids", "mid", "squares", "spread", "imbalances", "imbalance")
    rows = []
    for event in events:
        if event.what == "gap":
            continuity.on_gap(event.row, event.time_ns)
            if continuity.since is None:
                totals.clear()
        if event.what != "ticker" or event.row["kind"] != "bbo":
            continue
        quote, windows = Quote(event.row), empty_windows(TICKER_WINDOWS, parameters)
        operands = {}
        if continuity.on_data(event.time_ns):
            quote.add_to(totals, event.time_ns)
            windows = ticker_windows(totals, event.time_ns, parameters, operands)
        row = Row(recv_seq=event.row["recv_seq"], mid_price=number(quote.mid),
                  spread=number(quote.spread), volume_imbalance=number(quote.imbalance),
                  relative_spread=quotient(quote.spread, quote.mid) if quote.mid else None)
        row.update(_calendar(event.time_ns), **windows)
        row.operands = operands
        rows.append(row)
    return rows
