"""Events made by hand, at seconds after START."""

import itertools

from oracle.bronze import Event

SECOND = 1_000_000_000
START = 1_700_000_040 * SECOND  # A full minute.
counter = itertools.count(1)


def at(seconds):
    return START + round(seconds * 1000) * 1_000_000


def trade(seconds, price, amount, side="buy", cost="known", kind="live"):
    seq = next(counter)
    row = {"kind": kind, "recv_seq": seq, "trade_id": str(seq), "side": side, "price": price,
           "amount": amount, "cost": price * amount if cost == "known" else cost}
    return Event(at(seconds), seq, "trade", row)


def book(seconds, bids, asks, kind="snapshot"):
    seq, time_ns = next(counter), at(seconds)
    sides = [[{"price": price, "size": size} for price, size in side] for side in (bids, asks)]
    row = {"kind": kind, "bids": sides[0], "asks": sides[1], "timestamp": time_ns // 1_000_000,
           "nonce": seq, "capture_time_ns": time_ns}
    return Event(time_ns, seq, "book", row)


def quote(seconds, bid, ask, bid_size=1.0, ask_size=1.0):
    """A book of one level a side."""
    return book(seconds, [(bid, bid_size)], [(ask, ask_size)])


def gap(seconds, channel, edge):
    row = {"channel": channel, "edge": edge, "gap_id": "g", "kind": "disconnect"}
    return Event(at(seconds), next(counter), "gap", row)


def close(seconds):
    return Event(at(seconds), -1, "close", {})


def column(rows, name):
    return [row[name] for row in rows]
