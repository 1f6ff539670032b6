"""gold time bars (section 4) of order books, trades and tickers."""

import math
from decimal import Decimal

from .bronze import exact
from .orderbook import BookWalker, decayed
from .stream import SECOND, Continuity
from .structural import structural


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


def walk_bars(events, duration_s, handle, finish):
    """Calls handle(bar, event) for what lies in a bar, finish(bar, start, end) when it closed.

    `bar` is a fresh dictionary a window; windows without any call of handle have finish called too.
    """
    width = duration_s * SECOND
    start, bar = None, {}
    for event in events:
        if start is None:
            start = event.time_ns // width * width
        while event.time_ns >= start + width:
            finish(bar, start, start + width)
            start, bar = start + width, {}
        handle(bar, event)


def orderbook_bars(events, duration_s):
    walker = BookWalker(events)
    samples = {}   # Second -> structural columns of a good sample.
    rows = []
    next_second = [events[0].time_ns // SECOND * SECOND + SECOND] if events else [0]

    def take_samples(until):
        while next_second[0] <= until:
            walker.continuity.on_silence(next_second[0])
            if walker.state() in ("ok", "locked"):
                samples[next_second[0]] = structural(walker.book)
            next_second[0] += SECOND

    def handle(bar, event):
        take_samples(event.time_ns)
        if event.what == "gap":
            walker.on_gap(event.row, event.time_ns)
        if event.what != "book":
            return
        result = walker.on_book(event.row, event.time_ns)
        if result is None:
            return
        bar["events"] = bar.get("events", 0) + 1
        if result["good"]:
            halves = Decimal(2 * walker.book.price_unit)
            bar.setdefault("mids", []).append(Decimal(walker.good[2]) / halves)
        if result["steps"] is not None:
            bar.setdefault("steps", []).append(result["steps"])
            bar.setdefault("returns", []).append(result["ret"])

    def finish(bar, start, end):
        take_samples(end)
        if "mids" not in bar:
            return
        seconds = [samples[s] for s in range(start + SECOND, end + SECOND, SECOND) if s in samples]
        out = {"capture_ts_us": start // 1000, "bar_duration_sec": duration_s, "is_complete": True,
               "snapshot_count": bar["events"],
               "gap_seconds": walker.continuity.uncovered_ns(start, end) / 1e9}
        prices(out, bar["mids"])
        for name, column in (("mean_spread", "spread"), ("mean_relative_spread", "relative_spread"),
                             ("mean_microprice", "microprice"),
                             ("mean_micro_minus_mid", "micro_minus_mid"),
                             ("mean_l1_imbalance", "imbalance_L1"),
                             ("mean_total_imbalance", "total_imbalance"),
                             ("mean_bid_depth", "total_bid_depth"),
                             ("mean_ask_depth", "total_ask_depth"),
                             ("mean_smart_depth_imbalance", "smart_depth_imbalance")):
            out[name] = mean([second[column] for second in seconds])
        spreads = [second["spread"] for second in seconds]
        out["min_spread"] = min(spreads) if spreads else None
        out["max_spread"] = max(spreads) if spreads else None
        sums = [sum(level) for level in zip(*bar.get("steps", [[0] * 10]))]
        out["sum_ofi"] = sums[0] / walker.book.size_unit
        out["sum_mlofi"] = decayed(sums, walker.book.size_unit)
        variance = math.fsum(r * r for r in bar.get("returns", []))
        out["realized_variance"] = variance
        out["annualized_vol"] = out["daily_vol_ann"] = math.sqrt(variance * 365 * 86400 / duration_s)
        rows.append(out)

    walk_bars(events, duration_s, handle, finish)
    return rows


def trades_bars(events, duration_s):
    continuity = Continuity("trades")
    previous = [None]
    rows = []

    def handle(bar, event):
        if event.what == "gap":
            continuity.on_gap(event.row, event.time_ns)
            if continuity.since is None:
                previous[0] = None
        if event.what != "trade" or event.row["kind"] != "live":
            return
        if not continuity.on_data(event.time_ns):
            return
        price = exact(event.row["price"])
        bar.setdefault("trades", []).append(event.row)
        bar.setdefault("prices", []).append(price)
        if previous[0] is not None:
            bar.setdefault("returns", []).append(math.log1p((price - previous[0]) / previous[0]))
        previous[0] = price

    def finish(bar, start, end):
        if "trades" not in bar:
            return
        trades = bar["trades"]
        amount = {side: sum(exact(t["amount"]) for t in trades if t["side"] == side)
                  for side in ("buy", "sell")}
        volume = sum(exact(t["amount"]) for t in trades)
        cost = sum(exact(t["price"]) * exact(t["amount"]) for t in trades)
        out = {"capture_ts_us": start // 1000, "bar_duration_sec": duration_s, "is_complete": True,
               "volume": float(volume), "dollar_volume": float(cost), "trade_count": len(trades),
               "buy_volume": float(amount["buy"]), "sell_volume": float(amount["sell"]),
               "vwap": float(cost / volume),
               "realized_variance": math.fsum(r * r for r in bar.get("returns", []))}
        signed = amount["buy"] + amount["sell"]
        out["trade_imbalance"] = float((amount["buy"] - amount["sell"]) / signed) if signed else None
        prices(out, bar["prices"])
        rows.append(out)

    walk_bars(events, duration_s, handle, finish)
    return rows


def ticker_bars(events, duration_s):
    rows = []

    def handle(bar, event):
        if event.what != "ticker" or event.row["kind"] != "bbo":
            return
        bid, ask = event.row["bid"], event.row["ask"]
        if bid is None or ask is None or exact(bid) > exact(ask):
            return
        bar.setdefault("ticks", []).append((exact(bid), exact(ask)))

    def finish(bar, start, end):
        if "ticks" not in bar:
            return
        spreads = [ask - bid for bid, ask in bar["ticks"]]
        mids = [(bid + ask) / 2 for bid, ask in bar["ticks"]]
        out = {"capture_ts_us": start // 1000, "bar_duration_sec": duration_s, "is_complete": True,
               "tick_count": len(mids), "mean_spread": mean([float(s) for s in spreads]),
               "min_spread": float(min(spreads)), "max_spread": float(max(spreads)),
               "mean_relative_spread": mean([float(s / m) for s, m in zip(spreads, mids)])}
        prices(out, mids)
        rows.append(out)

    walk_bars(events, duration_s, handle, finish)
    return rows
