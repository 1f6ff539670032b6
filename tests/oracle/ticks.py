"""silver/trades and silver/ticker without their rolling columns (sections 2 and 3)."""

import math
from decimal import Decimal

from .bronze import exact
from .orderbook import BookWalker, calendar
from .stream import Continuity


def _calendar(time_ns):
    fields = calendar(time_ns)
    return {name: fields[name] for name in ("hour_of_day", "day_of_week", "is_weekend")}


def trade_rows(events):
    walker = BookWalker(events)
    continuity = Continuity("trades")
    previous, sign, rows = None, None, []
    for event in events:
        walker.continuity.on_silence(event.time_ns)
        if event.what == "gap":
            walker.on_gap(event.row, event.time_ns)
            continuity.on_gap(event.row, event.time_ns)
            if continuity.since is None:
                previous, sign = None, None
        elif event.what == "book":
            walker.on_book(event.row, event.time_ns)
        elif event.what == "trade" and event.row["kind"] == "live":
            continuity.on_data(event.time_ns)
            row = event.row
            price, amount = exact(row["price"]), exact(row["amount"])
            if previous is not None and price != previous:
                sign = 1 if price > previous else -1
            mid = None
            if walker.state() in ("ok", "locked"):
                mid = Decimal(walker.book.twice_mid()) / (2 * walker.book.price_unit)
            side = {"buy": 1, "sell": -1}.get(row["side"])
            out = {"recv_seq": row["recv_seq"], "trade_id": row["trade_id"], "side": row["side"],
                   "price": row["price"], "amount": row["amount"],
                   "is_buy": None if side is None else side > 0,
                   "dollar_volume": float(price * amount),
                   "signed_volume": None if side is None else float(side * amount),
                   "tick_sign": sign,
                   "log_return": None if previous is None else
                   math.log1p((price - previous) / previous),
                   "mid_before": None if mid is None else float(mid),
                   "effective_spread_bps": None, **_calendar(event.time_ns)}
            if mid is not None:
                out["effective_spread_bps"] = float(2 * abs(price - mid) / mid * 10_000)
            previous = price
            rows.append(out)
    return rows


def ticker_rows(events):
    rows = []
    for event in events:
        if event.what != "ticker" or event.row["kind"] != "bbo":
            continue
        row = event.row
        out = {"recv_seq": row["recv_seq"], "mid_price": None, "spread": None,
               "relative_spread": None, "volume_imbalance": None, **_calendar(event.time_ns)}
        if row["bid"] is not None and row["ask"] is not None:
            bid, ask = exact(row["bid"]), exact(row["ask"])
            if bid <= ask:
                mid = (bid + ask) / 2
                out.update(mid_price=float(mid), spread=float(ask - bid),
                           relative_spread=float((ask - bid) / mid) if mid else None)
        if row["bid_volume"] is not None and row["ask_volume"] is not None:
            bid, ask = exact(row["bid_volume"]), exact(row["ask_volume"])
            if bid + ask:
                out["volume_imbalance"] = float((bid - ask) / (bid + ask))
        rows.append(out)
    return rows
